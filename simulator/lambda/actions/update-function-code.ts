import type { FunctionConfiguration, UpdateFunctionCodeRequest } from '@aws-sdk/client-lambda';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import { onFunction } from './on-function.ts';
import { publish } from './publish-version.ts';

export const updateFunctionCode: ActionDefinition<LambdaService, UpdateFunctionCodeRequest, FunctionConfiguration> = {
  refuses: ['PublishTo', 'S3ObjectStorageMode', 'S3ObjectVersion', 'SourceKMSKeyArn'],
  partly: 'images, inline code',
  permissions: onFunction('UpdateFunctionCode'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    if (input.ZipFile) throw notModelled('functions whose code comes inline');
    if (input.ImageUri) throw notModelled('functions from images');
    const settings = {
      ...fn.latest.settings,
      ...service.locateCode(input),
      architectures: input.Architectures ?? fn.latest.settings.architectures,
    };
    if (input.DryRun) return service.view(fn, fn.latest);
    service.replaceLatest(fn, settings);
    return service.view(fn, input.Publish ? publish(service, fn, undefined) : fn.latest);
  },
};

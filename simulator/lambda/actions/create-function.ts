import type { CreateFunctionRequest, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { AwsError, notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { splitFunctionName } from '../function-names.ts';
import type { LambdaService } from '../lambda-service.ts';
import type { LambdaFunction } from '../model.ts';
import { settingsAfter } from '../settings.ts';
import { publish } from './publish-version.ts';

export const createFunction: ActionDefinition<LambdaService, CreateFunctionRequest, FunctionConfiguration> = {
  refuses: ['CapacityProviderConfig', 'CodeSigningConfigArn', 'KMSKeyArn', 'PublishTo', 'TenancyConfig'],
  partly:
    'other runtimes than Node.js, functions from images or inline code, layers, file systems, dead-letter queues, SnapStart, durable functions',
  permissions: (service, input) => [
    { action: 'lambda:CreateFunction', resource: service.arnOfGiven(input.FunctionName) },
    {
      action: 'iam:PassRole',
      resource: input.Role ?? '*',
      context: { 'iam:PassedToService': 'lambda.amazonaws.com' },
    },
  ],
  run: (service, input) => {
    const { name } = splitFunctionName(input.FunctionName ?? '');
    if (service.functions.has(name))
      throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, {
        status: 409,
        fields: { Type: 'User' },
      });
    if (input.Code?.ZipFile) throw notModelled('functions whose code comes inline');
    if (input.Code?.ImageUri) throw notModelled('functions from images');
    const settings = settingsAfter(name, undefined, input, service.locateCode(input.Code ?? {}));
    const fn: LambdaFunction = {
      name,
      arn: service.arnOf(name),
      latest: service.makeVersion(name, '$LATEST', settings),
      published: new Map(),
      nextVersion: 1,
      aliases: new Map(),
      policies: new Map(),
      eventInvoke: new Map(),
      tags: new Map(Object.entries(input.Tags ?? {})),
      reservedConcurrency: undefined,
      running: 0,
    };
    service.functions.set(name, fn);
    return service.view(fn, input.Publish ? publish(service, fn, undefined) : fn.latest);
  },
};

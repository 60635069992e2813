import type { FunctionConfiguration, PublishVersionRequest } from '@aws-sdk/client-lambda';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { LambdaService } from '../lambda-service.ts';
import type { FunctionVersion, LambdaFunction } from '../model.ts';
import { onFunction } from './on-function.ts';

/** Makes a version of what `$LATEST` is now; when nothing has changed since the last one, it is that one. */
export const publish = (
  service: LambdaService,
  fn: LambdaFunction,
  description: string | undefined,
): FunctionVersion => {
  const last = fn.published.get(String(fn.nextVersion - 1));
  const settings = { ...fn.latest.settings, description: description ?? fn.latest.settings.description };
  const comparable = (version: FunctionVersion['settings']): string =>
    JSON.stringify({ ...version, description: undefined });
  if (last && comparable(last.settings) === comparable(settings)) return last;
  const version = service.makeVersion(fn.name, String(fn.nextVersion), settings);
  fn.nextVersion += 1;
  fn.published.set(version.version, version);
  return version;
};

export const publishVersion: ActionDefinition<LambdaService, PublishVersionRequest, FunctionConfiguration> = {
  refuses: ['PublishTo'],
  permissions: onFunction('PublishVersion'),
  run: (service, input) => {
    const fn = service.function(input.FunctionName);
    if (input.CodeSha256 && input.CodeSha256 !== fn.latest.settings.codeSha256)
      throw new AwsError(
        'InvalidParameterValueException',
        `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${fn.latest.settings.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    return service.view(fn, publish(service, fn, input.Description));
  },
};

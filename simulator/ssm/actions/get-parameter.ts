import type { GetParameterRequest, GetParameterResult } from '@aws-sdk/client-ssm';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { parameterNotFound } from '../errors.ts';
import type { SsmService } from '../ssm-service.ts';

export const getParameter: ActionDefinition<SsmService, GetParameterRequest, GetParameterResult> = {
  permissions: (service, input) => service.onParameters('GetParameter', [input.Name]),
  run: (service, input) => {
    const found = service.find(input.Name);
    if (!found) {
      const [, name, version] = /^(.*):(\d+)$/.exec(input.Name ?? '') ?? [];
      if (name && service.find(name))
        throw new AwsError(
          'ParameterVersionNotFound',
          `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
        );
      throw parameterNotFound();
    }
    const { parameter, version, selector } = found;
    return { Parameter: parameter.show(version, input.WithDecryption ?? false, selector) };
  },
};

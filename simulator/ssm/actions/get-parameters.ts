import type { GetParametersRequest, GetParametersResult } from '@aws-sdk/client-ssm';
import type { ActionDefinition } from '../../cloud/service.ts';
import { validation } from '../errors.ts';
import type { SsmService } from '../ssm-service.ts';

export const getParameters: ActionDefinition<SsmService, GetParametersRequest, GetParametersResult> = {
  permissions: (service, input) => service.onParameters('GetParameters', input.Names ?? []),
  run: (service, input) => {
    const names = input.Names ?? [];
    if (names.length < 1 || names.length > 10)
      throw validation(
        "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and 10",
      );
    const invalid: string[] = [];
    const parameters = names.flatMap((name) => {
      const found = service.find(name);
      if (found) return [found.parameter.show(found.version, input.WithDecryption ?? false, found.selector)];
      invalid.push(name);
      return [];
    });
    return { Parameters: parameters, InvalidParameters: invalid };
  },
};

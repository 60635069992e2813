import type { DeleteParameterRequest } from '@aws-sdk/client-ssm';
import type { ActionDefinition } from '../../cloud/service.ts';
import { parameterNotFound } from '../errors.ts';
import type { SsmService } from '../ssm-service.ts';

export const deleteParameter: ActionDefinition<SsmService, DeleteParameterRequest, void> = {
  permissions: (service, input) => service.onParameters('DeleteParameter', [input.Name]),
  run: (service, input) => {
    const found = service.find(input.Name);
    if (!found) throw parameterNotFound();
    service.parameters.delete(found.parameter.name);
  },
};

import type { DeleteParametersRequest, DeleteParametersResult } from '@aws-sdk/client-ssm';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { SsmService } from '../ssm-service.ts';

export const deleteParameters: ActionDefinition<SsmService, DeleteParametersRequest, DeleteParametersResult> = {
  permissions: (service, input) => service.onParameters('DeleteParameters', input.Names ?? []),
  run: (service, input) => {
    const deleted: string[] = [];
    const invalid: string[] = [];
    for (const name of input.Names ?? []) {
      const found = service.find(name);
      if (found) service.parameters.delete(found.parameter.name);
      (found ? deleted : invalid).push(name);
    }
    return { DeletedParameters: deleted, InvalidParameters: invalid };
  },
};

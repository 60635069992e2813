import type { ActionDefinition } from '../../cloud/service.ts';
import { tagRecord } from '../answers.ts';
import { onRole } from '../entities.ts';
import type { Tag } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';

export const tagRole: ActionDefinition<IamService, { readonly RoleName: string; readonly Tags: readonly Tag[] }> = {
  permissions: onRole('TagRole'),
  run: (iam, input) => {
    const role = iam.role(input.RoleName);
    role.tags = { ...role.tags, ...tagRecord(input.Tags) };
  },
};

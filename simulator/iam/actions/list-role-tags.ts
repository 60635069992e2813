import type { ActionDefinition } from '../../cloud/service.ts';
import { tagList } from '../answers.ts';
import { onRole } from '../entities.ts';
import type { Tag } from '../iam-api.ts';
import type { IamService } from '../iam-service.ts';

export const listRoleTags: ActionDefinition<
  IamService,
  { readonly RoleName: string },
  { readonly Tags: readonly Tag[]; readonly IsTruncated: boolean }
> = {
  refuses: ['Marker', 'MaxItems'],
  permissions: onRole('ListRoleTags'),
  run: (iam, input) => ({ Tags: tagList(iam.role(input.RoleName).tags), IsTruncated: false }),
};

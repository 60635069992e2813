import type { ActionDefinition } from '../../cloud/service.ts';
import { groupNameOf, type LogsService } from '../logs-service.ts';

interface GroupInput {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
  readonly logStreamName?: string | undefined;
}

/** The group that an input names, by its name or by its ARN. */
export const groupOf = (input: GroupInput): string | undefined => input.logGroupName ?? input.logGroupIdentifier;

/**
 * The permission of an action on a group or a stream. AWS asks for the ARN of a stream even for actions on groups, with
 * an empty name, which is why policies name groups as `log-group:<name>:*`.
 */
export const onGroup = (action: string): Required<Pick<ActionDefinition<LogsService, GroupInput>, 'permissions'>> => ({
  permissions: (service, input) => [
    {
      action: `logs:${action}`,
      resource: `${service.arnOf(groupNameOf(groupOf(input) ?? ''))}:log-stream:${input.logStreamName ?? ''}`,
    },
  ],
});

/** The permission of an action on the tags of a group, which asks for the ARN of the group itself. */
export const onTags = (
  action: string,
): Required<Pick<ActionDefinition<LogsService, { readonly resourceArn: string | undefined }>, 'permissions'>> => ({
  permissions: (service, input) => [
    { action: `logs:${action}`, resource: service.arnOf(groupNameOf(input.resourceArn ?? '')) },
  ],
});

import type { RegisterTaskDefinitionRequest, RegisterTaskDefinitionResponse } from '@aws-sdk/client-ecs';
import { copied } from '../../cloud/copied.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EcsService } from '../ecs-service.ts';
import type { TaskDefinitionRecord } from '../model.ts';
import { passRoles } from '../permissions.ts';
import { readTaskDefinition } from '../task-definition-rules.ts';
import { taskDefinitionView } from '../views.ts';

export const registerTaskDefinition: ActionDefinition<
  EcsService,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse
> = {
  refuses: ['enableFaultInjection', 'inferenceAccelerators'],
  partly: 'proxy configurations, container dependencies, FireLens, restart policies, environment files',
  permissions: (_ecs, { taskRoleArn, executionRoleArn, tags }) => [
    { action: 'ecs:RegisterTaskDefinition', resource: '*' },
    // Which call creates what is tagged is a condition key of its own:
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
    ...(tags?.length
      ? [{ action: 'ecs:TagResource', resource: '*', context: { 'ecs:CreateAction': 'RegisterTaskDefinition' } }]
      : []),
    ...passRoles(taskRoleArn, executionRoleArn),
  ],
  run: (ecs, input, call) => {
    const read = readTaskDefinition(input);
    const family = input.family ?? '';
    const revisions = ecs.families.get(family) ?? [];
    const revision = revisions.length + 1;
    const record: TaskDefinitionRecord = {
      ...read,
      arn: ecs.arns.taskDefinition(family, revision),
      family,
      revision,
      status: 'ACTIVE',
      registeredAtMs: ecs.ctx.kernel.now(),
      deregisteredAtMs: undefined,
      registeredBy: call.caller.kind === 'service' ? undefined : call.caller.arn,
      input: copied(input),
      tags: copied(input.tags ?? []),
    };
    ecs.families.set(family, [...revisions, record]);
    return { taskDefinition: taskDefinitionView(record), tags: copied(record.tags) };
  },
};

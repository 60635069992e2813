import type { PutTargetsRequest, PutTargetsResponse, Target } from '@aws-sdk/client-eventbridge';
import { notModelled } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { limitExceeded, validation } from '../errors.ts';
import type { EventsService } from '../events-service.ts';
import { validateTargetInput } from '../target-input.ts';

const targetsMax = 5;

export const putTargets: ActionDefinition<EventsService, PutTargetsRequest, PutTargetsResponse> = {
  partly:
    'deliveries to targets other than functions, state machines, pipelines, topics, queues, buses, log groups and ECS tasks, which fail',
  permissions: (service, input) => [
    { action: 'events:PutTargets', resource: service.ruleArn(input.Rule, input.EventBusName) },
    ...(input.Targets ?? [])
      .filter((target) => target.RoleArn)
      .map((target) => ({
        action: 'iam:PassRole',
        resource: target.RoleArn as string,
        context: { 'iam:PassedToService': 'events.amazonaws.com' },
      })),
  ],
  run: (service, input) => {
    const rule = service.rule(input.Rule, input.EventBusName);
    const targets = input.Targets ?? [];
    for (const target of targets) validateTarget(target);
    const ids = new Set([...rule.targets.keys(), ...targets.map((target) => target.Id ?? '')]);
    if (ids.size > targetsMax) throw limitExceeded();
    for (const target of targets) rule.targets.set(target.Id as string, structuredClone(target));
    return { FailedEntryCount: 0, FailedEntries: [] };
  },
};

/** Targets that EventBridge reaches with a role of theirs only. */
const needRole = new Set(['batch', 'codepipeline', 'ecs', 'firehose', 'kinesis', 'ssm', 'states']);

const validateTarget = (target: Target): void => {
  const arn = target.Arn ?? '';
  if (!/^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+/.test(arn))
    throw validation(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  const service = arn.split(':')[2] as string;
  if (service === 'events' && arn.includes(':api-destination/'))
    throw notModelled(`API destinations as targets (${arn})`);
  if (service === 'sqs' && arn.endsWith('.fifo')) throw notModelled('FIFO queues as targets');
  if (needRole.has(service) && !target.RoleArn) throw validation(`RoleArn is required for target ${arn}.`);
  if (target.RoleArn && service === 'lambda') throw validation(`RoleArn is not supported for target ${arn}.`);
  validateTargetInput(target);
};

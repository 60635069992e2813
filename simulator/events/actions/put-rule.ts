import type { PutRuleRequest, PutRuleResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import { limitExceeded, validation } from '../errors.ts';
import { defaultBus, type EventsService } from '../events-service.ts';
import type { Rule } from '../model.ts';
import { parseSchedule } from '../schedule.ts';
import { readPattern } from './test-event-pattern.ts';

const rulesMax = 300;

export const putRule: ActionDefinition<EventsService, PutRuleRequest, PutRuleResponse> = {
  permissions: (service, input) => [
    { action: 'events:PutRule', resource: service.ruleArn(input.Name, input.EventBusName) },
    ...(input.RoleArn
      ? [
          {
            action: 'iam:PassRole',
            resource: input.RoleArn,
            context: { 'iam:PassedToService': 'events.amazonaws.com' },
          },
        ]
      : []),
  ],
  run: (service, input) => {
    const bus = service.bus(input.EventBusName);
    const { EventPattern: pattern, ScheduleExpression: expression } = input;
    if (!pattern && !expression) throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.');
    if (expression && bus.name !== defaultBus)
      throw validation('ScheduleExpression is supported only on the default event bus.');
    const schedule = expression ? parseSchedule(expression) : undefined;
    if (expression && !schedule) throw validation('Parameter ScheduleExpression is not valid.');
    const compiled = pattern ? readPattern(pattern) : undefined;
    const name = input.Name as string;
    const known = bus.rules.get(name);
    if (!known && bus.rules.size >= rulesMax) throw limitExceeded();
    const rule: Rule = {
      name,
      arn: service.ruleArn(name, bus.name),
      busName: bus.name,
      description: input.Description,
      roleArn: input.RoleArn,
      state: input.State ?? 'ENABLED',
      patternText: pattern,
      pattern: compiled,
      scheduleExpression: expression,
      schedule,
      // An update replaces the rule but leaves its targets, and its tags, which only TagResource changes.
      targets: known?.targets ?? new Map(),
      tags: known?.tags ?? new Map((input.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value ?? ''])),
      timer: undefined,
    };
    known?.timer?.cancel();
    bus.rules.set(name, rule);
    service.arm(rule);
    return { RuleArn: rule.arn };
  },
};

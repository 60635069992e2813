import type { DescribeRuleRequest, DescribeRuleResponse } from '@aws-sdk/client-eventbridge';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { EventsService } from '../events-service.ts';
import type { Rule } from '../model.ts';
import { onRule } from './on-rule.ts';

/** A rule as AWS answers it. */
export const ruleView = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: rule.patternText,
  ScheduleExpression: rule.scheduleExpression,
  State: rule.state,
  Description: rule.description,
  RoleArn: rule.roleArn,
  EventBusName: rule.busName,
});

export const describeRule: ActionDefinition<EventsService, DescribeRuleRequest, DescribeRuleResponse> = {
  permissions: onRule('DescribeRule'),
  run: (service, input) => ({
    ...ruleView(service.rule(input.Name, input.EventBusName)),
    CreatedBy: service.ctx.accountId,
  }),
};

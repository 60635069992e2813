import type { ActionDefinition } from '../cloud/service.ts';
import type { ElbService } from './elb-service.ts';

/** What IAM must allow for an action on resources that the request names by ARN. */
export const onResources = <Input>(
  action: string,
  arns: (input: Input) => readonly (string | undefined)[],
): Required<Pick<ActionDefinition<ElbService, Input>, 'permissions'>> => ({
  permissions: (_service, input) =>
    arns(input).map((arn) => ({ action: `elasticloadbalancing:${action}`, resource: arn ?? '*' })),
});

import { AwsError } from '../cloud/aws-error.ts';

/** Errors of Elastic Load Balancing. Their codes are the names of the shapes; on the wire `Exception` is left out. */
export const elbErrors = {
  loadBalancerNotFound: (which: string): AwsError =>
    new AwsError('LoadBalancerNotFoundException', `Load balancers '[${which}]' not found`),
  targetGroupNotFound: (): AwsError =>
    new AwsError('TargetGroupNotFoundException', 'One or more target groups not found'),
  listenerNotFound: (): AwsError => new AwsError('ListenerNotFoundException', 'One or more listeners not found'),
  ruleNotFound: (): AwsError => new AwsError('RuleNotFoundException', 'One or more rules not found'),
  duplicateLoadBalancerName: (name: string): AwsError =>
    new AwsError(
      'DuplicateLoadBalancerNameException',
      `A load balancer with the same name '${name}' exists, but with different settings`,
    ),
  duplicateTargetGroupName: (name: string): AwsError =>
    new AwsError(
      'DuplicateTargetGroupNameException',
      `A target group with the same name '${name}' exists, but with different settings`,
    ),
  duplicateListener: (loadBalancerArn: string): AwsError =>
    new AwsError(
      'DuplicateListenerException',
      `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
    ),
  priorityInUse: (priority: number): AwsError =>
    new AwsError('PriorityInUseException', `Priority '${priority}' is currently in use`),
  targetGroupInUse: (arn: string): AwsError =>
    new AwsError('ResourceInUseException', `Target group '${arn}' is currently in use by a listener or a rule`),
  targetGroupAssociationLimit: (arn: string): AwsError =>
    new AwsError(
      'TargetGroupAssociationLimitException',
      `The following target groups cannot be associated with more than one load balancer: ${arn}`,
    ),
  operationNotPermitted: (message: string): AwsError => new AwsError('OperationNotPermittedException', message),
  invalidConfiguration: (message: string): AwsError => new AwsError('InvalidConfigurationRequestException', message),
  validation: (message: string): AwsError => new AwsError('ValidationError', message),
};

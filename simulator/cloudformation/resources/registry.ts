import type { ResourceProvider } from '../resource-provider.ts';
import { cloudWatchAlarm } from './cloudwatch-alarm.ts';
import { codePipelinePipeline } from './codepipeline-pipeline.ts';
import { dynamoDbTable } from './dynamodb-table.ts';
import { ec2Subnet } from './ec2-subnet.ts';
import { ecrRegistryScanningConfiguration } from './ecr-registry-scanning-configuration.ts';
import { ecrRepository } from './ecr-repository.ts';
import { ecsCluster } from './ecs-cluster.ts';
import { ecsClusterCapacityProviders } from './ecs-cluster-capacity-providers.ts';
import { ecsService } from './ecs-service.ts';
import { ecsTaskDefinition } from './ecs-task-definition.ts';
import { elbListener } from './elb-listener.ts';
import { elbListenerRule } from './elb-listener-rule.ts';
import { elbLoadBalancer } from './elb-load-balancer.ts';
import { elbTargetGroup } from './elb-target-group.ts';
import { eventsRule } from './events-rule.ts';
import { iamInstanceProfile } from './iam-instance-profile.ts';
import { iamManagedPolicy } from './iam-managed-policy.ts';
import { iamPolicy } from './iam-policy.ts';
import { iamRole } from './iam-role.ts';
import { inertProviders } from './inert-types.ts';
import { lambdaAlias } from './lambda-alias.ts';
import { lambdaEventInvokeConfig } from './lambda-event-invoke-config.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaPermission } from './lambda-permission.ts';
import { lambdaVersion } from './lambda-version.ts';
import { logsLogGroup } from './logs-log-group.ts';
import { secretsManagerSecret } from './secretsmanager-secret.ts';
import { snsSubscription } from './sns-subscription.ts';
import { snsTopic } from './sns-topic.ts';
import { snsTopicPolicy } from './sns-topic-policy.ts';
import { sqsQueue } from './sqs-queue.ts';
import { sqsQueuePolicy } from './sqs-queue-policy.ts';
import { ssmParameter } from './ssm-parameter.ts';
import { stepFunctionsStateMachine } from './stepfunctions-state-machine.ts';

/** The resource types that the simulator knows; custom resources and unknown types apart. */
export const resourceProviders: Readonly<Record<string, ResourceProvider>> = Object.fromEntries(
  [
    cloudWatchAlarm,
    codePipelinePipeline,
    dynamoDbTable,
    ec2Subnet,
    ecrRegistryScanningConfiguration,
    ecrRepository,
    ecsCluster,
    ecsClusterCapacityProviders,
    ecsService,
    ecsTaskDefinition,
    elbListener,
    elbListenerRule,
    elbLoadBalancer,
    elbTargetGroup,
    eventsRule,
    iamInstanceProfile,
    iamManagedPolicy,
    iamPolicy,
    iamRole,
    lambdaAlias,
    lambdaEventInvokeConfig,
    lambdaFunction,
    lambdaPermission,
    lambdaVersion,
    logsLogGroup,
    secretsManagerSecret,
    snsSubscription,
    snsTopic,
    snsTopicPolicy,
    sqsQueue,
    sqsQueuePolicy,
    ssmParameter,
    stepFunctionsStateMachine,
    ...inertProviders,
  ].map((provider) => [provider.type, provider]),
);

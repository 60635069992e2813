import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { providerStrategy, spotShareOf } from '../../functions/core/configuration.ts';
import type { Twin as TwinSettings } from '../names.ts';
import type { Entrance } from './front-door.ts';

export interface TwinProps {
  readonly clusterName: string;
  readonly twin: TwinSettings;
  readonly templateArn: string;
  /** ARN of the function that makes, changes and deletes twins. */
  readonly provisionerArn: string;
  readonly vpc: IVpc;
  readonly taskSecurityGroup: ISecurityGroup;
  /** Where the load balancer finds it. Left out: it stands behind none. */
  readonly entrance?: Entrance;
}

/**
 * An ECS service that only the controller moves. A native `AWS::ECS::Service` would set the template's count and task
 * definition again with every update that touches it, and an old release with every stack rollback; this resource is
 * created at count 0 and is afterwards sent only what changed of the properties below, never a count or a release.
 */
export class Twin extends Construct {
  readonly resource: CustomResource;

  constructor(scope: Construct, id: string, props: TwinProps) {
    super(scope, id);
    const { capacity, name, service, settings } = props.twin;
    const rolling = settings[capacity];
    if (!rolling) throw new Error(`${service} has no ${capacity} capacity, so ${name} cannot be made`);
    const spotShare = capacity === 'fargate' ? spotShareOf(settings) : undefined;
    const strategy = spotShare && providerStrategy(spotShare);
    this.resource = new CustomResource(this, 'Service', {
      resourceType: 'Custom::SpillwayTwin',
      serviceToken: props.provisionerArn,
      // One API call; CloudFormation's own default would let a lost answer hold the stack for an hour.
      serviceTimeout: Duration.minutes(5),
      removalPolicy: RemovalPolicy.DESTROY,
      properties: {
        Cluster: props.clusterName,
        ServiceName: name,
        // A service has one or the other.
        ...(strategy
          ? {
              CapacityProviderStrategy: strategy.map(({ capacityProvider, base, weight }) => ({
                CapacityProvider: capacityProvider,
                Base: base,
                Weight: weight,
              })),
            }
          : { LaunchType: capacity === 'fargate' ? 'FARGATE' : 'EXTERNAL' }),
        // Only read at creation: what runs later is the controller's.
        TaskDefinition: props.templateArn,
        DeploymentConfiguration: {
          MinimumHealthyPercent: rolling.minimumHealthyPercent,
          MaximumPercent: rolling.maximumPercent,
          // One actor rolls back, and that is the controller: it moves both twins back, ECS would move one.
          DeploymentCircuitBreaker: { Enable: true, Rollback: false },
        },
        ...(capacity === 'fargate' && {
          NetworkConfiguration: {
            AwsvpcConfiguration: {
              Subnets: props.vpc.privateSubnets.map((subnet) => subnet.subnetId),
              SecurityGroups: [props.taskSecurityGroup.securityGroupId],
              AssignPublicIp: 'DISABLED',
            },
          },
        }),
        ...(props.entrance && {
          LoadBalancers: [
            {
              TargetGroupArn: props.entrance.targetGroup.targetGroupArn,
              ContainerName: service,
              ContainerPort: settings.port,
            },
          ],
          HealthCheckGracePeriodSeconds: 30,
        }),
        PropagateTags: 'SERVICE',
        EnableECSManagedTags: true,
      },
    });
    this.resource.node.addDependency(...(props.entrance?.rules ?? []));
  }
}

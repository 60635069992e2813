import { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCondition,
  Protocol,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { ServiceConfiguration } from '../../functions/core/configuration.ts';
import { listenerPriorities } from './listener-priority.ts';

export interface FrontDoorProps {
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  /** The services that have paths, by name. */
  readonly services: ReadonlyMap<string, ServiceConfiguration>;
}

/** Where the load balancer finds the tasks of one service. */
export interface Entrance {
  readonly targetGroup: ApplicationTargetGroup;
  /** ECS refuses a service whose target group no listener leads to: its twin is made after these. */
  readonly rules: readonly ApplicationListenerRule[];
}

/** The load balancer before the Fargate tasks: a target group for each service, a listener rule for each path. */
export class FrontDoor extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  /** By service. */
  readonly entrances: ReadonlyMap<string, Entrance>;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      vpc: props.vpc,
      internetFacing: true,
      securityGroup: props.securityGroup,
      dropInvalidHeaderFields: true,
    });
    const listener = new ApplicationListener(this, 'Listener', {
      loadBalancer: this.balancer,
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      // Who may come in is said by the security group, in the network stack.
      open: false,
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'No such path' }),
    });
    const priorities = listenerPriorities([...props.services.values()].flatMap((service) => service.paths));
    const entrances = new Map<string, Entrance>();
    for (const [service, settings] of props.services) {
      const targetGroup = new ApplicationTargetGroup(this, `${service}-targets`, {
        vpc: props.vpc,
        targetType: TargetType.IP,
        protocol: ApplicationProtocol.HTTP,
        port: settings.port,
        healthCheck: {
          protocol: Protocol.HTTP,
          path: '/healthz',
          interval: Duration.seconds(10),
          timeout: Duration.seconds(5),
          healthyThresholdCount: 2,
          unhealthyThresholdCount: 3,
        },
        // A request takes milliseconds here; AWS's 300 s would add five minutes to the end of every task.
        deregistrationDelay: Duration.seconds(10),
      });
      const rules = settings.paths.map(
        (path) =>
          new ApplicationListenerRule(this, `${service}-rule${path.replaceAll('/', '-')}`, {
            listener,
            priority: priorities.get(path) ?? 0,
            conditions: [ListenerCondition.pathPatterns([path])],
            action: ListenerAction.forward([targetGroup]),
          }),
      );
      entrances.set(service, { targetGroup, rules });
    }
    this.entrances = entrances;
  }
}

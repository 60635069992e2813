import { Annotations, CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type Configuration, clusterNameOf } from '../../functions/core/configuration.ts';
import { madeTwinsOf } from '../names.ts';
import { ExternalInstanceRole } from './external-instance-role.ts';

export interface NetworkStackProps extends StackProps {
  readonly configuration: Configuration;
}

/** Where tasks run: the VPC and the cluster, or the existing ones, and who may reach whom in it. */
export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  readonly balancerSecurityGroup: ISecurityGroup;
  readonly taskSecurityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { configuration } = props;
    this.vpc = configuration.existing.vpcId ? this.#existingVpc(configuration) : this.#newVpc();

    if (!configuration.existing.clusterName) {
      new Cluster(this, 'Cluster', {
        clusterName: clusterNameOf(configuration),
        vpc: this.vpc,
        containerInsightsV2: ContainerInsights.ENABLED,
        // Costs nothing, and stays when the last twin gives Spot up: what a service still names cannot be taken away.
        enableFargateCapacityProviders: true,
      });
    }

    const balancer = new SecurityGroup(this, 'BalancerSecurityGroup', {
      vpc: this.vpc,
      description: 'The load balancer: anybody may ask',
      allowAllOutbound: false,
    });
    balancer.addIngressRule(Peer.anyIpv4(), Port.tcp(80), 'HTTP from anywhere');
    const tasks = new SecurityGroup(this, 'TaskSecurityGroup', {
      vpc: this.vpc,
      description: 'Fargate tasks: only the load balancer may ask',
    });
    const ports = Object.values(configuration.services)
      .filter((service) => service.paths.length > 0)
      .map((service) => service.port);
    for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
      tasks.addIngressRule(balancer, Port.tcp(port), 'Requests and health checks of the load balancer');
      balancer.addEgressRule(tasks, Port.tcp(port), 'Requests and health checks');
    }
    this.balancerSecurityGroup = balancer;
    this.taskSecurityGroup = tasks;

    if (madeTwinsOf(configuration).some(({ capacity }) => capacity === 'external')) {
      const machines = new ExternalInstanceRole(this, 'ExternalInstances');
      new CfnOutput(this, 'ExternalInstanceRoleName', {
        description: 'Role for the SSM activation of the machines on premises',
        value: machines.role.roleName,
      });
    }
  }

  #newVpc(): Vpc {
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: [
        { name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      ],
      // The custom resource that empties the default security group needs a function and a role of its own; nothing
      // here is ever put into that group.
      restrictDefaultSecurityGroup: false,
    });
    // They cost nothing, where the NAT gateway takes $0.045 a gigabyte: ECR keeps the layers of images in S3, so each start of a
    // Fargate task would be charged for its image, which is more than the minute that it runs at least.
    // https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
    vpc.addGatewayEndpoint('Images', { service: GatewayVpcEndpointAwsService.S3 });
    vpc.addGatewayEndpoint('Tables', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    // Refused connections are what an operator looks for; all of the traffic would cost more than the tasks.
    vpc.addFlowLog('RefusedConnections', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(
        new LogGroup(this, 'RefusedConnectionsLog', {
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      ),
    });
    return vpc;
  }

  #existingVpc(configuration: Configuration): IVpc {
    const { vpcId, availabilityZones, publicSubnetIds, privateSubnetIds } = configuration.existing;
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: vpcId ?? '',
      availabilityZones: availabilityZones ?? [],
      publicSubnetIds,
      privateSubnetIds,
    });
    Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId', 'Nothing here reads route tables');
    return vpc;
  }
}

import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../../functions/core/configuration.ts';
import { ControllerFunction } from '../controller/controller-function.ts';
import { provisionTwin } from '../controller/function-catalogue.ts';
import type { FunctionCode } from '../controller/function-code.ts';
import { Arns, twinsOf } from '../names.ts';
import type { NetworkStack } from '../network/network-stack.ts';
import { BacklogAlarm } from './backlog-alarm.ts';
import { FrontDoor } from './front-door.ts';
import { LoadReportsTable } from './load-reports-table.ts';
import { WorkQueue } from './work-queue.ts';
import { WorkTable } from './work-table.ts';
import { WorkloadService } from './workload-service.ts';

export interface WorkloadStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly network: NetworkStack;
  readonly code: FunctionCode;
}

/** The services and all that they need to run: everything that would also be there without a controller. */
export class WorkloadStack extends Stack {
  constructor(scope: Construct, id: string, props: WorkloadStackProps) {
    super(scope, id, props);
    const { configuration, network } = props;
    const arns = new Arns(this, configuration);

    const queueUrls = new Map(
      Object.entries(configuration.queues).map(([queueName, settings]) => {
        const receivers = receiversOnPremises(configuration, queueName).map((twin) => arns.taskRole(twin));
        const queue = new WorkQueue(this, `queue-${queueName}`, {
          queueName,
          settings,
          onlyReceivers: receivers.length > 0 ? receivers : undefined,
        });
        return [queueName, queue.queue.queueUrl];
      }),
    );
    const tableNames = new Map(
      configuration.tables.map((tableName) => [
        tableName,
        new WorkTable(this, `table-${tableName}`, { tableName }).table.tableName,
      ]),
    );

    // Before the services, which report from their first second on.
    if (Object.values(configuration.services).some(({ burst }) => burst)) new LoadReportsTable(this, 'LoadReports');

    // Here and not in the controller's stack, since the twins need it before there is a controller.
    const provisioner = new ControllerFunction(this, provisionTwin.folder, {
      configuration,
      plan: provisionTwin,
      code: props.code,
    });

    const facing = new Map(Object.entries(configuration.services).filter(([, settings]) => settings.paths.length > 0));
    const frontDoor =
      facing.size > 0
        ? new FrontDoor(this, 'FrontDoor', {
            vpc: network.vpc,
            securityGroup: network.balancerSecurityGroup,
            services: facing,
          })
        : undefined;

    for (const [service, settings] of Object.entries(configuration.services)) {
      new WorkloadService(this, service, {
        configuration,
        service,
        settings,
        vpc: network.vpc,
        taskSecurityGroup: network.taskSecurityGroup,
        queueUrls,
        tableNames,
        provisionerArn: provisioner.function.functionArn,
        entrance: frontDoor?.entrances.get(service),
      });
      if (settings.burst)
        new BacklogAlarm(this, `backlog-${service}`, { service, settings, queueName: settings.burst.queue });
    }

    if (frontDoor) {
      new CfnOutput(this, 'StorefrontUrl', { value: `http://${frontDoor.balancer.loadBalancerDnsName}/` });
    }
  }
}

/** External twins that receive from a queue bound to the premises; none for any other queue. */
const receiversOnPremises = (configuration: Configuration, queue: string): readonly string[] =>
  twinsOf(configuration)
    .filter(({ capacity, settings }) => capacity === 'external' && settings.receivesFromOnPremises.includes(queue))
    .map((twin) => twin.name);

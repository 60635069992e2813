import { RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  type Configuration,
  capacitiesOf,
  clusterNameOf,
  madeCapacitiesOf,
  type ServiceConfiguration,
} from '../../functions/core/configuration.ts';
import { madeTwinsOf, serviceLogGroupName } from '../names.ts';
import { ExecutionRole } from './execution-role.ts';
import type { Entrance } from './front-door.ts';
import { ServiceRepository } from './service-repository.ts';
import { TaskRole } from './task-role.ts';
import { TaskTemplate } from './task-template.ts';
import { Twin } from './twin.ts';

export interface WorkloadServiceProps {
  readonly configuration: Configuration;
  readonly service: string;
  readonly settings: ServiceConfiguration;
  readonly vpc: IVpc;
  readonly taskSecurityGroup: ISecurityGroup;
  readonly queueUrls: ReadonlyMap<string, string>;
  readonly tableNames: ReadonlyMap<string, string>;
  readonly provisionerArn: string;
  /** Where the load balancer finds it. Left out: it stands behind none. */
  readonly entrance?: Entrance;
}

/** One service: its repository, its log, its roles, and on each capacity a template and a twin; nothing of what is adopted. */
export class WorkloadService extends Construct {
  constructor(scope: Construct, id: string, props: WorkloadServiceProps) {
    super(scope, id);
    const { configuration, service, settings } = props;
    const made = madeCapacitiesOf(settings).length;
    // What runs already has its images in a repository already.
    if (made === capacitiesOf(settings).length && settings.repository === undefined)
      new ServiceRepository(this, 'Images', { service });
    if (made === 0) return;
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: serviceLogGroupName(service),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const execution = new ExecutionRole(this, 'Execution', {
      configuration,
      service,
      settings,
      logGroupArn: logGroup.logGroupArn,
    });
    const visibilities = [...settings.receivesFrom, ...settings.receivesFromOnPremises].flatMap(
      (queue) => configuration.queues[queue]?.visibilityTimeoutSeconds ?? [],
    );
    for (const twin of madeTwinsOf(configuration).filter((each) => each.service === service)) {
      const { capacity } = twin;
      const task = new TaskRole(this, `${capacity}-task`, { configuration, twin });
      const template = new TaskTemplate(this, `${capacity}-template`, {
        twin,
        executionRoleArn: execution.role.roleArn,
        taskRoleArn: task.role.roleArn,
        logGroupName: logGroup.logGroupName,
        queueUrls: props.queueUrls,
        tableNames: props.tableNames,
        visibilityTimeoutSeconds: visibilities.length > 0 ? Math.min(...visibilities) : undefined,
      });
      new Twin(this, `${capacity}-twin`, {
        clusterName: clusterNameOf(configuration),
        twin,
        templateArn: template.taskDefinitionArn,
        provisionerArn: props.provisionerArn,
        vpc: props.vpc,
        taskSecurityGroup: props.taskSecurityGroup,
        entrance: capacity === 'fargate' ? props.entrance : undefined,
      });
    }
  }
}

import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Configuration, loadReportsTableName, outlastsStop } from '../../functions/core/configuration.ts';
import { Arns, saturatedDetailType, type Twin } from '../names.ts';
import { tasksOfThisAccount } from './task-trust.ts';

export interface TaskRoleProps {
  readonly configuration: Configuration;
  readonly twin: Twin;
}

/**
 * What the code of one twin may do. The only thing that differs between a service's twins, and that is how residency
 * is enforced: a Fargate task has no way to read a queue that is bound to the premises.
 */
export class TaskRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: TaskRoleProps) {
    super(scope, id);
    const { settings, capacity, name, service } = props.twin;
    const arns = new Arns(this, props.configuration);
    const statements: PolicyStatement[] = [];
    const allow = (actions: string[], resources: string[]): void => {
      if (resources.length > 0) statements.push(new PolicyStatement({ actions, resources }));
    };
    const receives = [...settings.receivesFrom, ...(capacity === 'external' ? settings.receivesFromOnPremises : [])];
    allow(
      ['sqs:SendMessage'],
      settings.sendsTo.map((queue) => arns.queue(queue)),
    );
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
      receives.map((queue) => arns.queue(queue)),
    );
    allow(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      settings.tables.map((table) => arns.table(table)),
    );
    if (settings.burst) {
      statements.push(
        new PolicyStatement({
          actions: ['dynamodb:PutItem'],
          resources: [arns.table(loadReportsTableName)],
          // Under its own service's name: what another service's tasks report is not for it to write.
          conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [service] } },
        }),
        new PolicyStatement({
          actions: ['events:PutEvents'],
          resources: [arns.eventBus()],
          conditions: { StringEquals: { 'events:source': service, 'events:detail-type': saturatedDetailType } },
        }),
      );
      // Tasks are named by their ids, which nobody knows beforehand; the cluster is the only bound there is.
      if (outlastsStop(settings)) allow(['ecs:UpdateTaskProtection'], [arns.tasks()]);
    }
    this.role = new Role(this, 'Role', {
      roleName: arns.taskRoleName(name),
      description: `The code of ${name}`,
      assumedBy: tasksOfThisAccount(this),
      // Inside the role and not beside it: a retained role without its policy could do nothing.
      ...(statements.length > 0 && { inlinePolicies: { Work: new PolicyDocument({ statements }) } }),
    });
    this.role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}

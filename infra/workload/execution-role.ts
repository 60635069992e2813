import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { type Configuration, repositoryOf, type ServiceConfiguration } from '../../functions/core/configuration.ts';
import { Arns } from '../names.ts';
import { secretArn } from './secret-arn.ts';
import { tasksOfThisAccount } from './task-trust.ts';

export interface ExecutionRoleProps {
  readonly configuration: Configuration;
  readonly service: string;
  readonly settings: ServiceConfiguration;
  readonly logGroupArn: string;
}

/**
 * What ECS does to start a task of a service, the same on both capacities: pull its image, read its secrets, write its
 * log. Retained, since every release registered while it stood names it.
 */
export class ExecutionRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ExecutionRoleProps) {
    super(scope, id);
    const arns = new Arns(this, props.configuration);
    const statements: PolicyStatement[] = [];
    const allow = (actions: string[], resources: string[]): void => {
      if (resources.length > 0) statements.push(new PolicyStatement({ actions, resources }));
    };
    // The token opens the registry as such and has no resource; what may be pulled with it says the next statement.
    allow(['ecr:GetAuthorizationToken'], ['*']);
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      [arns.repository(repositoryOf(props.service, props.settings))],
    );
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [props.logGroupArn]);
    const secrets = Object.values(props.settings.secrets);
    const parameters = secrets.filter((name) => name.startsWith('/'));
    const managed = secrets.filter((name) => !name.startsWith('/'));
    const stack = Stack.of(this);
    allow(
      ['ssm:GetParameters'],
      parameters.map((name) => secretArn(stack, name)),
    );
    // Secrets Manager ends each ARN in six characters that nobody knows before the secret exists.
    allow(
      ['secretsmanager:GetSecretValue'],
      managed.map((name) => `${secretArn(stack, name)}-??????`),
    );
    this.role = new Role(this, 'Role', {
      roleName: arns.executionRoleName(props.service),
      description: `Starts tasks of ${props.service}: pulls the image, reads the secrets, writes the log`,
      assumedBy: tasksOfThisAccount(this),
      // Inside the role and not beside it: a retained role without its policy would start nothing.
      inlinePolicies: { StartTasks: new PolicyDocument({ statements }) },
    });
    this.role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
  }
}

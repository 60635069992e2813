import { Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import {
  loadReportsTableName,
  outlastsStop,
  repositoryOf,
  templateFamily,
} from '../../functions/core/configuration.ts';
import { queueVariable, registryHost, type Twin, tableVariable, templatesPrefix } from '../names.ts';
import { secretArn } from './secret-arn.ts';

export interface TaskTemplateProps {
  readonly twin: Twin;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  readonly logGroupName: string;
  /** URLs of the workload's queues by name. */
  readonly queueUrls: ReadonlyMap<string, string>;
  /** Names of the workload's tables. */
  readonly tableNames: ReadonlyMap<string, string>;
  /** The shortest visibility timeout of the queues it receives from, in seconds; undefined where it receives from none. */
  readonly visibilityTimeoutSeconds: number | undefined;
}

/**
 * The wish of the templates for one twin, as a task definition in a family of its own. No task ever runs it: a
 * release is registered from it with the release's digest in place of the placeholder, and only then moves the twin.
 * So a changed memory or variable is rolled out, proved and rolled back like an image. Old revisions are retained, and a
 * parameter states which of them is the current one.
 */
export class TaskTemplate extends Construct {
  readonly taskDefinitionArn: string;

  constructor(scope: Construct, id: string, props: TaskTemplateProps) {
    super(scope, id);
    const { service, settings, name, capacity } = props.twin;
    const check = settings.healthCheck;
    const secrets = Object.entries(settings.secrets).map(([variable, secret]) => ({
      name: variable,
      valueFrom: secretArn(Stack.of(this), secret),
    }));
    const template = new CfnTaskDefinition(this, 'TaskDefinition', {
      family: templateFamily(name),
      ...(capacity === 'fargate'
        ? {
            requiresCompatibilities: ['FARGATE'],
            networkMode: 'awsvpc',
            runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'X86_64' },
          }
        : // EXTERNAL forbids awsvpc; in bridge mode each task gets host ports of its own, so several fit one machine.
          { requiresCompatibilities: ['EXTERNAL'], networkMode: 'bridge' }),
      cpu: String(settings.cpuUnits),
      memory: String(settings.memoryMiB),
      executionRoleArn: props.executionRoleArn,
      taskRoleArn: props.taskRoleArn,
      containerDefinitions: [
        {
          name: service,
          image: `${registryHost}/${repositoryOf(service, settings)}:placeholder`,
          essential: true,
          portMappings: [{ containerPort: settings.port, protocol: 'tcp' }],
          environment: this.#environment(props),
          ...(secrets.length > 0 && { secrets }),
          healthCheck: {
            command: [...check.command],
            interval: check.intervalSeconds,
            timeout: check.timeoutSeconds,
            retries: check.retries,
            startPeriod: check.startPeriodSeconds,
          },
          stopTimeout: settings.stopTimeoutSeconds,
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': props.logGroupName,
              'awslogs-region': Aws.REGION,
              'awslogs-stream-prefix': service,
            },
          },
        },
      ],
    });
    template.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.taskDefinitionArn = template.ref;
    // The newest revision of the family is not always the stack's: one that an update registered stays when the update
    // is rolled back. This value goes back with the rollback.
    new StringParameter(this, 'Current', {
      parameterName: `${templatesPrefix}${name}`,
      description: `The task definition that the next release of ${name} is made from`,
      stringValue: template.ref,
    });
  }

  /** The same on both twins; sorted, since ECS compares and shows it in the order given. */
  #environment(props: TaskTemplateProps): { name: string; value: string }[] {
    const { service, settings } = props.twin;
    const queues = [...settings.sendsTo, ...settings.receivesFrom, ...settings.receivesFromOnPremises];
    const variables: Record<string, string> = {
      // Fargate sets the Region for a task; the agent on an external instance does not.
      AWS_REGION: Aws.REGION,
      PORT: String(settings.port),
      STOP_TIMEOUT_SECONDS: String(settings.stopTimeoutSeconds),
      ...(props.visibilityTimeoutSeconds !== undefined && {
        VISIBILITY_TIMEOUT_SECONDS: String(props.visibilityTimeoutSeconds),
      }),
      ...Object.fromEntries(queues.map((queue) => [queueVariable(queue), props.queueUrls.get(queue) ?? ''])),
      ...Object.fromEntries(settings.tables.map((table) => [tableVariable(table), props.tableNames.get(table) ?? ''])),
      ...(settings.burst && {
        LOAD_REPORTS_TABLE_NAME: loadReportsTableName,
        LOAD_REPORTS_SERVICE: service,
        LOAD_REPORTS_QUEUE: settings.burst.queue,
        LOAD_REPORTS_DEADLINE_SECONDS: String(settings.burst.deadlineSeconds),
        ...(outlastsStop(settings) && { PROTECT_BUSY_TASK: '1' }),
      }),
      ...settings.environment,
    };
    return Object.entries(variables)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value }));
  }
}

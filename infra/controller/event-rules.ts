import { Duration } from 'aws-cdk-lib';
import { EventField, type IRuleTarget, Match, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type Configuration, overStatuses, probeStartedBy } from '../../functions/core/configuration.ts';
import {
  Arns,
  ageAlarmName,
  backlogAlarmName,
  eventSource,
  repositoriesOf,
  saturatedDetailType,
  workloadStackName,
} from '../names.ts';

export interface EventRulesProps {
  readonly configuration: Configuration;
  readonly startRollout: Lambda;
  readonly retireRevisions: Lambda;
  readonly observeTwin: Lambda;
  readonly observeScan: Lambda;
  readonly startBurst: Lambda;
  readonly guardExecutions: Lambda;
  readonly reconcileServices: Lambda;
  readonly burst: StateMachine;
  /** Where an event goes that its target did not take. */
  readonly undelivered: IQueue;
}

/** What wakes the controller: a pushed image, what ECS says of the twins, a queue that is too long. */
export class EventRules extends Construct {
  constructor(scope: Construct, id: string, props: EventRulesProps) {
    super(scope, id);
    const { configuration } = props;
    const arns = new Arns(this, configuration);
    const delivery = { deadLetterQueue: props.undelivered, retryAttempts: 185 };

    new Rule(this, 'ImagePushed', {
      ruleName: 'spillway-image-pushed',
      description: 'An image of one of our services was pushed',
      eventPattern: {
        source: ['aws.ecr'],
        detailType: ['ECR Image Action'],
        detail: {
          'action-type': ['PUSH'],
          result: ['SUCCESS'],
          'repository-name': repositoriesOf(configuration),
        },
      },
      targets: [new LambdaFunction(props.startRollout, { ...delivery, maxEventAge: Duration.hours(24) })],
    });

    if (Object.values(configuration.services).some(({ rollout }) => rollout.scan)) {
      new Rule(this, 'ImageScanned', {
        ruleName: 'spillway-image-scanned',
        description: 'A scan of an image of ours ended, by ECR or by Amazon Inspector',
        eventPattern: {
          source: ['aws.ecr', 'aws.inspector2'],
          detailType: ['ECR Image Scan', 'Inspector2 Scan'],
          // Inspector puts the repository's ARN in the field in which ECR has its name.
          detail: {
            'repository-name': repositoriesOf(configuration).flatMap((name) => [name, arns.repository(name)]),
          },
        },
        targets: [new LambdaFunction(props.observeScan, { ...delivery, maxEventAge: Duration.hours(1) })],
      });
    }

    // A wait that misses an event is ended by the sweep, so news of ECS that is an hour old is worth nothing.
    const observe = (): IRuleTarget =>
      new LambdaFunction(props.observeTwin, { ...delivery, maxEventAge: Duration.hours(1) });
    new Rule(this, 'ServiceChanged', {
      ruleName: 'spillway-service-changed',
      description: 'A deployment of a twin began, completed or failed, or ECS says why it cannot place a task',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Deployment State Change', 'ECS Service Action'],
        // Deployment events name the cluster nowhere but in the service's ARN.
        resources: Match.prefix(arns.servicePrefix()),
      },
      targets: [observe()],
    });
    new Rule(this, 'TaskStopped', {
      ruleName: 'spillway-task-stopped',
      description: 'A task of a twin stopped; its reason may end a rollout long before the deployment fails',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [arns.cluster()],
          lastStatus: [...overStatuses],
          group: Match.prefix('service:'),
        },
      },
      targets: [observe()],
    });

    new Rule(this, 'ProbeChanged', {
      ruleName: 'spillway-probe-changed',
      description: 'A probe of a release runs, or has stopped',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Task State Change'],
        detail: {
          clusterArn: [arns.cluster()],
          lastStatus: ['RUNNING', ...overStatuses],
          startedBy: [probeStartedBy],
        },
      },
      targets: [observe()],
    });
    for (const [service, { rollout }] of Object.entries(configuration.services)) {
      if (rollout.alarms.length === 0) continue;
      new Rule(this, `Alarms-${service}`, {
        ruleName: `spillway-${service}-alarms`,
        description: `An alarm rose that ends a rollout of ${service}`,
        eventPattern: {
          source: ['aws.cloudwatch'],
          detailType: ['CloudWatch Alarm State Change'],
          resources: rollout.alarms.map((alarm) => arns.alarm(alarm)),
          detail: { state: { value: ['ALARM'] } },
        },
        targets: [
          new LambdaFunction(props.observeTwin, {
            ...delivery,
            maxEventAge: Duration.hours(1),
            event: RuleTargetInput.fromObject({
              'detail-type': EventField.detailType,
              service,
              alarmName: EventField.fromPath('$.detail.alarmName'),
              reason: EventField.fromPath('$.detail.state.reason'),
            }),
          }),
        ],
      });
    }

    // An event each time that nothing was closed, and a look each minute in case that it is lost.
    const guard = new LambdaFunction(props.guardExecutions, { ...delivery, maxEventAge: Duration.minutes(5) });
    new Rule(this, 'ExecutionEnded', {
      ruleName: 'spillway-execution-ended',
      description: 'An execution was stopped, failed or timed out; it may have left something half done',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [arns.stateMachine('rollout'), arns.stateMachine('burst')],
          status: ['ABORTED', 'FAILED', 'TIMED_OUT'],
        },
      },
      targets: [guard],
    });
    new Rule(this, 'GuardEveryMinute', {
      ruleName: 'spillway-guard-every-minute',
      description: 'Looks for what stopped executions left behind, should their event be lost',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [guard],
    });

    new Rule(this, 'Completed', {
      ruleName: 'spillway-rollout-completed',
      description: 'A rollout completed; old task definitions may go',
      eventPattern: {
        source: [eventSource],
        detailType: ['Spillway Rollout State Change'],
        detail: { state: ['ENDED'], succeeded: [true] },
      },
      targets: [new LambdaFunction(props.retireRevisions, { ...delivery, maxEventAge: Duration.hours(1) })],
    });

    // The end of the update and not of its custom resources: until then CloudFormation may still take it all back.
    const reconcile = new LambdaFunction(props.reconcileServices, { ...delivery, maxEventAge: Duration.hours(1) });
    new Rule(this, 'StackUpdated', {
      ruleName: 'spillway-stack-updated',
      description: 'The workload was updated, or its update taken back; a release may have another template',
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': Match.prefix(arns.stackPrefix(workloadStackName)),
          'status-details': { status: ['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] },
        },
      },
      targets: [reconcile],
    });
    new Rule(this, 'Reconcile', {
      ruleName: 'spillway-reconcile',
      description: 'Compares every service with its release, should an event have been lost',
      schedule: Schedule.rate(Duration.minutes(15)),
      targets: [reconcile],
    });

    const bursting = Object.entries(configuration.services).filter(([, settings]) => settings.burst);
    if (bursting.length === 0) return;
    // A signal that is older than the deadline is left alone by the function; an hour is longer than any that matters.
    const begin = (input: Readonly<Record<string, unknown>>): IRuleTarget =>
      new LambdaFunction(props.startBurst, {
        ...delivery,
        maxEventAge: Duration.hours(1),
        event: RuleTargetInput.fromObject({ ...input, time: EventField.time, eventId: EventField.eventId }),
      });
    new Rule(this, 'Saturated', {
      ruleName: 'spillway-queue-saturated',
      description: 'A task received a message that had waited for long',
      eventPattern: { source: bursting.map(([service]) => service), detailType: [saturatedDetailType] },
      targets: [
        begin({
          kind: 'saturation',
          service: EventField.fromPath('$.source'),
          queue: EventField.fromPath('$.detail.queue'),
          queueDelaySeconds: EventField.fromPath('$.detail.queueDelaySeconds'),
        }),
      ],
    });
    for (const [service] of bursting.filter(([, { burst }]) => burst?.onSiteLoss)) {
      new Rule(this, `SiteLoss-${service}`, {
        ruleName: `spillway-${service}-site-loss`,
        description: `The agent of an external machine was lost, on which tasks of ${service} may have run`,
        eventPattern: {
          source: ['aws.ecs'],
          detailType: ['ECS Container Instance State Change'],
          detail: { clusterArn: [arns.cluster()], agentConnected: [false] },
        },
        targets: [begin({ kind: 'site-loss', service, machine: EventField.fromPath('$.detail.ec2InstanceId') })],
      });
    }
    const starter = new Role(this, 'BurstStarter', {
      description: 'Lets a backlog alarm start a burst',
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
    });
    starter.addToPolicy(
      new PolicyStatement({ actions: ['states:StartExecution'], resources: [arns.stateMachine('burst')] }),
    );
    for (const [service] of bursting) {
      const alarmName = backlogAlarmName(service);
      new Rule(this, `Backlog-${service}`, {
        ruleName: alarmName,
        description: `More waits for ${service} than its premises can pick up in time`,
        eventPattern: {
          source: ['aws.cloudwatch'],
          detailType: ['CloudWatch Alarm State Change'],
          resources: [arns.alarm(alarmName), arns.alarm(ageAlarmName(service))],
          detail: { state: { value: ['ALARM'] } },
        },
        targets: [
          new SfnStateMachine(props.burst, {
            ...delivery,
            // A burst that starts an hour late would run into another load.
            maxEventAge: Duration.hours(1),
            role: starter,
            input: RuleTargetInput.fromObject({
              service,
              trigger: {
                kind: 'alarm',
                alarmName: EventField.fromPath('$.detail.alarmName'),
                reason: EventField.fromPath('$.detail.state.reason'),
                eventId: EventField.eventId,
              },
            }),
          }),
        ],
      });
    }
  }
}

import { defaultFidelity, type Fidelity } from './fidelity.ts';

/**
 * What nobody outside AWS knows, or what its pages contradict each other about. Each question has two or more settings,
 * the default first; nothing that is promised may rest on one of them. docs/calibrate.md says how to record the answer.
 */
export interface Unknown {
  /** The option of `Fidelity`, as a path. */
  readonly option: string;
  readonly question: string;
  /** What is known, and who says so. */
  readonly source: string;
  readonly settings: readonly Setting[];
}

export interface Setting {
  /** The value for people. */
  readonly label: string;
  readonly apply: (fidelity: Fidelity) => Fidelity;
}

/** The parts of `Fidelity` that belong to one service. */
type Group = Exclude<
  keyof Fidelity,
  'eventLagMs' | 'metricLagMs' | 'apiLatencyMs' | 'lambdaColdStartMs' | 'stateTransitionMs'
>;

const unknown = <Of extends Group, Name extends keyof Fidelity[Of] & string>(
  of: Of,
  name: Name,
  said: {
    readonly question: string;
    readonly source: string;
    /** The settings beside the default. */
    readonly others: readonly Fidelity[Of][Name][];
    readonly label?: (value: Fidelity[Of][Name]) => string;
  },
): Unknown => ({
  option: `${of}.${name}`,
  question: said.question,
  source: said.source,
  settings: [defaultFidelity[of][name], ...said.others].map((value: Fidelity[Of][Name]) => ({
    label: (said.label ?? String)(value),
    apply: (fidelity) => ({ ...fidelity, [of]: { ...fidelity[of], [name]: value } }),
  })),
});

const lag = (
  name: 'eventLagMs' | 'metricLagMs' | 'stateTransitionMs',
  said: { readonly question: string; readonly source: string; readonly others: readonly number[] },
): Unknown => ({
  option: name,
  question: said.question,
  source: said.source,
  settings: [defaultFidelity[name], ...said.others].map((value) => ({
    label: duration(value),
    apply: (fidelity) => ({ ...fidelity, [name]: value }),
  })),
});

const duration = (ms: number): string => {
  if (ms === Number.POSITIVE_INFINITY) return 'never';
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
};
const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

export const unknowns: readonly Unknown[] = [
  unknown('ecs', 'disconnectDetectionMs', {
    question: 'How long after a silent loss of its link does ECS call an agent disconnected?',
    source: 'No page says; users report some minutes after a host was stopped.',
    others: [30_000, 600_000],
    label: duration,
  }),
  unknown('ecs', 'giveUpTasksMs', {
    question: 'Does ECS ever give up the tasks of a lost external instance that nobody deregisters?',
    source: 'Users report: never (containers-roadmap issue 2040).',
    others: [900_000],
    label: duration,
  }),
  unknown('ecs', 'breakerOnExternal', {
    question: 'Does the deployment circuit breaker watch services of launch type EXTERNAL?',
    source: 'ECS developer guide, deployment-circuit-breaker: scoped by the deployment controller only.',
    others: [false],
    label: yesNo,
  }),
  unknown('ecs', 'alarmsOnExternal', {
    question: 'Do deployment alarms watch services of launch type EXTERNAL?',
    source: 'ECS developer guide, deployment-alarm-failure: scoped by the deployment controller only.',
    others: [false],
    label: yesNo,
  }),
  unknown('ecs', 'protectionOnExternal', {
    question: 'Can tasks of launch type EXTERNAL be protected from scale-in?',
    source: 'ECS developer guide, task-scale-in-protection: neither listed nor excluded.',
    others: [false],
    label: yesNo,
  }),
  unknown('ecs', 'protectionHoldsDraining', {
    question: 'Does scale-in protection keep a task on a draining instance?',
    source: 'ECS developer guide, task-scale-in-protection: names scaling and deployments only.',
    others: [false],
    label: yesNo,
  }),
  unknown('ecs', 'protectionHoldsUnhealthy', {
    question: 'Does scale-in protection keep a task that fails its health checks?',
    source: 'ECS developer guide, task-scale-in-protection: names scaling and deployments only.',
    others: [true],
    label: yesNo,
  }),
  unknown('ecs', 'keepsLogsWithoutLink', {
    question: 'Does the log driver of an instance without a link keep its lines for later?',
    source: 'ECS API reference, LogConfiguration: a buffer of 10 MiB in non-blocking mode; nothing of a lost link.',
    others: [false],
    label: yesNo,
  }),
  unknown('ecs', 'breakerCountsExitAfterRunning', {
    question: 'Does a container that exits right after RUNNING count for the circuit breaker?',
    source:
      'ECS developer guide, deployment-circuit-breaker: not in either stage. People who tried it on Fargate saw it trip after three or four exits.',
    others: [true],
    label: yesNo,
  }),
  unknown('ecs', 'healthyAfterMs', {
    question: 'When does a task without any check count as healthy?',
    source:
      'ECS API reference: 40 s after RUNNING (DeploymentConfiguration), or at RUNNING (UpdateService, CreateService).',
    others: [0],
    label: duration,
  }),
  unknown('ecs', 'supersededEvent', {
    question: 'What is told of a deployment that a newer one replaces?',
    source: 'ECS developer guide, service-deployment and ecs_service_deployment_events: no event is documented.',
    others: ['SERVICE_DEPLOYMENT_FAILED'],
  }),
  unknown('ecs', 'deploymentEventsAs', {
    question: 'What detail-type do SERVICE_DEPLOYMENT_* events have?',
    source:
      'ECS developer guide: ECS Deployment State Change (ecs_service_deployment_events), or ECS Service Action (ecs_service_events).',
    others: ['ECS Service Action'],
  }),
  unknown('ecs', 'launchBackoffBaseMs', {
    question: 'How do the delays between launches grow to 27 minutes?',
    source:
      'ECS developer guide, service-throttle-logic: only the end. Three failures at count 1 took 11 to 15 min in public drills, 25 min by another report.',
    others: [10_000, 480_000],
    label: duration,
  }),
  unknown('ecs', 'unreachableStopShows', {
    question: 'What does lastStatus say of a task that was told to stop while its instance has no link?',
    source: 'No page says.',
    others: ['STOPPING'],
  }),
  unknown('ecs', 'stopsUnreachableTasks', {
    question: 'Is StopTask accepted for a task whose agent is disconnected?',
    source: 'No page says; expected, since the state is kept by ECS.',
    others: [false],
    label: yesNo,
  }),
  unknown('ecs', 'taskCredentialsMs', {
    question: "How long do a task role's credentials last without a link?",
    source: "Third parties' notes say up to 6 h; AWS says nothing.",
    others: [3_600_000],
    label: duration,
  }),
  unknown('ecs', 'sameTaskDefinitionDeploys', {
    question: 'Does UpdateService with the task definition that the service has already start a deployment?',
    source:
      'ECS API reference, UpdateService: a change does. That sending the same again does not is users’ experience.',
    others: [true],
    label: yesNo,
  }),
  unknown('ecs', 'staleReadsMs', {
    question: 'How long after a write may reads still answer what was before it?',
    source: 'ECS API reference, RunTask: "eventual consistency", and advice to wait 2 s to 5 min.',
    others: [5_000],
    label: duration,
  }),
  unknown('ecs', 'agentFlapsPerHour', {
    question: 'How often does a healthy agent drop its connection?',
    source: 'ECS developer guide, ecs_container_instance_events: several times an hour, as part of normal operation.',
    others: [6],
  }),
  unknown('ecr', 'untaggedPushTag', {
    question: 'Does the event of a push without a tag leave `image-tag` out, or bring it along empty?',
    source: "ECR's page shows tagged pushes only; users have seen both.",
    others: ['empty'],
  }),
  unknown('events', 'orderJitterMs', {
    question: 'May SERVICE_DEPLOYMENT_COMPLETED, SERVICE_STEADY_STATE and the last task event overtake each other?',
    source: 'EventBridge promises no order.',
    others: [3_000],
    label: duration,
  }),
  unknown('sqs', 'countsLagMs', {
    question: 'How old may the counts of GetQueueAttributes be?',
    source: 'SQS API reference, GetQueueAttributes: exact about a minute after the producers stop; usually seconds.',
    others: [60_000],
    label: duration,
  }),
  unknown('codepipeline', 'pollMs', {
    question: 'How often does a Step Functions action ask whether its execution has ended?',
    source: 'CodePipeline user guide, action-reference-StepFunctions: by DescribeExecution, at no stated interval.',
    others: [60_000],
    label: duration,
  }),
  lag('eventLagMs', {
    question: 'How long does an event of a service take to the rules?',
    source: '"Near real time" by AWS; 80 ms at p90 within EventBridge by one report; the lag before it is unmeasured.',
    others: [100, 10_000],
  }),
  lag('metricLagMs', {
    question: "How long after its period ends is a service's metric there?",
    source: 'AWS publishes none; 1 to 3 min by reports.',
    others: [180_000],
  }),
  lag('stateTransitionMs', {
    question: 'What does a transition between two states of a workflow cost?',
    source: 'AWS publishes none; tens of milliseconds by reports.',
    others: [250],
  }),
];

import type { Deployment, Service, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { Cloud } from '../../simulator/cloud/cloud.ts';
import type { ServiceName } from '../../simulator/cloud/service.ts';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import { type Behaviour, scriptedRuntime } from '../virtual/scripted-runtime.ts';
import type { Line } from './drill.ts';
import { describeEcsEvent, type EcsEvent, shortened } from './ecs-event.ts';

export const cluster = 'drill';
/** The service that every drill is about. */
export const service = 'app';
const repository = 'app';
const accountId = '123456789012';
const executionRole = 'drill-execution';

export type LaunchType = 'EXTERNAL' | 'FARGATE';

export interface TaskShape {
  readonly launchType: LaunchType;
  /** Container health check: every 5 s, unhealthy after two failures. */
  readonly healthCheck?: boolean;
  /** CPU units of 1024 a core. */
  readonly cpu?: number;
}

/** An account with one cluster, a repository and nothing else, a client that calls ECS's API, and somebody who writes down what happens. */
export class Stage {
  readonly #kernel: VirtualKernel;
  readonly #cloud: Cloud;
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #onLine: (line: Line) => void;
  /** Machines that have been cut off: what happens on them is told too, since ECS may not hear of it. */
  readonly #away = new Set<string>();
  readonly #seen = { state: '', messages: new Set<string>(), deployments: new Map<string, string>() };
  readonly #lines: Line[] = [];
  /** Lines of the second that is passing: messages are found only at its end, and belong before. */
  #passing: Line[] = [];
  #startMs: number | undefined;

  private constructor(seed: number, onLine: (line: Line) => void) {
    this.#onLine = onLine;
    const kernel = new VirtualKernel({ seed });
    this.#kernel = kernel;
    this.#cloud = new Cloud({
      kernel,
      endpoint: 'http://127.0.0.1:4566',
      accountId,
      code: () => undefined,
      host: () => ({ start: () => Promise.reject(new Error('a drill runs no functions')) }),
      runtime: () =>
        scriptedRuntime(
          kernel,
          (digest) => this.#behaviours.get(digest) ?? {},
          ({ managedInstanceId = '', family, revision }, exitCode) => {
            if (this.#away.has(managedInstanceId))
              this.#tell(
                `on ${managedInstanceId}`,
                `container of ${family}:${revision} ended with ${exitCode}`,
                'quiet',
              );
          },
        ),
    });
    const describe = describeEcsEvent();
    this.#cloud.events.onEvent((event) => {
      const said = describe(event as EcsEvent);
      if (said) this.#tell(said.about, said.text, said.tone);
    });
  }

  static async build(seed: number, onLine: (line: Line) => void): Promise<Stage> {
    const stage = new Stage(seed, onLine);
    await stage.call('ecs', 'CreateCluster', { clusterName: cluster });
    await stage.call('ecr', 'CreateRepository', { repositoryName: repository });
    await stage.call('iam', 'CreateRole', {
      RoleName: executionRole,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    });
    await stage.call('iam', 'PutRolePolicy', {
      RoleName: executionRole,
      PolicyName: 'pull',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['ecr:*', 'logs:*'], Resource: '*' }],
      }),
    });
    return stage;
  }

  get timeline(): readonly Line[] {
    return this.#lines;
  }

  get traceHash(): string {
    return this.#kernel.traceHash();
  }

  /** Calls an API as the operator, at once. @throws AwsError */
  async call<Answer>(name: ServiceName, action: string, input: unknown): Promise<Answer> {
    return (await this.#cloud.call(name, action, input)) as Answer;
  }

  /** From here on time counts and the timeline is written. */
  start(): void {
    this.#startMs = this.#kernel.now();
  }

  /** Says in the timeline what the client does, and does it. */
  async act<Answer>(text: string, action: () => Answer | Promise<Answer>): Promise<Answer> {
    this.#tell('client', text, 'plain');
    return await action();
  }

  /** Lets time pass until so many seconds after the start, and looks at the service every second as a client would. */
  async until(seconds: number): Promise<void> {
    const startMs = this.#startMs ?? this.#kernel.now();
    while (this.#kernel.now() < startMs + seconds * 1000) {
      const nextMs = startMs + (Math.floor((this.#kernel.now() - startMs) / 1000) + 1) * 1000;
      await this.#kernel.run({ untilMs: nextMs });
      await this.#look();
    }
  }

  /** Lets time pass before the start, until the service stands still. */
  async settle(seconds: number): Promise<void> {
    await this.#kernel.run({ untilMs: this.#kernel.now() + seconds * 1000 });
    await this.#look();
  }

  /** @returns the reference of an image in the registry. */
  push(tag: string, behaviour: Behaviour = {}): string {
    const { digest } = this.#cloud.ecr.store({ repository, tags: [tag], config: {}, layers: [Buffer.from(tag)] });
    this.#behaviours.set(digest, behaviour);
    return this.image(tag);
  }

  /** The reference of a tag, whether or not there is such an image. */
  image(tag: string): string {
    return `${accountId}.dkr.ecr.us-east-1.amazonaws.com/${repository}:${tag}`;
  }

  /** Registers a machine of the customer's, with ECS Anywhere. @returns the ARN of its container instance. */
  machine(managedInstanceId: string, cpuUnits: number): string {
    return this.#cloud.ecs.registerExternalInstance({ cluster, managedInstanceId, cpuUnits, memoryMiB: 4096 });
  }

  /** AWS takes back the capacity of Spot. */
  interruptSpot(): void {
    this.#cloud.ecs.faults.interruptSpot();
  }

  /** The ARNs of the service's tasks, oldest first. */
  async tasks(): Promise<readonly string[]> {
    const { taskArns } = await this.call<{ taskArns: readonly string[] }>('ecs', 'ListTasks', {
      cluster,
      serviceName: service,
    });
    return taskArns;
  }

  /** Cuts or mends the link between a machine and AWS. */
  link(managedInstanceId: string, linked: boolean): void {
    this.#away.add(managedInstanceId);
    this.#cloud.ecs.setLinked(managedInstanceId, linked);
  }

  /** Makes a CloudWatch alarm that stays as it is set, since it ignores missing data. */
  async alarm(name: string): Promise<void> {
    await this.call('cloudwatch', 'PutMetricAlarm', {
      AlarmName: name,
      Namespace: 'Drill',
      MetricName: name,
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'ignore',
    });
    await this.setAlarm(name, 'OK');
  }

  async setAlarm(name: string, state: 'OK' | 'ALARM'): Promise<void> {
    await this.call('cloudwatch', 'SetAlarmState', { AlarmName: name, StateValue: state, StateReason: 'the drill' });
  }

  /** Registers a revision of the service's task definition that runs `image`. */
  async register(image: string, shape: TaskShape): Promise<void> {
    await this.call('ecs', 'RegisterTaskDefinition', taskDefinition(image, shape));
  }

  async create(launchType: LaunchType, more: Readonly<Record<string, unknown>>): Promise<void> {
    await this.call('ecs', 'CreateService', {
      cluster,
      serviceName: service,
      taskDefinition: service,
      // A strategy of capacity providers stands instead of a launch type.
      ...(!('capacityProviderStrategy' in more) && { launchType }),
      ...(launchType === 'FARGATE' && {
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
      }),
      ...more,
    });
  }

  /** UpdateService to the newest revision of the task definition, or with what `more` says. */
  async update(more: Readonly<Record<string, unknown>> = { taskDefinition: service }): Promise<void> {
    await this.call('ecs', 'UpdateService', { cluster, service, ...more });
  }

  /** What DescribeServices says now: a line whenever it says something else than a second ago. */
  async #look(): Promise<void> {
    const { services } = await this.call<{ services: readonly Service[] }>('ecs', 'DescribeServices', {
      cluster,
      services: [service],
    });
    const [found] = services;
    if (!found) return;
    const news = (found.events ?? []).filter(({ id }) => !this.#seen.messages.has(id ?? '')).toReversed();
    for (const { id, message, createdAt } of news) {
      this.#seen.messages.add(id ?? '');
      this.#tell('events[]', shortened(message ?? ''), 'quiet', createdAt?.getTime());
    }
    const state = describeState(found);
    if (state !== this.#seen.state) this.#tell('service', state, 'plain');
    this.#seen.state = state;
    await this.#lookAtDeployments();
    this.#write();
  }

  /** What ListServiceDeployments says now. They are numbered in their order, as the revisions of the drills are. */
  async #lookAtDeployments(): Promise<void> {
    const { serviceDeployments } = await this.call<{ serviceDeployments: readonly ServiceDeploymentBrief[] }>(
      'ecs',
      'ListServiceDeployments',
      { cluster, service },
    );
    for (const [index, { serviceDeploymentArn = '', status = '' }] of [...serviceDeployments].reverse().entries()) {
      if (this.#seen.deployments.get(serviceDeploymentArn) === status) continue;
      this.#seen.deployments.set(serviceDeploymentArn, status);
      this.#tell(`service deployment ${index + 1}`, status, 'quiet');
    }
  }

  #write(): void {
    for (const line of this.#passing.toSorted((a, b) => a.atMs - b.atMs)) {
      this.#lines.push(line);
      this.#onLine(line);
    }
    this.#passing = [];
  }

  #tell(about: string, text: string, tone: Line['tone'], atMs = this.#kernel.now()): void {
    if (this.#startMs === undefined || atMs < this.#startMs) return;
    this.#passing.push({ atMs: atMs - this.#startMs, about, text, tone });
  }
}

const taskDefinition = (image: string, { launchType, healthCheck, cpu = 256 }: TaskShape): Record<string, unknown> => {
  const container = {
    name: 'main',
    image,
    essential: true,
    ...(healthCheck && { healthCheck: { command: ['CMD', 'check'], interval: 5, timeout: 2, retries: 2 } }),
  };
  return launchType === 'FARGATE'
    ? {
        family: service,
        requiresCompatibilities: ['FARGATE'],
        networkMode: 'awsvpc',
        cpu: String(cpu),
        memory: '512',
        executionRoleArn: `arn:aws:iam::${accountId}:role/${executionRole}`,
        containerDefinitions: [container],
      }
    : {
        family: service,
        requiresCompatibilities: ['EXTERNAL'],
        networkMode: 'bridge',
        containerDefinitions: [{ ...container, cpu, memory: 256 }],
      };
};

/** `desired 2: 2 running, 0 pending; PRIMARY app:2 IN_PROGRESS 0/2, 1 failed; ACTIVE app:1 COMPLETED 2/2` */
const describeState = ({ desiredCount, runningCount, pendingCount, deployments = [] }: Service): string => {
  const one = ({ status, taskDefinition: arn, rolloutState, runningCount, desiredCount, failedTasks }: Deployment) =>
    `${status} ${arn?.split('/').at(-1)} ${rolloutState} ${runningCount}/${desiredCount}${failedTasks ? `, ${failedTasks} failed` : ''}`;
  return `desired ${desiredCount}: ${runningCount} running, ${pendingCount} pending; ${deployments.map(one).join('; ')}`;
};

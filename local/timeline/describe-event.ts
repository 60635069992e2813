/** An event of the bus, as its rules see it. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A line of the timeline: what happened, in words, and what it is about. */
export interface TimelineLine {
  /** The service, twin, queue or machine it is about. */
  readonly about: string;
  readonly text: string;
  /** How it should stand out. */
  readonly tone: 'plain' | 'good' | 'bad' | 'quiet';
  /** Where several lines of one kind about the same thing, coming together, can be told as one. Never for a failure. */
  readonly together?: { readonly kind: string; readonly text: (count: number) => string };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const lastPart = (arn: unknown): string => text(arn).split('/').at(-1) ?? '';
const shortDigest = (digest: unknown): string => text(digest).replace('sha256:', '').slice(0, 12);

/** What the newest rollout that has a twin says of it: a twin's own name does not tell whose it is. */
export interface KnownTwin {
  readonly service: string;
  readonly digest: string;
  /** Whether that rollout is running. */
  readonly isRollingOut: boolean;
}

export type FindTwin = (twin: string) => KnownTwin | undefined;

/** Says what an event means to a person who watches a rollout or a burst; undefined for what only machines care about. */
export const describeEvent = (event: BusEvent, find: FindTwin): TimelineLine | undefined =>
  describers[event['detail-type']]?.(event, find);

type Describe = (event: BusEvent, find: FindTwin) => TimelineLine | undefined;

interface Container {
  readonly name?: string;
  readonly exitCode?: number;
  readonly image?: string;
  readonly imageDigest?: string;
}

const digestOf = ({ image, imageDigest }: Container): string => imageDigest ?? image?.split('@')[1] ?? '';

/** The container that runs the service; others of a task may come first, and have other images. */
const containerOf = (containers: readonly Container[], twin: KnownTwin | undefined): Container | undefined =>
  containers.find(({ name }) => name === twin?.service && name !== undefined) ??
  containers.find((each) => digestOf(each) === twin?.digest) ??
  containers[0];

const describeImagePush: Describe = ({ detail }) =>
  detail['action-type'] === 'PUSH' && detail['image-tag']
    ? {
        about: text(detail['repository-name']),
        text: `push seen: ${text(detail['repository-name'])}:${text(detail['image-tag'])} (${shortDigest(detail['image-digest'])})`,
        tone: 'plain',
      }
    : undefined;

const describeDeployment: Describe = ({ detail, resources }, find) => {
  const twin = lastPart(resources[0]);
  // Outside of a rollout a deployment is the birth of a twin at count 0: only its failure is news.
  if (detail.eventName !== 'SERVICE_DEPLOYMENT_FAILED' && !find(twin)?.isRollingOut) return undefined;
  const said: Readonly<Record<string, TimelineLine>> = {
    SERVICE_DEPLOYMENT_IN_PROGRESS: { about: twin, text: 'ECS deployment started', tone: 'quiet' },
    SERVICE_DEPLOYMENT_COMPLETED: { about: twin, text: 'wave done: ECS deployment completed', tone: 'plain' },
    SERVICE_DEPLOYMENT_FAILED: { about: twin, text: `ECS deployment failed: ${text(detail.reason)}`, tone: 'bad' },
  };
  return said[text(detail.eventName)];
};

const describeServiceAction: Describe = ({ detail, resources }) => {
  const problems: Readonly<Record<string, string>> = {
    SERVICE_TASK_PLACEMENT_FAILURE: 'no place for a task',
    SERVICE_TASK_START_IMPAIRED: 'tasks do not start consistently',
    SERVICE_TASK_CONFIGURATION_FAILURE: 'a task cannot be configured',
  };
  const problem = problems[text(detail.eventName)];
  return problem
    ? {
        about: lastPart(resources[0]),
        text: detail.reason ? `${problem} (${text(detail.reason)})` : problem,
        tone: 'bad',
      }
    : undefined;
};

const describeTask: Describe = ({ detail }, find) => {
  const group = text(detail.group);
  if (!group.startsWith('service:')) return undefined;
  const about = group.slice('service:'.length);
  const id = lastPart(detail.taskArn).slice(0, 8);
  const container = containerOf((detail.containers ?? []) as readonly Container[], find(about));
  const digest = shortDigest(container && digestOf(container));
  if (detail.lastStatus === 'RUNNING' && detail.desiredStatus === 'RUNNING') {
    return {
      about,
      text: `task ${id} runs ${digest}`,
      tone: 'quiet',
      together: { kind: `runs ${digest}`, text: (count) => `${count} tasks run ${digest}` },
    };
  }
  if (detail.lastStatus === 'STOPPED') {
    const code = container?.exitCode;
    const why = `${text(detail.stoppedReason)}${code === undefined ? '' : ` (exit code ${code})`}`;
    const line = { about, text: `task ${id} stopped: ${why}` };
    if (detail.stopCode === 'EssentialContainerExited' || detail.stopCode === 'TaskFailedToStart')
      return { ...line, tone: 'bad' };
    const together = { kind: `stopped ${why}`, text: (count: number) => `${count} tasks stopped: ${why}` };
    return { ...line, tone: 'quiet', together };
  }
  return undefined;
};

const describeAlarm: Describe = ({ detail }) => {
  const state = detail.state as { readonly value?: string; readonly reason?: string } | undefined;
  const previous = detail.previousState as { readonly value?: string } | undefined;
  if (!state?.value || (state.value !== 'ALARM' && previous?.value !== 'ALARM')) return undefined;
  return {
    about: text(detail.alarmName),
    text: `alarm ${previous?.value} → ${state.value}: ${text(state.reason)}`,
    tone: state.value === 'ALARM' ? 'bad' : 'good',
  };
};

const describeInstance: Describe = ({ detail }) =>
  detail.agentConnected === false
    ? { about: text(detail.ec2InstanceId), text: 'the agent of this machine is disconnected', tone: 'bad' }
    : undefined;

const describeRollout: Describe = ({ detail }) => {
  const about = text(detail.service);
  const digest = shortDigest(detail.digest);
  if (detail.state === 'STARTED') {
    const trigger = detail.trigger as { readonly kind?: string; readonly tag?: string } | undefined;
    return {
      about,
      text: `rollout admitted: ${digest}, by ${trigger?.tag ? `${trigger.kind} of ${trigger.tag}` : (trigger?.kind ?? 'hand')}`,
      tone: 'plain',
    };
  }
  const good = detail.verdict === 'completed';
  return {
    about,
    text: `rollout ${text(detail.verdict)} (${text(detail.cause)}): ${text(detail.reason)}`,
    tone: good ? 'good' : 'bad',
  };
};

const describeBurst: Describe = ({ detail }) => {
  const about = text(detail.service);
  const said: Readonly<Record<string, string>> = { STARTED: 'burst started', CHANGED: 'burst', ENDED: 'burst ended' };
  const state = text(detail.state);
  return {
    about,
    text: `${said[state] ?? `burst ${state.toLowerCase()}`}: ${text(detail.reason)}`,
    tone: state === 'ENDED' ? 'good' : 'plain',
  };
};

const describeStack: Describe = ({ detail }) => {
  const status = (detail['status-details'] as { readonly status?: string } | undefined)?.status ?? '';
  return /_(COMPLETE|FAILED)$/.test(status)
    ? {
        about: text(detail['stack-id']).split('/')[1] ?? 'stack',
        text: `stack ${status}`,
        tone: /ROLLBACK|FAILED/.test(status) ? 'bad' : 'quiet',
      }
    : undefined;
};

const describers: Readonly<Record<string, Describe>> = {
  'ECR Image Action': describeImagePush,
  'ECS Deployment State Change': describeDeployment,
  'ECS Service Action': describeServiceAction,
  'ECS Task State Change': describeTask,
  'ECS Container Instance State Change': describeInstance,
  'CloudWatch Alarm State Change': describeAlarm,
  'CloudFormation Stack Status Change': describeStack,
  'Spillway Rollout State Change': describeRollout,
  'Spillway Burst State Change': describeBurst,
};

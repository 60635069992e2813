import type { Deployment, Service, Task } from '@aws-sdk/client-ecs';
import { AwsError } from '../cloud/aws-error.ts';
import { Dispatcher } from '../cloud/dispatcher.ts';
import { defaultFidelity, type Fidelity } from '../cloud/fidelity.ts';
import type {
  LoadBalancerTarget,
  RuntimeTask,
  StoredImage,
  SubnetSource,
  TargetRegistry,
  TaskEvents,
  TaskRuntime,
  TaskSpec,
} from '../cloud/ports.ts';
import type { ApiCall, Caller, EmittedEvent, Permission } from '../cloud/service.ts';
import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { EcsService } from './ecs-service.ts';

/** ECS in virtual time with small stand-ins for the ports, for the tests of this folder. */

/** How the containers of an image behave. */
export interface Behaviour {
  /** Exits with this code after so long. */
  readonly exits?: { readonly afterMs: number; readonly code: number };
  /** Exit code of the health-check command. */
  readonly health?: (spec: TaskSpec) => number;
  /** From SIGTERM to the exit; longer than the stop timeout means SIGKILL. Default 100 ms. */
  readonly stopsAfterMs?: number;
  readonly failsToStart?: { readonly name: string; readonly message: string };
}

interface FakeTask extends RuntimeTask {
  readonly spec: TaskSpec;
  alive: boolean;
  killed: boolean;
  exit(code: number): void;
}

export const registry = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

export interface EcsWorld {
  readonly kernel: VirtualKernel;
  readonly ecs: EcsService;
  readonly events: readonly EmittedEvent[];
  readonly logs: readonly { readonly group: string; readonly stream: string; readonly message: string }[];
  readonly asked: readonly (readonly Permission[])[];
  readonly containers: readonly FakeTask[];
  readonly healths: Map<string, 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused'>;
  readonly targets: Map<string, LoadBalancerTarget>;
  setHealth(targetGroupArn: string, targetId: string, health: 'initial' | 'healthy' | 'unhealthy'): void;
  /** Puts an image in the registry; returns its reference by tag. */
  push(repository: string, tag: string, behaviour?: Behaviour): string;
  removeImage(reference: string): void;
  call<Answer = Record<string, unknown>>(action: string, input?: unknown): Promise<Answer>;
  /** The code and text of the error that a call ends with. */
  refusal(action: string, input?: unknown): Promise<string>;
  /** Lets time pass until so many seconds after the start of the world. */
  until(seconds: number): Promise<void>;
  service(name: string): Promise<Service>;
  primary(name: string): Promise<Deployment>;
  tasks(name: string, desiredStatus?: 'RUNNING' | 'STOPPED'): Promise<Task[]>;
  /** Detail-types and names of the events so far, with the second they were emitted in. */
  told(detailType: string): readonly string[];
}

const operator: Caller = { kind: 'operator', arn: 'arn:aws:iam::123456789012:user/operator' };

export const ecsWorld = async (
  options: {
    readonly fidelity?: Partial<Fidelity['ecs']>;
    /** Answers of the other services. */
    readonly answer?: (call: ApiCall) => unknown;
    readonly subnets?: SubnetSource;
  } = {},
): Promise<EcsWorld> => {
  const kernel = new VirtualKernel({ seed: 1, startMs: 0 });
  const events: EmittedEvent[] = [];
  const seconds: number[] = [];
  const logs: { group: string; stream: string; message: string }[] = [];
  const asked: (readonly Permission[])[] = [];
  const containers: FakeTask[] = [];
  const images = new Map<string, StoredImage>();
  const behaviours = new Map<string, Behaviour>();
  const dispatcher = new Dispatcher(kernel, (_caller, permissions) => void asked.push(permissions));
  const { targetRegistry, healths, targets, setHealth } = fakeTargets();

  const runtime: TaskRuntime = {
    start: (spec, taskEvents) => {
      const behaviour = behaviours.get(spec.containers[0]?.digest ?? '') ?? {};
      const task = fakeTask(kernel, spec, taskEvents, behaviour);
      containers.push(task);
      return task;
    },
  };
  const ecs = new EcsService(
    {
      kernel,
      accountId: '123456789012',
      region: 'us-east-1',
      fidelity: { ...defaultFidelity, ecs: { ...defaultFidelity.ecs, ...options.fidelity } },
      call: async (call) => (call.service === 'ecs' ? dispatcher.call(call) : (options.answer?.(call) ?? {})),
      emit: (event) => {
        events.push(event);
        seconds.push(kernel.now() / 1000);
      },
      metric: () => {},
      log: (entry) => void logs.push(entry),
    },
    {
      runtime,
      images: { find: (reference) => images.get(reference) },
      credentials: {
        issue: (roleArn, sessionName, durationMs) => {
          if (roleArn.endsWith('/nobody')) throw new AwsError('AccessDenied', 'no such role');
          return {
            accessKeyId: kernel.hex('access-key', 8),
            secretAccessKey: 's',
            sessionToken: 't',
            expiration: new Date(kernel.now() + durationMs),
            roleArn,
            sessionName,
          };
        },
      },
      targets: targetRegistry,
      ...(options.subnets ? { subnets: options.subnets } : {}),
    },
  );
  dispatcher.register(ecs);
  const call = async <Answer>(action: string, input: unknown = {}): Promise<Answer> =>
    (await dispatcher.call({ service: 'ecs', action, input, caller: operator })) as Answer;
  const service = async (name: string): Promise<Service> => {
    const { services } = await call<{ services: Service[] }>('DescribeServices', {
      cluster: 'spillway',
      services: [name],
    });
    return services[0] as Service;
  };
  await call('CreateCluster', { clusterName: 'spillway' });
  return {
    kernel,
    ecs,
    events,
    logs,
    asked,
    containers,
    healths,
    targets,
    setHealth,
    push: (repository, tag, behaviour = {}) => {
      const digest = `sha256:${kernel.hex('image', 64)}`;
      const image: StoredImage = { repository, digest, config: {}, layers: [], compressedBytes: 0 };
      images.set(`${registry}/${repository}:${tag}`, image);
      images.set(`${registry}/${repository}@${digest}`, image);
      behaviours.set(digest, behaviour);
      return `${registry}/${repository}:${tag}`;
    },
    removeImage: (reference) => {
      const image = images.get(reference);
      images.delete(reference);
      if (image) images.delete(`${registry}/${image.repository}@${image.digest}`);
    },
    call,
    refusal: async (action, input) => {
      try {
        await call(action, input);
        return 'no error';
      } catch (error) {
        return `${(error as AwsError).code}: ${(error as AwsError).message}`;
      }
    },
    until: async (atSeconds) => {
      await kernel.run({ untilMs: atSeconds * 1000 });
    },
    service,
    primary: async (name) => (await service(name)).deployments?.[0] as Deployment,
    tasks: async (name, desiredStatus = 'RUNNING') => {
      const { taskArns } = await call<{ taskArns: string[] }>('ListTasks', {
        cluster: 'spillway',
        serviceName: name,
        desiredStatus,
      });
      if (taskArns.length === 0) return [];
      return (await call<{ tasks: Task[] }>('DescribeTasks', { cluster: 'spillway', tasks: taskArns })).tasks;
    },
    told: (detailType) =>
      events.flatMap((event, index) => {
        if (event.detailType !== detailType) return [];
        const { eventName, lastStatus, desiredStatus, reason } = event.detail as Record<string, string>;
        const what = eventName ?? `${lastStatus}${lastStatus === desiredStatus ? '' : ` to ${desiredStatus}`}`;
        return [`${seconds[index]} ${what}${eventName?.includes('PLACEMENT') ? ` ${reason}` : ''}`];
      }),
  };
};

const fakeTask = (kernel: VirtualKernel, spec: TaskSpec, events: TaskEvents, behaviour: Behaviour): FakeTask => {
  const [first] = spec.containers;
  const name = first?.name ?? '';
  const task: FakeTask = {
    spec,
    alive: true,
    killed: false,
    exit: (code) => {
      if (!task.alive) return;
      task.alive = false;
      for (const container of spec.containers) events.exited(container.name, code);
    },
    stop: (stopTimeoutMs) => {
      const graceful = behaviour.stopsAfterMs ?? 100;
      kernel.after(Math.min(graceful, stopTimeoutMs), 'fake-stop', () => {
        task.exit(graceful > stopTimeoutMs ? 137 : 0);
      });
    },
    kill: () => {
      task.killed = true;
      task.exit(137);
    },
    exec: async () => behaviour.health?.(spec) ?? 0,
    request: async () => new Response('ok'),
    address: () => undefined,
  };
  kernel.after(0, 'fake-start', () => {
    if (behaviour.failsToStart) {
      events.failedToStart(name, behaviour.failsToStart.name, behaviour.failsToStart.message);
      return;
    }
    first?.log('started');
    for (const container of spec.containers) events.started(container.name);
    const { exits } = behaviour;
    if (exits) kernel.after(exits.afterMs, 'fake-exit', () => task.exit(exits.code));
  });
  return task;
};

const fakeTargets = () => {
  const healths: EcsWorld['healths'] = new Map();
  const targets: EcsWorld['targets'] = new Map();
  const listeners: ((targetGroupArn: string, targetId: string) => void)[] = [];
  const targetRegistry: TargetRegistry = {
    register: (group, target) => {
      targets.set(`${group} ${target.id}`, target);
      healths.set(`${group} ${target.id}`, 'initial');
    },
    deregister: (group, targetId, done) => {
      targets.delete(`${group} ${targetId}`);
      healths.delete(`${group} ${targetId}`);
      done();
    },
    health: (group, targetId) => healths.get(`${group} ${targetId}`) ?? 'unused',
    onHealth: (listener) => void listeners.push(listener),
  };
  return {
    targetRegistry,
    healths,
    targets,
    setHealth: (group: string, targetId: string, health: 'initial' | 'healthy' | 'unhealthy') => {
      healths.set(`${group} ${targetId}`, health);
      for (const listener of listeners) listener(group, targetId);
    },
  };
};

/** The two shapes of task definition that a hybrid service has. */
export const externalDefinition = (family: string, image: string, more: Record<string, unknown> = {}) => ({
  family,
  requiresCompatibilities: ['EXTERNAL'],
  networkMode: 'bridge',
  containerDefinitions: [{ name: 'main', image, cpu: 256, memory: 256, essential: true, ...more }],
});

export const fargateDefinition = (family: string, image: string, more: Record<string, unknown> = {}) => ({
  family,
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  containerDefinitions: [{ name: 'main', image, essential: true, portMappings: [{ containerPort: 8080 }], ...more }],
});

export const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } };

export const healthCheck = { command: ['CMD', 'node', 'healthcheck.mjs'], interval: 5, timeout: 2, retries: 2 };

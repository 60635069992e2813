import { type Configuration, clusterNameOf, defineConfiguration } from '../../functions/core/configuration.ts';
import { loadFunctions } from '../virtual/function-host.ts';
import { synthesize, VirtualWorld, type WorldMaterial } from '../virtual/world.ts';
import type { Machine } from '../world/machines.ts';
import type { Arrivals } from './arrivals.ts';
import { type Condition, fidelityOf, outage } from './conditions.ts';
import { type FargateTask, type ReplayOutcome, type Sample, sampleSeconds } from './outcome.ts';
import { Power, scriptedWorker, type WorkerLog } from './scripted-worker.ts';
import type { Premises } from './traffic.ts';

const service = 'worker';
const queue = 'messages';
const minuteMs = 60_000;

/** One service that works off one queue, a message a task, as `spillway.config.ts` would have it. */
export const replayConfiguration = (premises: Premises, believedServiceSeconds: number): Configuration =>
  defineConfiguration({
    // Nothing takes so long, so a message comes back only from a worker that died.
    queues: { [queue]: { visibilityTimeoutSeconds: 120, maxReceiveCount: 5 } },
    tables: [],
    services: {
      [service]: {
        cpuUnits: 256,
        memoryMiB: 512,
        receivesFrom: [queue],
        external: { baseTasks: premises.externalSlots },
        fargate: { baseTasks: 0, maxTasks: 4_000 },
        healthCheck: { intervalSeconds: 300, startPeriodSeconds: 300 },
        burst: {
          queue,
          deadlineSeconds: premises.deadlineSeconds,
          workSecondsPerMessage: believedServiceSeconds,
          messagesPerTask: 1,
        },
      },
    },
  });

/** Three machines that have just room for the tasks. */
const machinesFor = (tasks: number): readonly Machine[] => {
  const each = Math.ceil(tasks / 3);
  return [1, 2, 3].map((number) => ({
    managedInstanceId: `mi-${String(number).repeat(17)}`,
    cpuUnits: 256 * each,
    memoryMiB: 512 * each,
    site: 'dc1',
  }));
};

export interface ControllerReplay {
  readonly material: WorldMaterial;
  readonly arrivals: Arrivals;
  readonly externalSlots: number;
  readonly seed: number;
  readonly condition: Condition;
  /** When one of the three machines loses its power for good; infinite for never. */
  readonly lostAtSeconds: number;
  /** What the controller tells on the bus while it bursts. */
  readonly onTold?: (seconds: number, detail: Readonly<Record<string, unknown>>) => void;
}

export const prepareReplay = async (configuration: Configuration): Promise<WorldMaterial> => ({
  configuration,
  assembly: synthesize(configuration),
  functions: await loadFunctions(),
  services: new Map(),
});

export const replayController = async (replay: ControllerReplay): Promise<ReplayOutcome> => {
  const { arrivals, externalSlots } = replay;
  const count = arrivals.atSeconds.length;
  const waitSeconds = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let startMs = Number.POSITIVE_INFINITY;
  // Before the load begins nothing has a time of it.
  const sinceStart = (): number => (startMs === Number.POSITIVE_INFINITY ? 0 : (world.kernel.now() - startMs) / 1_000);
  let pickedUp = 0;
  let done = 0;
  const busySeconds = new Map<string, number>();
  const log: WorkerLog = {
    received: (message) => {
      if (waitSeconds[message] !== Number.POSITIVE_INFINITY) return;
      waitSeconds[message] = sinceStart() - (arrivals.atSeconds[message] as number);
      pickedUp += 1;
    },
    worked: (task, launchType, seconds) => {
      done += 1;
      if (launchType === 'FARGATE') busySeconds.set(task, (busySeconds.get(task) ?? 0) + seconds);
    },
    workSeconds: (message) => arrivals.workSeconds[message] as number,
  };
  const power = new Power();
  const tasks = new Map<string, Record<string, unknown>>();
  let released = false;
  let bursting = 0;
  const world: VirtualWorld = await VirtualWorld.boot(
    { ...replay.material, services: new Map([[service, scriptedWorker(log, power) as never]]) },
    {
      seed: replay.seed,
      fidelity: fidelityOf(replay.condition),
      machines: machinesFor(externalSlots),
      onEvent: ({ 'detail-type': type, detail }) => {
        if (type === 'Spillway Rollout State Change' && detail.verdict) released = true;
        if (type === 'Spillway Burst State Change') {
          if (detail.state === 'STARTED') bursting += 1;
          if (detail.state === 'ENDED') bursting -= 1;
          replay.onTold?.(sinceStart(), detail);
        }
        if (type === 'ECS Task State Change' && detail.launchType === 'FARGATE')
          tasks.set(String(detail.taskArn), detail);
      },
    },
  );
  const { kernel, cloud } = world;
  world.push(service, 'v1');
  if (!(await world.until(() => released, 60 * minuteMs))) throw new Error('v1 was not released');
  if (
    !(await world.watch(async () => (await world.twin(`${service}-external`)).running === externalSlots, 30 * minuteMs))
  )
    throw new Error('the premises did not start');
  tasks.clear();
  const { QueueUrl: queueUrl } = (await cloud.call('sqs', 'GetQueueUrl', { QueueName: queue })) as { QueueUrl: string };

  startMs = kernel.now();
  let sent = 0;
  const send = (): void => {
    if (sent === count) return;
    const message = sent++;
    kernel.after(startMs + 1_000 * (arrivals.atSeconds[message] as number) - kernel.now(), 'send', async () => {
      send();
      await cloud.call('sqs', 'SendMessage', { QueueUrl: queueUrl, MessageBody: String(message) });
    });
  };
  send();
  const samples: Sample[] = [];
  const sample = async (): Promise<void> => {
    const external = await world.twin(`${service}-external`);
    const fargate = await world.twin(`${service}-fargate`);
    samples.push({
      visible: sent - pickedUp,
      externalSlots: external.running,
      fargateReady: fargate.running,
      fargateAsked: fargate.desired,
    });
    if (kernel.now() < startMs + 1_000 * (arrivals.durationSeconds + 3_600))
      kernel.after(1_000 * sampleSeconds, 'sample', sample);
  };
  await sample();
  const losePower = async (): Promise<void> => {
    const [machine] = machinesFor(externalSlots);
    const id = machine?.managedInstanceId ?? '';
    const cluster = clusterNameOf(world.configuration);
    const { taskArns } = (await cloud.call('ecs', 'ListTasks', { cluster })) as { taskArns: string[] };
    const { tasks: described } = (await cloud.call('ecs', 'DescribeTasks', { cluster, tasks: taskArns })) as {
      tasks: { taskArn: string; containerInstanceArn?: string }[];
    };
    const { containerInstances } = (await cloud.call('ecs', 'DescribeContainerInstances', {
      cluster,
      containerInstances: [...new Set(described.flatMap(({ containerInstanceArn }) => containerInstanceArn ?? []))],
    })) as { containerInstances: { containerInstanceArn: string; ec2InstanceId: string }[] };
    const lost = containerInstances.find(({ ec2InstanceId }) => ec2InstanceId === id)?.containerInstanceArn;
    for (const { taskArn, containerInstanceArn } of described) if (containerInstanceArn === lost) power.lose(taskArn);
    cloud.ecs.setLinked(id, false);
  };
  const durationMs = arrivals.durationSeconds * 1_000;
  const quiet = (): boolean =>
    sent === count &&
    done === count &&
    bursting === 0 &&
    [...tasks.values()].every(({ lastStatus }) => lastStatus === 'STOPPED');
  const { throttledShare, outages } = replay.condition;
  if (throttledShare > 0) cloud.ecs.faults.throttle(2 * durationMs, throttledShare);
  for (let from = outage.fromSeconds; outages && from < arrivals.durationSeconds; from += outage.everySeconds)
    kernel.after(1_000 * from, 'outage', () => cloud.ecs.faults.lackFargate('FARGATE', 1_000 * outage.seconds));
  if (replay.lostAtSeconds * 1_000 < durationMs) {
    await world.pass(replay.lostAtSeconds * 1_000);
    await losePower();
  }
  await world.pass(startMs + durationMs - kernel.now());
  await world.until(quiet, 60 * minuteMs);
  const endMs = kernel.now();
  const seconds = (time: unknown): number | undefined =>
    time === undefined ? undefined : (Date.parse(String(time)) - startMs) / 1_000;
  const told = [...tasks.values()].map((task): FargateTask => {
    const readySeconds = seconds(task.startedAt);
    const goneSeconds = seconds(task.stoppedAt) ?? (endMs - startMs) / 1_000;
    return {
      askedSeconds: seconds(task.createdAt) ?? 0,
      billedFromSeconds: seconds(task.pullStartedAt),
      readySeconds,
      goneSeconds,
      idleSeconds:
        readySeconds === undefined
          ? 0
          : Math.max(0, goneSeconds - readySeconds - (busySeconds.get(String(task.taskArn)) ?? 0)),
    };
  });
  return { waitSeconds, samples, tasks: told.toSorted((a, b) => a.askedSeconds - b.askedSeconds) };
};

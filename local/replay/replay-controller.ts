import { type Configuration, clusterNameOf, defineConfiguration } from '../../functions/core/configuration.ts';
import { loadFunctions } from '../virtual/function-host.ts';
import { synthesize, VirtualWorld, type WorldMaterial } from '../virtual/world.ts';
import type { Machine } from '../world/machines.ts';
import type { Arrivals } from './arrivals.ts';
import { type Condition, fidelityOf, outage } from './conditions.ts';
import { type ReplayOutcome, type Sample, sampleSeconds } from './outcome.ts';
import { Power, scriptedWorker, type WorkerLog } from './scripted-worker.ts';
import { TaskLedger } from './task-ledger.ts';
import type { Premises } from './traffic.ts';

const service = 'worker';
const queue = 'messages';
const minuteMs = 60_000;

/** One service that works off one queue, a message a task, as `spillway.config.ts` would have it. */
export const replayConfiguration = (premises: Premises, believedServiceSeconds: number): Configuration =>
  defineConfiguration({
    // No message takes so long, so one comes back only from a worker that died.
    queues: {
      [queue]: {
        visibilityTimeoutSeconds: Math.min(43_200, Math.max(120, Math.ceil(20 * premises.serviceSeconds))),
        maxReceiveCount: 5,
      },
    },
    tables: [],
    services: {
      [service]: {
        cpuUnits: 256,
        memoryMiB: 512,
        receivesFrom: [queue],
        // With fewer percents a deployment of a single task could neither stop the old one nor start the new one.
        external: { baseTasks: premises.externalSlots, maximumPercent: 200 },
        fargate: { baseTasks: 0, maxTasks: 4_000 },
        // As long as Fargate allows: a task that is recalled ends its message.
        stopTimeoutSeconds: 120,
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

const machineId = (number: number): string => `mi-${String(number).repeat(17)}`;
const lostMachine = machineId(1);

/** Three machines that have just room for the tasks. */
const machinesFor = (tasks: number): readonly Machine[] => {
  const each = Math.ceil(tasks / 3);
  return [1, 2, 3].map((number) => ({
    managedInstanceId: machineId(number),
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

/** ARN of the container instance of a machine. */
const instanceOf = async ({ cloud, configuration }: VirtualWorld, managedInstanceId: string): Promise<string> => {
  const cluster = clusterNameOf(configuration);
  const { containerInstanceArns } = (await cloud.call('ecs', 'ListContainerInstances', { cluster })) as {
    containerInstanceArns: string[];
  };
  const { containerInstances } = (await cloud.call('ecs', 'DescribeContainerInstances', {
    cluster,
    containerInstances: containerInstanceArns,
  })) as { containerInstances: { containerInstanceArn: string; ec2InstanceId: string }[] };
  const found = containerInstances.find(({ ec2InstanceId }) => ec2InstanceId === managedInstanceId);
  if (!found) throw new Error(`there is no container instance ${managedInstanceId}`);
  return found.containerInstanceArn;
};

/**
 * Replays whole messages through the controller as it deploys: its templates, state machine and functions in the
 * simulator, in virtual time. It ends when all messages are done and Fargate is empty; messages that an hour after the
 * load are not done are lost.
 *
 * @throws when an hour after the load all messages are done, and still a burst acts or Fargate is not empty
 */
export const replayController = async (replay: ControllerReplay): Promise<ReplayOutcome> => {
  const { arrivals, externalSlots, condition } = replay;
  const count = arrivals.atSeconds.length;
  const waitSeconds = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const timesDone = new Uint8Array(count);
  // Delivery is at least once: a worker knows by the order's id that the effect of such a message is there.
  const undecided = new Set<number>();
  let pickedUp = 0;
  let done = 0;
  let released = false;
  let bursting = 0;
  let startMs = Number.POSITIVE_INFINITY;
  // Before the load begins nothing has a time of it.
  const sinceStart = (): number => (startMs === Number.POSITIVE_INFINITY ? 0 : (world.kernel.now() - startMs) / 1_000);
  const power = new Power();
  const ledger = new TaskLedger();
  const log: WorkerLog = {
    received: (message) => {
      if (waitSeconds[message] !== Number.POSITIVE_INFINITY) return;
      waitSeconds[message] = sinceStart() - (arrivals.atSeconds[message] as number);
      pickedUp += 1;
    },
    worked: (message, task, seconds) => {
      ledger.worked(task, seconds);
      const times = timesDone[message] as number;
      if (times > 0 && undecided.delete(message)) return;
      timesDone[message] = times + 1;
      if (times === 0) done += 1;
    },
    undecided: (message) => void undecided.add(message),
    workSeconds: (message) => arrivals.workSeconds[message] as number,
  };
  const world: VirtualWorld = await VirtualWorld.boot(
    { ...replay.material, services: new Map([[service, scriptedWorker(log, power) as never]]) },
    {
      seed: replay.seed,
      fidelity: fidelityOf(condition),
      machines: machinesFor(externalSlots),
      onEvent: ({ 'detail-type': type, detail }) => {
        if (type === 'Spillway Rollout State Change' && detail.verdict) released = true;
        if (type === 'Spillway Burst State Change') {
          if (detail.state === 'STARTED') bursting += 1;
          if (detail.state === 'ENDED') bursting -= 1;
          replay.onTold?.(sinceStart(), detail);
        }
        if (type === 'ECS Task State Change') ledger.heard(detail);
      },
    },
  );
  const { kernel, cloud } = world;
  world.push(service, 'v1');
  if (!(await world.until(() => released, 60 * minuteMs))) throw new Error('v1 was not released');
  if (!(await world.until(() => ledger.running('EXTERNAL') === externalSlots, 30 * minuteMs)))
    throw new Error(`${ledger.running('EXTERNAL')} of ${externalSlots} external tasks run`);

  const { QueueUrl: queueUrl } = (await cloud.call('sqs', 'GetQueueUrl', { QueueName: queue })) as { QueueUrl: string };
  startMs = kernel.now();
  const durationMs = 1_000 * arrivals.durationSeconds;
  let sent = 0;
  const sendNext = (): void => {
    if (sent === count) return;
    const message = sent;
    kernel.after(startMs + 1_000 * (arrivals.atSeconds[message] as number) - kernel.now(), 'send', async () => {
      sent += 1;
      sendNext();
      await cloud.call('sqs', 'SendMessage', { QueueUrl: queueUrl, MessageBody: String(message) });
    });
  };
  sendNext();
  const samples: Sample[] = [];
  const sample = (): void => {
    samples.push({
      visible: sent - pickedUp,
      externalSlots: ledger.running('EXTERNAL'),
      fargateReady: ledger.running('FARGATE'),
      fargateAsked: ledger.asked('FARGATE'),
    });
    kernel.after(1_000 * sampleSeconds, 'sample', sample);
  };
  sample();

  const { throttledShare, outageSeconds, hostLost } = condition;
  const lost = hostLost ? await instanceOf(world, lostMachine) : '';
  if (throttledShare > 0) cloud.ecs.faults.throttle(durationMs, throttledShare);
  for (let from = outage.fromSeconds; outageSeconds > 0 && from < arrivals.durationSeconds; from += outage.everySeconds)
    kernel.after(1_000 * from, 'outage', () => cloud.ecs.faults.lackFargate('FARGATE', 1_000 * outageSeconds));
  if (hostLost) {
    kernel.after(1_000 * replay.lostAtSeconds, 'power-lost', () => {
      cloud.ecs.setLinked(lostMachine, false);
      for (const task of ledger.on(lost)) {
        power.lose(task);
        ledger.lost(task);
      }
    });
  }
  await world.pass(durationMs);
  const quiet = (): boolean => sent === count && done === count && bursting === 0 && ledger.stopped('FARGATE');
  const ended = await world.until(quiet, 60 * minuteMs);
  // A figure that rests on a missing permission would be of another controller.
  const denied = cloud.iam.denials();
  if (denied.length > 0) throw new Error(`IAM denied ${JSON.stringify(denied[0])}`);
  if (!ended && done === count)
    throw new Error(
      `an hour after the load, with all messages done, ${bursting} bursts act and ${ledger.asked('FARGATE')} Fargate tasks are asked for`,
    );
  return { waitSeconds, timesDone, samples, tasks: ledger.fargateTasks(startMs, kernel.now()) };
};

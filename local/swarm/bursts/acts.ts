import type { ServiceName } from '../../../simulator/cloud/service.ts';
import type { Chance } from '../chance.ts';
import type { BurstFacts, Deed, DeedKind } from './burst-facts.ts';
import type { RunningWorker } from './burst-world.ts';
import { machines, service } from './shapes.ts';

/** What people and the world do to a service while it bursts. */

export interface BurstAct {
  readonly name: string;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** @returns what was done, in words; undefined when there was nothing to do it to. */
  readonly run: (scene: BurstScene) => Promise<string | undefined>;
}

export interface BurstScene {
  readonly facts: BurstFacts;
  readonly chance: Chance;
  /** When the storm is over: what befalls the site is over by then. */
  readonly untilMs: number;
  /** What is to happen at the next call by which a burst sets a count. */
  atNextChange: ((executionArn: string) => void) | undefined;
  pushes: number;
}

const minute = 60_000;

/** Acts run in the middle of virtual time, so they call AWS directly: a call of the operator takes no time. */
const call = async <Answer>({ facts }: BurstScene, name: ServiceName, action: string, input: object): Promise<Answer> =>
  (await facts.world.world.cloud.call(name, action, input)) as Answer;

export const note = ({ facts }: BurstScene, kind: DeedKind, of: string, forMs = 0): Deed => {
  const fromMs = facts.world.now();
  const deed = { kind, of, fromMs, toMs: fromMs + forMs };
  facts.deeds.push(deed);
  return deed;
};

/** Length of an absence that ends before the storm does. */
export const span = (scene: BurstScene, name: string, fromMinutes: number, toMinutes: number): number =>
  Math.max(
    1_000,
    Math.min(scene.chance.between(name, fromMinutes, toMinutes) * minute, scene.untilMs - scene.facts.world.now()),
  );

const inMinutes = (ms: number): string => `${(ms / minute).toFixed(1)} min`;

const start = (scene: BurstScene, machine: 'burst' | 'operate', input: object): Promise<unknown> =>
  call(scene, 'states', 'StartExecution', {
    stateMachineArn: scene.facts.world.world.cloud.stepFunctions.machineArn(`spillway-${machine}`),
    input: JSON.stringify({ service, ...input }),
  });

const push = (scene: BurstScene, broken?: 'crash' | 'unhealthy'): string => {
  scene.pushes += 1;
  const version = `v${scene.pushes + 1}`;
  note(scene, 'push', version, Number.POSITIVE_INFINITY);
  scene.facts.world.world.push(service, version, broken);
  return `push of ${version}${broken ? `, ${broken}` : ''}`;
};

/** A worker that has a message in hand, on either side. */
const busyWorker = ({ facts, chance }: BurstScene): RunningWorker | undefined => {
  const busy = [...facts.world.workers.values()].filter(({ alive, held }) => alive && held.size > 0);
  return busy.length > 0 ? chance.oneOf('which worker', busy) : undefined;
};

const link = ({ facts }: BurstScene, machine: string, linked: boolean): void =>
  facts.world.world.cloud.ecs.setLinked(machine, linked);

export const burstActs: readonly BurstAct[] = [
  {
    name: 'worker killed while busy',
    weight: 5,
    run: async (scene) => {
      const worker = busyWorker(scene);
      if (!worker) return undefined;
      note(scene, 'kill', worker.taskArn);
      worker.runtime.kill();
      return `a worker ${worker.capacity === 'external' ? 'on premises' : 'in Fargate'} with ${worker.held.size} orders in hand is killed`;
    },
  },
  {
    name: 'worker recalled while busy',
    weight: 3,
    run: async (scene) => {
      const worker = busyWorker(scene);
      if (!worker) return undefined;
      note(scene, 'stop-task', worker.taskArn);
      await call(scene, 'ecs', 'StopTask', { cluster: scene.facts.world.cluster, task: worker.taskArn });
      return `a worker ${worker.capacity === 'external' ? 'on premises' : 'in Fargate'} with ${worker.held.size} orders in hand is stopped`;
    },
  },
  {
    name: 'site cut off',
    weight: 3,
    run: async (scene) => {
      const forMs = span(scene, 'cut for', 0.3, 12);
      for (const { managedInstanceId } of machines) {
        link(scene, managedInstanceId, false);
        scene.facts.world.world.kernel.after(forMs, 'swarm-mend', () => link(scene, managedInstanceId, true));
      }
      note(scene, 'cut', 'dc1', forMs);
      return `the site is cut off for ${inMinutes(forMs)}`;
    },
  },
  {
    name: 'machine without power',
    weight: 2,
    run: async (scene) => {
      const { managedInstanceId } = scene.chance.oneOf('which machine', machines);
      const forMs = span(scene, 'dark for', 1, 12);
      link(scene, managedInstanceId, false);
      for (const worker of scene.facts.world.workers.values())
        if (worker.alive && worker.machine === managedInstanceId) worker.runtime.kill();
      scene.facts.world.world.kernel.after(forMs, 'swarm-mend', () => link(scene, managedInstanceId, true));
      note(scene, 'power', managedInstanceId, forMs);
      return `${managedInstanceId} loses its power for ${inMinutes(forMs)}`;
    },
  },
  {
    name: 'agents flap',
    weight: 1,
    run: async (scene) => {
      const seconds = scene.chance.between('flap for', 1, 90);
      for (const { managedInstanceId } of machines)
        scene.facts.world.world.cloud.ecs.flapAgent(managedInstanceId, seconds * 1_000);
      return `the agents of the site are away for ${seconds.toFixed(0)} s`;
    },
  },
  {
    name: 'Fargate without capacity',
    weight: 3,
    run: async (scene) => {
      const forMs = span(scene, 'lacks for', 0.5, 8);
      note(scene, 'lack-fargate', 'FARGATE', forMs);
      scene.facts.world.world.cloud.ecs.faults.lackFargate('FARGATE', forMs);
      return `Fargate has no capacity for ${inMinutes(forMs)}`;
    },
  },
  {
    name: 'slow pulls',
    weight: 1,
    run: async (scene) => {
      const forMs = span(scene, 'slow for', 1, 10);
      note(scene, 'slow-pulls', 'FARGATE', forMs);
      scene.facts.world.world.cloud.ecs.faults.slowPulls('FARGATE', scene.chance.between('times', 2, 12), forMs);
      return `pulls on Fargate are slow for ${inMinutes(forMs)}`;
    },
  },
  {
    name: 'ECS throttles',
    weight: 2,
    run: async (scene) => {
      const forMs = span(scene, 'throttles for', 0.5, 5);
      const share = scene.chance.between('throttled share', 0.3, 1);
      note(scene, 'throttle', 'ecs', forMs);
      scene.facts.world.world.cloud.ecs.faults.throttle(forMs, share);
      return `ECS throttles ${(100 * share).toFixed(0)} % of all calls for ${inMinutes(forMs)}`;
    },
  },
  {
    name: 'burst by hand',
    weight: 3,
    run: async (scene) => {
      const { chance, facts } = scene;
      const tasks = chance.happens('so many tasks', 0.6)
        ? chance.whole('tasks by hand', 1, facts.world.most('fargate'))
        : undefined;
      const seconds = chance.happens('for so long', 0.7) ? chance.whole('seconds by hand', 60, 600) : undefined;
      // Without an end it goes on until somebody stops it, and a fixed one has no other.
      if (tasks !== undefined && seconds === undefined) return undefined;
      note(scene, 'by-hand', service);
      await start(scene, 'burst', {
        ...(tasks !== undefined && { tasks }),
        ...(seconds !== undefined && { for: seconds }),
      });
      return `a burst by hand${tasks === undefined ? '' : ` of ${tasks} tasks`}${seconds === undefined ? '' : ` for ${seconds} s`}`;
    },
  },
  {
    name: 'recall by hand',
    weight: 2,
    run: async (scene) => {
      const pause = scene.chance.happens('recall for', 0.5) ? scene.chance.whole('paused for', 30, 400) : undefined;
      note(scene, 'recall', service);
      await start(scene, 'operate', { action: 'recall', ...(pause !== undefined && { for: pause }) });
      return `a recall by hand${pause === undefined ? '' : `, and no burst for ${pause} s`}`;
    },
  },
  {
    name: 'burst stopped by hand',
    weight: 3,
    run: async (scene) => {
      const running = scene.facts.world.executions('burst').filter(({ status }) => status === 'RUNNING');
      if (running.length === 0) return undefined;
      const { arn, name } = scene.chance.oneOf('which execution', running);
      note(scene, 'stop', arn);
      await call(scene, 'states', 'StopExecution', { executionArn: arn });
      return `${name} is stopped by hand`;
    },
  },
  {
    // The worst case of fencing: the writer is gone, its call is still on the way, and somebody else takes over at once.
    name: 'burst stopped while its call is on the way',
    weight: 2,
    run: async (scene) => {
      scene.atNextChange = (executionArn) => {
        scene.facts.world.world.kernel.after(0, 'swarm-stop', async () => {
          note(scene, 'stop', executionArn);
          await call(scene, 'states', 'StopExecution', { executionArn });
          await start(scene, 'burst', {});
        });
      };
      return 'the next burst that sets a count is stopped meanwhile, and another one started';
    },
  },
  {
    name: 'push',
    weight: 3,
    run: async (scene) => push(scene),
  },
  {
    name: 'broken push',
    weight: 2,
    run: async (scene) => push(scene, scene.chance.oneOf('how broken', ['crash', 'unhealthy'] as const)),
  },
  {
    name: 'late signal',
    weight: 2,
    run: async (scene) => {
      const { chance, facts } = scene;
      const old = chance.between('signal age', 0, 300_000);
      const queue = chance.oneOf('signal of', ['orders', 'orders-onprem']);
      await call(scene, 'events', 'PutEvents', {
        Entries: [
          {
            Source: service,
            DetailType: 'Queue Saturated',
            Time: new Date(facts.world.now() - old),
            Detail: JSON.stringify({ service, queue, queueDelaySeconds: 40, deadlineSeconds: 60 }),
          },
        ],
      });
      return `a worker's signal about ${queue} arrives ${(old / 1_000).toFixed(0)} s late`;
    },
  },
];

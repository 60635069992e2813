import type { ServiceName } from '../../simulator/cloud/service.ts';
import { rolloutMaterial, type ServiceChange, service } from '../rollouts/rollout-world.ts';
import { deployStacks } from '../world/deploy-stacks.ts';
import { sampleMachines } from '../world/machines.ts';
import type { Chance } from './chance.ts';
import type { Deed, Facts } from './facts.ts';
import { brokenImages, type ImageName, imageKinds } from './images.ts';

/** What people, pipelines and the world do to a service while its rollouts run. */

export interface Act {
  readonly name: string;
  /** How often it is drawn, against the others. */
  readonly weight: number;
  /** @returns what was done, in words; undefined when there was nothing to do it to. */
  readonly run: (scene: Scene) => Promise<string | undefined>;
}

export interface Scene {
  readonly facts: Facts;
  readonly chance: Chance;
  readonly change: ServiceChange;
  /** What is to happen at the next call that moves a twin. */
  atNextMove: ((executionArn: string) => void) | undefined;
}

const minute = 60_000;

/** Acts run in the middle of virtual time, so they call AWS directly: a call of the operator takes no time. */
const call = async <Answer>({ facts }: Scene, name: ServiceName, action: string, input: object): Promise<Answer> =>
  (await facts.world.world.cloud.call(name, action, input)) as Answer;

const start = (scene: Scene, machine: string, input: object, name?: string): Promise<unknown> =>
  call(scene, 'states', 'StartExecution', {
    stateMachineArn: scene.facts.world.world.cloud.stepFunctions.machineArn(`spillway-${machine}`),
    input: JSON.stringify(input),
    name,
  });

const note = ({ facts }: Scene, kind: Deed['kind'], of: string, forMs = 0): Deed => {
  const fromMs = facts.world.now();
  const deed = { kind, of, fromMs, toMs: fromMs + forMs };
  facts.deeds.push(deed);
  return deed;
};

export const pushImage = ({ facts }: Pick<Scene, 'facts'>, kind: ImageName): string => {
  const version = `v${facts.images.length + 1}`;
  const digest = facts.world.push(version, imageKinds[kind].behaviour);
  facts.images.push({ digest, version, kind, atMs: facts.world.now(), deletedAtMs: undefined });
  return `push of ${version}, ${kind}`;
};

const twinOf = ({ facts, chance }: Scene): string => chance.oneOf('which twin', facts.world.twins);

const cut = (scene: Scene, machines: readonly string[], forMs: number): void => {
  const { ecs } = scene.facts.world.world.cloud;
  for (const machine of machines) {
    ecs.setLinked(machine, false);
    scene.facts.world.world.kernel.after(forMs, 'swarm-mend', () => ecs.setLinked(machine, true));
  }
  note(scene, 'cut', 'dc1', forMs);
};

export const acts: readonly Act[] = [
  {
    name: 'push',
    weight: 5,
    run: async (scene) => pushImage(scene, 'good'),
  },
  {
    name: 'broken push',
    weight: 4,
    run: async (scene) => pushImage(scene, scene.chance.oneOf('how broken', brokenImages)),
  },
  {
    name: 'pushes at once',
    weight: 2,
    run: async (scene) => {
      const count = scene.chance.whole('how many pushes', 2, 4);
      for (let push = 0; push < count; push += 1)
        scene.facts.world.world.kernel.after(scene.chance.between('push apart', 0, 20_000), 'swarm-push', () => {
          pushImage(
            scene,
            scene.chance.happens('broken too', 0.3) ? scene.chance.oneOf('how broken', brokenImages) : 'good',
          );
        });
      return `${count} pushes within 20 s`;
    },
  },
  {
    name: 'event of an older push',
    weight: 2,
    run: async (scene) => {
      const { facts, chance } = scene;
      if (facts.images.length === 0) return undefined;
      const image = chance.oneOf('which image', facts.images);
      const time = `${new Date(image.atMs).toISOString().slice(0, 19)}Z`;
      const trigger = { kind: 'push', eventId: `late-${image.version}`, tag: image.version, time };
      const name = `push-late-${image.version}-${facts.world.now()}`;
      await start(scene, 'rollout', { service, image: image.digest, trigger }, name);
      return `the push of ${image.version} is heard of late`;
    },
  },
  {
    name: 'older image by hand',
    weight: 1,
    run: async (scene) => {
      const { facts, chance } = scene;
      if (facts.images.length === 0) return undefined;
      const image = chance.oneOf('which image', facts.images);
      const force = chance.happens('by force', 0.3);
      await start(scene, 'rollout', { service, image: image.version, ...(force && { force }) });
      return `rollout of ${image.version} by hand${force ? ', by force' : ''}`;
    },
  },
  {
    name: 'rollback or restart by hand',
    weight: 1,
    run: async (scene) => {
      const action = scene.chance.oneOf('which operation', ['rollback', 'restart']);
      await start(scene, 'operate', { action, service });
      return `${action} by hand`;
    },
  },
  {
    name: 'freeze',
    weight: 1,
    run: async (scene) => {
      const minutes = scene.chance.between('frozen for', 1, 10);
      note(scene, 'freeze', service, Number.POSITIVE_INFINITY);
      await start(scene, 'operate', { action: 'freeze', service });
      scene.facts.world.world.kernel.after(minutes * minute, 'swarm-unfreeze', async () => {
        await start(scene, 'operate', { action: 'unfreeze', service });
      });
      return `freeze for ${minutes.toFixed(1)} min`;
    },
  },
  {
    name: 'hold',
    weight: 1,
    run: async (scene) => {
      const { facts, chance } = scene;
      if (facts.images.length === 0) return undefined;
      const { digest, version } = chance.oneOf('which image', facts.images);
      note(scene, 'hold', digest, Number.POSITIVE_INFINITY);
      await start(scene, 'operate', { action: 'hold', service, image: digest });
      return `hold of ${version}`;
    },
  },
  {
    name: 'release of a hold',
    weight: 1,
    run: async (scene) => {
      const { facts, chance } = scene;
      if (facts.images.length === 0) return undefined;
      const { digest, version } = chance.oneOf('which image', facts.images);
      note(scene, 'release-of-hold', digest);
      await start(scene, 'operate', { action: 'release', service, image: digest });
      return `release of the hold of ${version}`;
    },
  },
  {
    name: 'execution stopped by hand',
    weight: 3,
    run: async (scene) => {
      const running = scene.facts.world.executions().filter(({ status }) => status === 'RUNNING');
      if (running.length === 0) return undefined;
      const { arn, name } = scene.chance.oneOf('which execution', running);
      await call(scene, 'states', 'StopExecution', { executionArn: arn });
      note(scene, 'stop', arn);
      return `${name} is stopped by hand`;
    },
  },
  {
    // The worst case of fencing: the writer is gone, its call is still on the way, and somebody else takes over at once.
    name: 'execution stopped while its call is on the way',
    weight: 2,
    run: async (scene) => {
      scene.atNextMove = (executionArn) => {
        scene.facts.world.world.kernel.after(0, 'swarm-stop', async () => {
          note(scene, 'stop', executionArn);
          await call(scene, 'states', 'StopExecution', { executionArn });
          pushImage(scene, 'good');
        });
      };
      return 'the next execution that moves a twin is stopped meanwhile, and a newer image pushed';
    },
  },
  {
    name: 'next probe stopped by somebody',
    weight: 2,
    run: async (scene) => {
      const { world } = scene.facts;
      const { ecs } = world.world.cloud;
      const untilMs = world.now() + 20 * minute;
      const look = async (): Promise<void> => {
        const tasks = [...(ecs.clusters.get(world.cluster)?.tasks.values() ?? [])];
        const probe = tasks.find((task) => task.service === undefined && task.lastStatus === 'RUNNING');
        if (!probe && world.now() < untilMs) world.world.kernel.after(5_000, 'swarm-stop-probe', look);
        if (!probe) return;
        note(scene, 'probe-stop', probe.arn);
        await call(scene, 'ecs', 'StopTask', { cluster: world.cluster, task: probe.arn, reason: 'by mistake' });
      };
      await look();
      return 'somebody stops the next probe that runs';
    },
  },
  {
    name: 'count changed by an operator',
    weight: 1,
    run: async (scene) => {
      const twin = twinOf(scene);
      const desiredCount = scene.chance.whole('which count', 0, 3);
      note(scene, 'count', twin);
      await call(scene, 'ecs', 'UpdateService', { cluster: scene.facts.world.cluster, service: twin, desiredCount });
      return `an operator sets the count of ${twin} to ${desiredCount}`;
    },
  },
  {
    name: 'task definition changed by an operator',
    weight: 1,
    run: async (scene) => {
      const { world } = scene.facts;
      const twin = twinOf(scene);
      const { taskDefinition: known } = world.truth(twin) ?? {};
      const input = world.world.cloud.ecs.findTaskDefinition(known)?.input;
      if (!input) return undefined;
      const { taskDefinition } = await call<{ taskDefinition: { taskDefinitionArn: string } }>(
        scene,
        'ecs',
        'RegisterTaskDefinition',
        { ...input, family: `${twin}-of-somebody-else` },
      );
      note(scene, 'task-definition', twin);
      await call(scene, 'ecs', 'UpdateService', {
        cluster: world.cluster,
        service: twin,
        taskDefinition: taskDefinition.taskDefinitionArn,
      });
      return `an operator moves ${twin} to a task definition of their own`;
    },
  },
  {
    name: 'site cut off',
    weight: 2,
    run: async (scene) => {
      const minutes = scene.chance.between('cut for', 0.5, 60);
      cut(
        scene,
        sampleMachines.map(({ managedInstanceId }) => managedInstanceId),
        minutes * minute,
      );
      return `the site is cut off for ${minutes.toFixed(1)} min`;
    },
  },
  {
    name: 'machine cut off',
    weight: 1,
    run: async (scene) => {
      const { managedInstanceId } = scene.chance.oneOf('which machine', sampleMachines);
      const minutes = scene.chance.between('cut for', 0.5, 60);
      cut(scene, [managedInstanceId], minutes * minute);
      return `${managedInstanceId} is cut off for ${minutes.toFixed(1)} min`;
    },
  },
  {
    name: 'agents flap',
    weight: 1,
    run: async (scene) => {
      const seconds = scene.chance.between('flap for', 1, 90);
      note(scene, 'flap', 'dc1', seconds * 1_000);
      for (const { managedInstanceId } of sampleMachines)
        scene.facts.world.world.cloud.ecs.flapAgent(managedInstanceId, seconds * 1_000);
      return `the agents of the site are away for ${seconds.toFixed(0)} s`;
    },
  },
  {
    name: 'image deleted from the registry',
    weight: 1,
    run: async (scene) => {
      const { facts, chance } = scene;
      const proved = new Set(facts.commits.map(({ digest }) => digest));
      const deletable = facts.images.filter((image) => image.deletedAtMs === undefined && !proved.has(image.digest));
      if (deletable.length === 0) return undefined;
      const image = chance.oneOf('which image', deletable);
      image.deletedAtMs = facts.world.now();
      const imageIds = [{ imageDigest: image.digest }];
      await call(scene, 'ecr', 'BatchDeleteImage', { repositoryName: service, imageIds });
      return `${image.version} is deleted from the registry`;
    },
  },
  {
    name: 'stack update',
    weight: 1,
    run: async (scene) => {
      const { facts, chance, change } = scene;
      // Stacks state nothing of a twin that was there before them.
      if (change.external?.adopted) return undefined;
      if (facts.wasDone('stack-update', facts.world.now(), facts.world.now())) return undefined;
      const memoryMiB = chance.oneOf('memory', [1024, 2048]);
      const build = chance.oneOf('code of the controller', ['first', 'newer']);
      const { assembly } = await rolloutMaterial({ ...change, memoryMiB }, {}, build);
      const deed = note(scene, 'stack-update', 'SpillwayWorkload', Number.POSITIVE_INFINITY);
      void deployStacks(facts.world.world.cloud, assembly).finally(() => {
        deed.toMs = facts.world.now();
      });
      return `stack update to ${memoryMiB} MiB, and to the controller's ${build} build`;
    },
  },
];

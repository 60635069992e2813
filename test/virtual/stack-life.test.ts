import type { Service } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../functions/core/configuration.ts';
import { prepareWorlds, synthesize, VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import { deployStacks } from '../../local/world/deploy-stacks.ts';
import configuration from '../../spillway.config.ts';
import { sampleMaterial } from './material.ts';

const minute = 60_000;
const twins = ['order-processor-external', 'order-processor-fargate'] as const;

const bootedWithRelease = async (
  material?: WorldMaterial,
): Promise<{ world: VirtualWorld; verdicts: string[]; findings: string[]; digest: string }> => {
  const verdicts: string[] = [];
  const findings: string[] = [];
  const world = await VirtualWorld.boot(material ?? (await sampleMaterial()), {
    seed: 5,
    onEvent: (event) => {
      if (event['detail-type'] === 'Spillway Rollout State Change' && event.detail.verdict)
        verdicts.push(String(event.detail.verdict));
      if (event['detail-type'] === 'Spillway Finding') findings.push(String(event.detail.reason));
    },
  });
  const digest = world.push('order-processor', 'v1');
  await world.until(() => verdicts.length === 1, 30 * minute);
  expect(verdicts).toEqual(['completed']);
  return { world, verdicts, findings, digest };
};

const memoryOf = async (world: VirtualWorld, twin: string): Promise<unknown> => {
  const { taskDefinition } = await world.settle(world.twin(twin), minute);
  return world.settle(world.memoryOf(taskDefinition), minute);
};

const standing = (world: VirtualWorld): Promise<unknown> =>
  world.settle(
    Promise.all(twins.map(async (twin) => ({ twin, ...(await world.twin(twin)), image: await world.imageOf(twin) }))),
    minute,
  );

const withProcessor = (
  configuration: Configuration,
  change: (service: Configuration['services'][string]) => void,
): Configuration => {
  const changed = structuredClone(configuration);
  change(changed.services['order-processor'] as Configuration['services'][string]);
  return changed;
};

describe('the life of a stack', () => {
  it('a stack is created with every twin at count 0, with no image and no machine', { timeout: 60_000 }, async () => {
    const world = await VirtualWorld.boot(await sampleMaterial(), { seed: 5, machines: [] });
    for (const twin of twins) expect(await world.twin(twin)).toMatchObject({ desired: 0, running: 0 });
  });

  it('a finished stack update moves no count, and the current digest is rolled out on its new template', {
    timeout: 60_000,
  }, async () => {
    const { world, verdicts, digest } = await bootedWithRelease();
    const before = await world.settle(Promise.all(twins.map((twin) => world.twin(twin))), minute);
    const wider = withProcessor(world.configuration, (service) => {
      service.memoryMiB = 2048;
      if (service.external) service.external.maximumPercent = 200;
    });
    await world.settle(deployStacks(world.cloud, synthesize(wider)), 60 * minute);
    await world.until(() => verdicts.length === 2, 30 * minute);
    expect(verdicts).toEqual(['completed', 'completed']);
    for (const [index, twin] of twins.entries()) {
      const { desired, taskDefinition } = await world.settle(world.twin(twin), minute);
      expect(desired).toBe(before[index]?.desired);
      expect(await world.settle(world.imageOf(twin), minute)).toContain(digest);
      expect(await world.settle(world.memoryOf(taskDefinition), minute)).toBe(2048);
    }
    // The same template again is no news.
    await world.pass(40 * minute);
    expect(verdicts).toHaveLength(2);
  });

  it('a stack update in mid-rollout lets the rollout end by its own verdict, and then the new template is rolled out', {
    timeout: 60_000,
  }, async () => {
    const { world, verdicts } = await bootedWithRelease();
    const wider = synthesize(
      withProcessor(world.configuration, (service) => void Object.assign(service, { memoryMiB: 2048 })),
    );
    const digest = world.push('order-processor', 'v2');
    // Registered from the old templates, and under way.
    const moved = async () => (await world.imageOf(twins[1]))?.includes(digest) ?? false;
    expect(await world.watch(moved, 10 * minute)).toBe(true);
    await world.settle(deployStacks(world.cloud, wider), 60 * minute);
    expect(verdicts).toHaveLength(1);
    await world.until(() => verdicts.length === 2, 30 * minute);
    expect(await memoryOf(world, twins[0])).toBe(1024);
    // At once, and not by the reconciler's next looks.
    expect(await world.until(() => verdicts.length === 3, 10 * minute)).toBe(true);
    expect(verdicts).toEqual(['completed', 'completed', 'completed']);
    for (const twin of twins) {
      expect(await world.settle(world.imageOf(twin), minute)).toContain(digest);
      expect(await memoryOf(world, twin)).toBe(2048);
    }
  });

  it('a Spot share comes and goes by stack updates that move no release and no count, and start no rollout', {
    timeout: 60_000,
  }, async () => {
    const { world, verdicts } = await bootedWithRelease();
    const before = await standing(world);
    const provided = async () => {
      const input = { cluster: 'spillway', services: [twins[1]] };
      const answer = await world.settle(world.cloud.call('ecs', 'DescribeServices', input), minute);
      const [service] = (answer as { services: Service[] }).services;
      return [service?.launchType, service?.capacityProviderStrategy?.map(({ weight }) => weight).toSorted()];
    };
    const update = async (configuration: Configuration) => {
      await world.settle(deployStacks(world.cloud, synthesize(configuration)), 60 * minute);
      await world.pass(10 * minute);
    };
    await update(
      withProcessor(world.configuration, ({ burst }) => void Object.assign(burst ?? {}, { spotShare: 0.7 })),
    );
    expect(await provided()).toEqual([undefined, [30, 70]]);
    const digest = world.push('order-processor', 'v2');
    await world.until(() => verdicts.length === 2, 30 * minute);
    expect(verdicts).toEqual(['completed', 'completed']);
    expect(await world.settle(world.imageOf(twins[1]), minute)).toContain(digest);
    const released = await standing(world);
    await update(world.configuration);
    // All on demand, by a strategy still.
    expect(await provided()).toEqual([undefined, [1]]);
    expect(await standing(world)).toEqual(released);
    expect(released).toMatchObject((before as { desired: number }[]).map(({ desired }) => ({ desired })));
    expect(verdicts).toHaveLength(2);
    expect(world.cloud.iam.denials()).toEqual([]);
  });

  it('a push whose event was lost is reported, and rolled out by the next look', { timeout: 60_000 }, async () => {
    const { world, verdicts } = await bootedWithRelease();
    const Name = 'spillway-image-pushed';
    await world.settle(world.cloud.call('events', 'DisableRule', { Name }), minute);
    const digest = world.push('order-processor', 'v2');
    await world.pass(10 * minute);
    await world.settle(world.cloud.call('events', 'EnableRule', { Name }), minute);
    expect(verdicts).toHaveLength(1);
    await world.until(() => verdicts.length === 2, 60 * minute);
    expect(verdicts).toEqual(['completed', 'completed']);
    expect(await world.settle(world.imageOf(twins[0]), minute)).toContain(digest);
  });

  it('a push whose event was lost is told once, and left alone, where the reconciler is to report only', {
    timeout: 60_000,
  }, async () => {
    const reporting = withProcessor(
      configuration,
      (service) => void Object.assign(service.rollout, { reconcile: 'report' }),
    );
    const { world, verdicts, findings } = await bootedWithRelease(await prepareWorlds(reporting));
    await world.settle(world.cloud.call('events', 'DisableRule', { Name: 'spillway-image-pushed' }), minute);
    world.push('order-processor', 'v2');
    await world.pass(60 * minute);
    expect(findings).toEqual([
      expect.stringMatching(/^order-processor:v2 was pushed at .*, and no rollout of it was started\.$/),
    ]);
    expect(verdicts).toEqual(['completed']);
  });

  it('a new template that no machine has room for leaves every twin where it was, and is not tried again', {
    timeout: 120_000,
  }, async () => {
    const { world, verdicts } = await bootedWithRelease();
    const before = await standing(world);
    const huge = { cpuUnits: 16_384, memoryMiB: 122_880 };
    const changed = withProcessor(world.configuration, (service) => void Object.assign(service, huge));
    await world.settle(deployStacks(world.cloud, synthesize(changed)), 60 * minute);
    await world.until(() => verdicts.length === 2, 120 * minute);
    expect(verdicts).toEqual(['completed', expect.stringMatching(/^(rolled-back|refused)$/)]);
    await world.pass(60 * minute);
    expect(verdicts).toHaveLength(2);
    expect(await standing(world)).toEqual(before);
  });

  it('a twin that was never released is raised to its base by its first release, from the latest of its templates', {
    timeout: 60_000,
  }, async () => {
    const verdicts: string[] = [];
    const world = await VirtualWorld.boot(await sampleMaterial(), {
      seed: 5,
      onEvent: (event) => {
        if (event['detail-type'] === 'Spillway Rollout State Change' && event.detail.verdict)
          verdicts.push(String(event.detail.verdict));
      },
    });
    for (const memoryMiB of [4096, 2048]) {
      const changed = withProcessor(world.configuration, (service) => void Object.assign(service, { memoryMiB }));
      await world.settle(deployStacks(world.cloud, synthesize(changed)), 60 * minute);
    }
    world.push('order-processor', 'v1');
    await world.until(() => verdicts.length === 1, 30 * minute);
    expect(verdicts).toEqual(['completed']);
    const external = await world.settle(world.twin(twins[0]), minute);
    expect(external.running).toBe(world.configuration.services['order-processor']?.external?.baseTasks);
    expect(await world.settle(world.memoryOf(external.taskDefinition), minute)).toBe(2048);
  });

  it('a stack update that fails is rolled back, moves no running digest and no count, and never arrives', {
    timeout: 60_000,
  }, async () => {
    const { world, verdicts } = await bootedWithRelease();
    const memoryOfRelease = async (): Promise<unknown[]> => {
      const running = await world.settle(Promise.all(twins.map((twin) => world.twin(twin))), minute);
      const memories = running.map(({ taskDefinition }) => world.memoryOf(taskDefinition));
      return world.settle(Promise.all(memories), minute);
    };
    const memory = await memoryOfRelease();
    const before = await standing(world);
    const wider = synthesize(
      withProcessor(world.configuration, (service) => void Object.assign(service, { memoryMiB: 2048 })),
    );
    const workload = wider.stacks.find((stack) => stack.name === 'SpillwayWorkload');
    const template = structuredClone(workload?.template) as { Resources: Record<string, unknown> };
    // Refused at creation, after the twins were updated: the whole update is rolled back.
    template.Resources.Refused = {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'spaces are not allowed' },
      DependsOn: Object.keys(template.Resources).filter((id) =>
        JSON.stringify(template.Resources[id]).includes('Custom::SpillwayTwin'),
      ),
    };
    const result = await world.settle(
      world.cloud.cloudFormation.deploy({ stackName: 'SpillwayWorkload', template }),
      60 * minute,
    );
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    await world.pass(5 * minute);
    expect(await standing(world)).toEqual(before);

    const next = world.push('order-processor', 'v2');
    await world.until(() => verdicts.length === 2, 30 * minute);
    expect(verdicts).toEqual(['completed', 'completed']);
    expect(await world.settle(world.imageOf(twins[0]), minute)).toContain(next);
    expect(await memoryOfRelease()).toEqual(memory);
    expect(memory).not.toContain(2048);
  });
});

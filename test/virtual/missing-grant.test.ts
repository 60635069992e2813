import { beforeAll, describe, expect, it } from 'vitest';
import { VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import { sampleMaterial } from './material.ts';

/** A grant of the templates: one action in one statement of one function's role. */
interface Grant {
  readonly folder: string;
  readonly action: string;
}

interface Statement {
  Action: string | string[];
  readonly Effect: string;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: { readonly PolicyDocument?: { readonly Statement: Statement[] } };
}

const policiesOf = (template: Readonly<Record<string, unknown>>): [string, Statement[]][] =>
  Object.entries(template.Resources as Record<string, Resource>)
    .filter(([, resource]) => resource.Type === 'AWS::IAM::Policy')
    .map(([id, resource]) => [id, resource.Properties?.PolicyDocument?.Statement ?? []]);

const logicalId = (folder: string): string => folder.replaceAll('-', '');

/** The same templates with one action taken out of the policies of one function's role. */
const without = (material: WorldMaterial, grant: Grant): WorldMaterial => {
  const stacks = structuredClone(material.assembly.stacks);
  let removed = 0;
  for (const { template } of stacks) {
    for (const [id, statements] of policiesOf(template)) {
      if (!id.startsWith(`${logicalId(grant.folder)}Role`)) continue;
      for (const statement of statements) {
        const actions = [statement.Action].flat();
        if (!actions.includes(grant.action)) continue;
        removed += 1;
        // A statement needs an action; this one exists in no service.
        statement.Action = [...actions.filter((action) => action !== grant.action), 'spillway:Nothing'];
      }
    }
  }
  expect(removed, `${grant.folder} is granted ${grant.action}`).toBeGreaterThan(0);
  return { ...material, assembly: { ...material.assembly, stacks } };
};

/** What the short story of these tests never comes to need, with the reason. */
const notInTheStory: Readonly<Record<string, string>> = {
  'admit-rollout states:DescribeExecution': 'asked only when another execution holds the lease',
  'observe-twin ecs:ListTasks': 'asked only when a deployment has failed and no stop of a task was heard of',
  'observe-twin ecs:DescribeTasks': 'asked only when a deployment has failed and no stop of a task was heard of',
  'admit-burst states:DescribeExecution': 'asked only when another execution holds the lease',
};

const minute = 60_000;

/** A release, a broken release, a burst by hand and a rollback by hand; each waits a bounded time for its end. */
const play = async (material: WorldMaterial): Promise<{ denied: string[]; verdicts: string[] }> => {
  const verdicts: string[] = [];
  const world = await VirtualWorld.boot(material, {
    seed: 1,
    onEvent: (event) => {
      if (event.source === 'spillway' && event.detail.verdict) verdicts.push(String(event.detail.verdict));
    },
  });
  const start = (machine: string, input: object): Promise<unknown> =>
    world.cloud.call('states', 'StartExecution', {
      stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${machine}`,
      input: JSON.stringify(input),
    });
  const next = async (count: number): Promise<void> =>
    void (await world.until(() => verdicts.length >= count, 60 * minute));
  world.push('order-processor', 'v1');
  await next(1);
  world.push('order-processor', 'v2', 'crash');
  await next(2);
  await world.settle(start('spillway-burst', { service: 'order-processor', tasks: 1, for: 60 }), minute);
  await next(3);
  world.push('order-processor', 'v3');
  await next(4);
  await world.settle(start('spillway-operate', { action: 'rollback', service: 'order-processor' }), minute);
  await next(5);
  await world.settle(start('spillway-operate', { action: 'hold', service: 'order-processor', image: 'v2' }), minute);
  // The same release again, by hand: nothing is to be done, which takes a look at the twins.
  const { release } = await currentOf(world);
  await world.settle(start('spillway-rollout', { service: 'order-processor', image: release }), minute);
  await world.pass(minute);
  // Every event of ECS lost: the sweep alone must find the end of a broken release.
  for (const Name of ['spillway-service-changed', 'spillway-task-stopped'])
    await world.settle(world.cloud.call('events', 'DisableRule', { Name }), minute);
  world.push('order-processor', 'v4', 'crash');
  await next(6);
  const denied = world.cloud.iam.denials().map(({ who, action }) => `${who.split('/').at(-1)} ${action}`);
  return { denied, verdicts };
};

/** The digest in the task definition of the external twin. */
const currentOf = async (world: VirtualWorld): Promise<{ release: string }> => ({
  release: (await world.settle(world.imageOf('order-processor-external'), minute))?.split('@')[1] ?? '',
});

const folders = [
  'start-rollout',
  'admit-rollout',
  'register-release',
  'move-twin',
  'await-twin',
  'observe-twin',
  'prove-release',
  'close-rollout',
  'admit-burst',
  'decide-burst',
  'close-burst',
  'admit-operation',
];

describe('least privilege', () => {
  let material: WorldMaterial;
  let grants: Grant[];
  beforeAll(async () => {
    material = await sampleMaterial();
    const controller = material.assembly.stacks.find((stack) => stack.name === 'SpillwayController');
    grants = folders.flatMap((folder) => {
      const statements = policiesOf(controller?.template ?? {})
        .filter(([id]) => id.startsWith(`${logicalId(folder)}Role`))
        .flatMap(([, found]) => found);
      const actions = statements.flatMap(({ Action }) => Action).filter((action) => !/^(logs|xray):/.test(action));
      return [...new Set(actions)].map((action) => ({ folder, action }));
    });
  });

  it('denies nothing while every grant is there', { timeout: 60_000 }, async () => {
    const { denied, verdicts } = await play(material);
    expect(denied).toEqual([]);
    expect(verdicts).toEqual(['completed', 'rolled-back', 'recalled', 'completed', 'completed', 'rolled-back']);
  });

  it('every grant is needed: taken away, it is denied by name', { timeout: 150_000 }, async () => {
    expect(grants.length).toBeGreaterThan(30);
    const unnoticed: string[] = [];
    for (const grant of grants) {
      const name = `${grant.folder} ${grant.action}`;
      if (notInTheStory[name]) continue;
      const { denied } = await play(without(material, grant));
      if (
        !denied.some(
          (one) => one.startsWith(`SpillwayController-${logicalId(grant.folder)}`) && one.endsWith(grant.action),
        )
      ) {
        unnoticed.push(`${name} (denied: ${denied.join(', ') || 'nothing'})`);
      }
    }
    expect(unnoticed).toEqual([]);
  });
});

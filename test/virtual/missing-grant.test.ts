import { beforeAll, describe, expect, it } from 'vitest';
import { ApprovalGate, type Configuration, ScanGate } from '../../functions/core/configuration.ts';
import { prepareWorlds, synthesize, VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import { deployStacks } from '../../local/world/deploy-stacks.ts';
import configuration from '../../spillway.config.ts';

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

const webUi = configuration.services['web-ui'];
if (!webUi) throw new Error('the sample configuration has no web-ui');
const processor = configuration.services['order-processor'];
if (!processor) throw new Error('the sample configuration has no order-processor');
const gated: Configuration = {
  ...configuration,
  services: {
    ...configuration.services,
    'order-processor': { ...processor, rollout: { ...processor.rollout, keepRevisions: 2 } },
    'web-ui': {
      ...webUi,
      rollout: {
        ...webUi.rollout,
        scan: ScanGate.parse({ kind: 'basic' }),
        approval: ApprovalGate.parse({ deadlineSeconds: 300 }),
      },
    },
  },
};

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
  'plan-rollout ssm:DescribeParameters': 'asked only of a service with secrets in Parameter Store',
  'observe-twin ecs:DescribeServices': 'asked only when ECS has trouble, or when somebody else deploys',
  'probe-twin dynamodb:DeleteItem': 'asked only when no event of the probe came',
  'probe-twin states:SendTaskSuccess': 'asked only when the probe was not started, or no event of it came',
  'probe-twin ecs:ListTasks': 'asked only when the answer of the call that started a probe was lost',
  'probe-twin states:DescribeExecution': 'asked only when a newer start came while the probe was starting',
  'observe-twin ecs:ListTasks': 'asked only when a deployment has failed and no stop of a task was heard of',
  'observe-twin ecs:DescribeTasks': 'asked only when a deployment has failed and no stop of a task was heard of',
  'observe-twin ecs:ListContainerInstances': 'asked only of a twin on premises that does not come on',
  'observe-twin ecs:DescribeContainerInstances': 'asked only of a twin on premises that does not come on',
  'await-twin ecs:DescribeContainerInstances': 'asked only of a twin on premises whose site does not answer',
  'await-twin states:DescribeExecution': 'asked only when a newer start came just before a bake began',
  'await-turn dynamodb:DeleteItem': 'asked only when a newer start ends a bake',
  'close-rollout ecs:DescribeServices': 'asked only when the way back failed',
  'prove-release ecs:ListTasks': 'asked only when ECS has not told of the start of each task that runs',
  'reconcile-services ecs:ListContainerInstances': 'asked only while a release is deferred at a site',
  'reconcile-services ecs:DescribeContainerInstances': 'asked only while a release is deferred at a site',
  'reconcile-services ecs:DescribeTasks': 'asked only when a probe was left',
  'reconcile-services ecs:StopTask': 'asked only when a probe was left',
  'admit-burst states:DescribeExecution': 'asked only when another execution holds the lease',
  'take-lease dynamodb:Query': 'asked only under the policy queue',
  'take-lease events:PutEvents': 'asked only when a newer start takes the lease of a stopped rollout over',
  'guard-executions states:SendTaskSuccess': 'asked only when another start waits for its turn',
  'await-turn states:SendTaskSuccess': 'asked only when the lease became free in the same moment',
};

/** The prefix of IAM's actions for each client. */
const prefixes: Readonly<Record<string, string>> = { serviceQuotas: 'servicequotas', sfn: 'states' };

interface Client {
  send(command: { readonly constructor: { readonly name: string } }, options?: unknown): Promise<unknown>;
}

/** The same functions, each noting in `used` what it calls, as `move-twin ecs:UpdateService`. */
const noting = (material: WorldMaterial, used: Set<string>): WorldMaterial => ({
  ...material,
  functions: new Map(
    [...material.functions].map(([path, module]) => {
      const folder = path.split('/')[1] ?? '';
      const create: typeof module.create = (deps) => {
        const clients = Object.entries(deps.clients).map(([name, client]) => {
          if (name === 'http') return [name, client];
          const send: Client['send'] = (command, options) => {
            const action = command.constructor.name.replace(/Command$/, '');
            used.add(`${folder} ${prefixes[name] ?? name}:${action}`);
            return (client as Client).send(command, options);
          };
          return [name, { send }];
        });
        return module.create({ ...deps, clients: Object.fromEntries(clients) as typeof deps.clients });
      };
      return [path, { create }] as const;
    }),
  ),
});

const minute = 60_000;

/** Ends a story at its first denied call. */
class Denied extends Error {}

/** A release, a broken release, a burst by hand and a rollback by hand; each waits a bounded time for its end. */
const play = async (
  material: WorldMaterial,
  untilDenied = false,
): Promise<{ denied: string[]; verdicts: string[] }> => {
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
  const stopAll = async (): Promise<void> => {
    const { executions } = (await world.settle(
      world.cloud.call('states', 'ListExecutions', {
        stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:spillway-rollout',
        statusFilter: 'RUNNING',
      }),
      minute,
    )) as { executions: { executionArn: string }[] };
    for (const { executionArn } of executions)
      await world.settle(world.cloud.call('states', 'StopExecution', { executionArn }), minute);
  };
  const next = async (count: number): Promise<void> => {
    await world.until(
      () => verdicts.length >= count || (untilDenied && world.cloud.iam.denials().length > 0),
      60 * minute,
    );
    if (untilDenied && world.cloud.iam.denials().length > 0) throw new Denied();
  };
  const story = async (): Promise<void> => {
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
    for (const Name of ['spillway-service-changed', 'spillway-task-stopped'])
      await world.settle(world.cloud.call('events', 'EnableRule', { Name }), minute);
    // A push on the heels of another one waits for a safe point, and takes over there.
    world.push('order-processor', 'v5');
    await world.pass(1_200);
    world.push('order-processor', 'v6');
    await next(8);
    // Stopped by hand, and taken back by the guardian.
    world.push('order-processor', 'v7');
    await world.pass(10_000);
    await stopAll();
    await next(9);
    // A push whose event is lost: the reconciler reports it, and starts it at its next look.
    await world.settle(world.cloud.call('events', 'DisableRule', { Name: 'spillway-image-pushed' }), minute);
    world.push('order-processor', 'v8');
    await world.pass(6 * minute);
    await world.settle(world.cloud.call('events', 'EnableRule', { Name: 'spillway-image-pushed' }), minute);
    await next(10);
    // A service with gates: its scan ends by an event, and somebody approves.
    world.push('web-ui', 'v1');
    await world.pass(minute);
    await world.settle(start('spillway-operate', { action: 'approve', service: 'web-ui' }), minute);
    await next(11);
    await world.settle(start('spillway-operate', { action: 'restart', service: 'web-ui' }), minute);
    await next(12);
    // Nobody approves this one, and its scan has ended when it is asked for by hand.
    world.push('web-ui', 'v2');
    await next(13);
    await world.settle(start('spillway-rollout', { service: 'web-ui', image: 'v2' }), minute);
    await next(14);
    // Stopped by hand while it waits for its approval: the guardian tells of its end.
    world.push('web-ui', 'v3');
    await world.pass(minute);
    await stopAll();
    await next(15);
    await world.settle(start('spillway-operate', { action: 'plan', service: 'web-ui', image: 'v2' }), minute);
    await world.settle(start('spillway-operate', { action: 'plan', service: 'order-processor', image: 'v1' }), minute);
    await world.pass(minute);
    // An update of the workload alone: the controller keeps the grants that it has here.
    const wider = structuredClone(gated);
    Object.assign(wider.services['web-ui'] ?? {}, { memoryMiB: 1024 });
    const assembly = synthesize(wider);
    const stacks = assembly.stacks.filter(({ name }) => name === 'SpillwayWorkload');
    await world.settle(deployStacks(world.cloud, { ...assembly, stacks }), 60 * minute);
    await next(16);
    await world.settle(start('spillway-operate', { action: 'freeze', service: '*' }), minute);
    await world.pass(minute);
  };
  await story().catch((error: unknown) => {
    if (!(error instanceof Denied)) throw error;
  });
  const denied = world.cloud.iam.denials().map(({ who, action }) => `${who.split('/').at(-1)} ${action}`);
  return { denied, verdicts };
};

/** The digest in the task definition of the external twin. */
const currentOf = async (world: VirtualWorld): Promise<{ release: string }> => ({
  release: (await world.settle(world.imageOf('order-processor-external'), minute))?.split('@')[1] ?? '',
});

const folders = [
  'start-rollout',
  'retire-revisions',
  'admit-rollout',
  'take-lease',
  'await-scan',
  'observe-scan',
  'plan-rollout',
  'await-approval',
  'await-turn',
  'register-release',
  'move-twin',
  'await-twin',
  'observe-twin',
  'prove-release',
  'probe-twin',
  'keep-image',
  'guard-executions',
  'reconcile-services',
  'close-rollout',
  'admit-burst',
  'decide-burst',
  'close-burst',
  'admit-operation',
];

const grantsOf = (material: WorldMaterial): Grant[] => {
  const controller = material.assembly.stacks.find((stack) => stack.name === 'SpillwayController');
  return folders.flatMap((folder) => {
    const statements = policiesOf(controller?.template ?? {})
      .filter(([id]) => id.startsWith(`${logicalId(folder)}Role`))
      .flatMap(([, found]) => found);
    const actions = statements.flatMap(({ Action }) => Action).filter((action) => !/^(logs|xray):/.test(action));
    return [...new Set(actions)].map((action) => ({ folder, action }));
  });
};

describe('least privilege', () => {
  let material: WorldMaterial;
  let grants: Grant[];
  beforeAll(async () => {
    material = await prepareWorlds(gated);
    grants = grantsOf(material);
  });

  it('denies nothing that is called, and allows nothing that is not', { timeout: 60_000 }, async () => {
    const used = new Set<string>();
    const { denied, verdicts } = await play(noting(material, used));
    expect(denied).toEqual([]);
    expect(verdicts).toEqual([
      'completed',
      'rolled-back',
      'recalled',
      'completed',
      'completed',
      'rolled-back',
      'superseded',
      'completed',
      'stopped-by-hand',
      'completed',
      'completed',
      'completed',
      'refused',
      'refused',
      'stopped-by-hand',
      'completed',
    ]);
    // PassRole is no call: it is asked of those who name a role.
    const unused = grants
      .filter(({ action }) => action !== 'iam:PassRole')
      .map(({ folder, action }) => `${folder} ${action}`)
      .filter((name) => !used.has(name));
    expect(unused.sort()).toEqual(Object.keys(notInTheStory).sort());
  });

  // One grant of each function, and each grant to pass a role: all of them would be the same story fifty times.
  it('a grant that is taken away is denied by name', { timeout: 240_000 }, async () => {
    const taken = grants.filter(
      (grant) =>
        grant.action === 'iam:PassRole' ||
        grant === grants.find(({ folder, action }) => folder === grant.folder && !notInTheStory[`${folder} ${action}`]),
    );
    expect(new Set(taken.map(({ folder }) => folder)).size).toBe(folders.length);
    const unnoticed: string[] = [];
    for (const grant of taken) {
      const { denied } = await play(without(material, grant), true);
      const own = `SpillwayController-${logicalId(grant.folder)}`;
      if (!denied.some((one) => one.startsWith(own) && one.endsWith(grant.action))) {
        unnoticed.push(`${grant.folder} ${grant.action} (denied: ${denied.join(', ') || 'nothing'})`);
      }
    }
    expect(unnoticed).toEqual([]);
  });
});

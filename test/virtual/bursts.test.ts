import { beforeAll, describe, expect, it } from 'vitest';
import { defineConfiguration } from '../../functions/core/configuration.ts';
import { virtualClients } from '../../local/virtual/clients.ts';
import { prepareWorlds, synthesize, VirtualWorld, type WorldMaterial } from '../../local/virtual/world.ts';
import { deployStacks } from '../../local/world/deploy-stacks.ts';
import { defaultFidelity, type Fidelity } from '../../simulator/cloud/fidelity.ts';
import configuration from '../../spillway.config.ts';
import { sampleMaterial } from './material.ts';

const minute = 60_000;
const service = 'order-processor';

interface Told {
  readonly state: string;
  readonly burstId?: string;
  readonly cause?: string;
  readonly reason: string;
  readonly moves?: readonly { readonly desiredCount: number }[];
  readonly alarm?: { readonly kind: string } | null;
  readonly ledger?: {
    readonly fargateStarts: number;
    readonly fargateSeconds: { readonly paid: number; readonly used: number };
  };
}

/** A world in which the first release of the service runs, with what its bursts tell. */
const released = async (material: WorldMaterial, fidelity?: Fidelity) => {
  const told: Told[] = [];
  const rollouts: string[] = [];
  const world = await VirtualWorld.boot(material, {
    seed: 7,
    ...(fidelity && { fidelity }),
    onEvent: (event) => {
      if (event['detail-type'] === 'Spillway Burst State Change') told.push(event.detail as unknown as Told);
      if (event['detail-type'] === 'Spillway Rollout State Change' && event.detail.verdict)
        rollouts.push(String(event.detail.service));
    },
  });
  for (const name of ['orders-api', service]) world.push(name, 'v1');
  await world.until(() => rollouts.length >= 2, 20 * minute);
  await world.pass(minute);
  return { world, told };
};

const order = async (world: VirtualWorld, index: number, residency: 'any' | 'onprem'): Promise<number> => {
  const response = await world.request('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': `burst-${residency}-${index}` },
    body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 }], residency }),
  });
  return response.status;
};

const start = async (
  world: VirtualWorld,
  input: object,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<{ status: string; error?: string; cause?: string }> => {
  const { executionArn } = (await world.cloud.call('states', 'StartExecution', {
    stateMachineArn: `arn:aws:states:us-east-1:${world.cloud.accountId}:stateMachine:spillway-burst`,
    input: JSON.stringify(input),
  })) as { executionArn: string };
  const describe = () =>
    world.cloud.call('states', 'DescribeExecution', { executionArn }) as Promise<{
      status: string;
      error?: string;
      cause?: string;
    }>;
  await meanwhile();
  await world.watch(async () => (await describe()).status !== 'RUNNING', 30 * minute);
  return world.settle(describe(), minute);
};

const onPremises = (world: VirtualWorld): string =>
  `https://sqs.us-east-1.amazonaws.com/${world.cloud.accountId}/orders-onprem`;

/** Receives what is bound to the premises in the role of a twin's tasks. */
const receive = (world: VirtualWorld, twin: string, sourceIp?: string): Promise<unknown> => {
  const roleArn = `arn:aws:iam::${world.cloud.accountId}:role/spillway-${twin}-task-us-east-1`;
  const arn = `arn:aws:sts::${world.cloud.accountId}:assumed-role/${roleArn.split('/').at(-1)}/task`;
  const { sqs } = virtualClients(
    world.cloud,
    () => ({ kind: 'role', roleArn, sessionName: 'task', arn, sourceIp }),
    () => true,
  );
  class ReceiveMessageCommand {
    readonly input = { QueueUrl: onPremises(world) };
  }
  return world.settle(sqs.send(new ReceiveMessageCommand()), minute);
};

describe('bursts in the virtual world', () => {
  let material: WorldMaterial;
  beforeAll(async () => {
    material = await sampleMaterial();
  });

  it('go on and are recalled when the controller is upgraded in their middle', async () => {
    const { world, told } = await released(material);
    const fargate = () => world.settle(world.twin(`${service}-fargate`), minute);
    const { status, cause } = await start(world, { service, tasks: 2, for: 600 }, async () => {
      await world.pass(2 * minute);
      expect(await fargate()).toMatchObject({ desired: 2, running: 2 });
      await world.settle(deployStacks(world.cloud, synthesize(world.configuration, 'newer')), 60 * minute);
      expect(await fargate()).toMatchObject({ desired: 2 });
    });
    expect({ status, cause }).toMatchObject({ status: 'SUCCEEDED' });
    expect(told.at(-1)).toMatchObject({ state: 'ENDED', cause: 'time-over' });
    expect(await fargate()).toMatchObject({ desired: 0 });
  });

  it('are not started when only orders bound to the premises are late, and it is told why', async () => {
    const { world, told } = await released(material);
    const statuses = await world.settle(
      Promise.all(Array.from({ length: 90 }, (_, index) => order(world, index, 'onprem'))),
      minute,
    );
    expect(new Set(statuses)).toEqual(new Set([202]));
    await world.pass(3 * minute);
    expect(told.map(({ state, cause }) => [state, cause])).toEqual([['REFUSED', 'bound-to-premises']]);
    expect(told[0]?.reason).toContain('orders-onprem had waited');
    expect(await world.settle(world.twin(`${service}-fargate`), minute)).toMatchObject({ desired: 0, running: 0 });
    expect(world.cloud.iam.denials()).toEqual([]);
  });

  it('cannot leak such orders: IAM denies their queue to the role of the Fargate tasks', async () => {
    const { world } = await released(material);
    await expect(receive(world, `${service}-external`)).resolves.toBeDefined();
    await expect(receive(world, `${service}-fargate`)).rejects.toMatchObject({
      name: expect.stringContaining('AccessDenied'),
    });
  });

  it('read what is bound to the premises from the addresses of the sites only, where those are configured', async () => {
    const { queues } = configuration;
    const { configuration: bound, ...rest } = await prepareWorlds(
      defineConfiguration({
        ...configuration,
        queues: { ...queues, 'orders-onprem': { ...queues['orders-onprem'], siteAddresses: ['203.0.113.8/29'] } },
      }),
    );
    const { world } = await released({ configuration: bound, ...rest });
    await world.settle(order(world, 1, 'onprem'), minute);
    await world.pass(minute);
    const waiting = (await world.settle(
      world.cloud.call('sqs', 'GetQueueAttributes', { QueueUrl: onPremises(world), AttributeNames: ['All'] }),
      minute,
    )) as { readonly Attributes: Readonly<Record<string, string>> };
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = waiting.Attributes;
    expect([ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible]).toEqual(['0', '0']);
    expect(world.cloud.iam.denials()).toEqual([]);
    // The keys of a task on premises, carried away.
    for (const sourceIp of ['203.0.113.16', undefined])
      await expect(receive(world, `${service}-external`, sourceIp)).rejects.toMatchObject({
        message: expect.stringContaining('with an explicit deny in a resource-based policy'),
      });
    await expect(receive(world, `${service}-external`, '203.0.113.15')).resolves.toBeDefined();
    await expect(receive(world, `${service}-fargate`, '203.0.113.15')).rejects.toMatchObject({
      name: expect.stringContaining('AccessDenied'),
    });
  });

  it('of a person last as long as was asked for, and end with a ledger', async () => {
    const { world, told } = await released(material);
    const ended = start(world, { service, tasks: 2, for: 120 });
    const running = await world.watch(async () => (await world.twin(`${service}-fargate`)).running === 2, 3 * minute);
    expect(running).toBe(true);
    expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
    const last = told.at(-1);
    expect(last).toMatchObject({ state: 'ENDED', cause: 'time-over', ledger: { fargateStarts: 2 } });
    // Two tasks from the asking on, less ten seconds each that are not billed, as seen at looks ten seconds apart.
    expect(last?.ledger?.fargateSeconds.paid).toBeGreaterThanOrEqual(2 * (120 - 10));
    expect(last?.ledger?.fargateSeconds.paid).toBeLessThanOrEqual(2 * (120 + 20));
    // Nothing was sent, so no second of it was work.
    expect(last?.ledger?.fargateSeconds.used).toBe(0);
    expect(await world.settle(world.twin(`${service}-fargate`), minute)).toMatchObject({ desired: 0 });
  });

  it('have no more tasks than their subnets have addresses for, and say so', async () => {
    const { world, told } = await released(material);
    const { ec2 } = world.cloud;
    const [first, second] = [...ec2.subnets.values()].filter(({ tags }) => tags.get('Name')?.includes('private'));
    for (const [subnet, free] of [
      [first, 3],
      [second, 0],
    ] as const)
      if (subnet) ec2.holdAddresses(subnet.id, ec2.availableAddresses(subnet) - free);
    const ended = start(world, { service, tasks: 6, for: 120 });
    await world.pass(100_000);
    expect(await world.settle(world.twin(`${service}-fargate`), minute)).toMatchObject({ desired: 3, running: 3 });
    expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
    const reasons = told.map(({ reason }) => reason).join(' ');
    expect(reasons).toContain('6 would be needed, and the number of free addresses in its subnets allows 3');
    expect(world.cloud.iam.denials()).toEqual([]);
  });

  it('have no more tasks than the quota of vCPUs leaves beside those of the other services', async () => {
    // The two tasks of orders-api take half a vCPU, and each of these as much.
    const { world, told } = await released(material, {
      ...defaultFidelity,
      ecs: { ...defaultFidelity.ecs, fargateVcpus: 1.5 },
    });
    const ended = start(world, { service, tasks: 6, for: 120 });
    await world.pass(100_000);
    const { running } = await world.settle(world.twin(`${service}-fargate`), minute);
    expect(running).toBe(2);
    expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(told.map(({ reason }) => reason).join(' ')).toContain("the account's Fargate vCPU quota allows 2");
  });

  it('have no more tasks than their budget pays for, with all that a rollout may run of them, and say so', async () => {
    const settings = configuration.services[service];
    if (!settings?.burst) throw new Error('the sample has no burst');
    const burst = { ...settings.burst, budget: { hourlyUsd: 0.02 } };
    const { world, told } = await released(
      await prepareWorlds({
        ...configuration,
        services: { ...configuration.services, [service]: { ...settings, burst } },
      }),
    );
    // 230 s of a task cost $0.0016: twelve of them, of which a rollout may run twice as many as are desired.
    const ended = start(world, { service, tasks: 8, for: 60 });
    await world.pass(30_000);
    expect(await world.settle(world.twin(`${service}-fargate`), minute)).toMatchObject({ desired: 6 });
    expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(told.map(({ reason }) => reason).join(' ')).toContain(
      '8 would be needed, and the hourly budget ($0.02 of $0.02 left, and a rollout may run 200 % of them) allows 6',
    );
  });

  it('go on under the configured cap where AWS tells neither, and say that', async () => {
    const stacks = material.assembly.stacks.map((stack) => ({
      ...stack,
      template: JSON.parse(
        JSON.stringify(stack.template)
          .replaceAll('"servicequotas:GetServiceQuota"', '"servicequotas:ListServices"')
          .replaceAll('"ec2:DescribeSubnets"', '"ec2:DescribeVpcs"'),
      ),
    }));
    const { world, told } = await released({ ...material, assembly: { ...material.assembly, stacks } });
    const ended = start(world, { service, tasks: 2, for: 60 });
    expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(told.map(({ reason }) => reason).join(' ')).toContain(
      "The account's Fargate vCPU quota could not be read (AccessDeniedException), and the subnets' free addresses could not be read (UnauthorizedOperation)",
    );
    expect(told.at(-1)).toMatchObject({ ledger: { fargateStarts: 2 } });
  });

  it.each([
    ['just begun', 4],
    ['with tasks that start', 20],
    ['with tasks that work', 70],
    ['as its time is over', 123],
  ])(
    'that are stopped by hand, %s, are gone on with, and recalled when their time is over',
    async (_, stoppedAfter) => {
      const { world, told } = await released(material);
      const { executionArn } = (await world.settle(
        world.cloud.call('states', 'StartExecution', {
          stateMachineArn: `arn:aws:states:us-east-1:${world.cloud.accountId}:stateMachine:spillway-burst`,
          input: JSON.stringify({ service, tasks: 2, for: 120 }),
        }),
        minute,
      )) as { executionArn: string };
      await world.pass(1_000 * stoppedAfter);
      await world.settle(world.cloud.call('states', 'StopExecution', { executionArn }), minute);
      const over = await world.watch(() => Promise.resolve(told.some(({ state }) => state === 'ENDED')), 15 * minute);
      expect(over).toBe(true);
      expect(told.filter(({ state }) => state === 'ENDED')).toMatchObject([
        { burstId: executionArn.split(':').at(-1), cause: 'time-over' },
      ]);
      expect(await world.settle(world.twin(`${service}-fargate`), minute)).toMatchObject({ desired: 0 });
      // Nothing is left of which the next look would find something.
      await world.pass(12 * minute);
      expect(told.filter(({ state }) => state === 'ENDED')).toHaveLength(1);
      expect(world.cloud.iam.denials()).toEqual([]);
    },
  );

  it('give back tasks that end as soon as they have started, tell it, and try again on another task definition', async () => {
    const { world, told } = await released(material);
    const call = <Answer>(action: string, input: object): Promise<Answer> =>
      world.settle(world.cloud.call('ecs', action, input), minute) as Promise<Answer>;
    const { taskDefinition } = await world.settle(world.twin(`${service}-fargate`), minute);
    const digest = world.push(service, 'v2', 'crash');
    await world.pass(15 * minute);
    const known = world.cloud.ecs.findTaskDefinition(taskDefinition)?.input ?? {};
    const input = JSON.parse(JSON.stringify(known).replace(/@sha256:[0-9a-f]+/g, `@${digest}`));
    const crashing = await call<{ taskDefinition: { taskDefinitionArn: string } }>('RegisterTaskDefinition', {
      ...input,
      family: `${service}-of-somebody-else`,
    });
    const put = (arn: string | undefined) =>
      call('UpdateService', { cluster: 'spillway', service: `${service}-fargate`, taskDefinition: arn });
    await put(crashing.taskDefinition.taskDefinitionArn);

    const ended = start(world, { service, tasks: 4, for: 600 });
    const counts = () => told.flatMap(({ moves = [] }) => moves.map(({ desiredCount }) => desiredCount));
    expect(await world.watch(async () => counts().length === 2, 5 * minute)).toBe(true);
    expect(told.at(-1)).toMatchObject({ alarm: { kind: 'crash-loop' } });
    expect(told.at(-1)?.reason).toMatch(
      /ECS has started 1[2-9] tasks in 180 s for 4 that do not work: .*nothing is added/,
    );
    await world.pass(minute);
    expect(counts()).toEqual([4, 0]);
    await put(taskDefinition);
    await world.pass(2 * minute);
    expect(await world.settle(world.twin(`${service}-fargate`), minute)).toMatchObject({ desired: 4, running: 4 });
    expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(counts()).toEqual([4, 0, 4, 0]);
  });

  it('take their tasks back after ECS has refused every call for a quarter of an hour', async () => {
    const { world, told } = await released(material);
    const ended = start(world, { service, tasks: 2, for: 120 });
    await world.pass(minute);
    world.cloud.ecs.faults.throttle(15 * minute, 1);
    expect(await ended).toMatchObject({ status: 'FAILED', error: 'BurstRecalled.controller-error' });
    expect(told.at(-1)).toMatchObject({ state: 'ENDED', ledger: { fargateStarts: 2 } });
    expect(await world.settle(world.twin(`${service}-fargate`), minute)).toMatchObject({ desired: 0 });
  });

  it.each([
    [{ service, tasks: 9 }, '9 tasks were asked for, and order-processor may have 8 in Fargate'],
    [{ service, tasks: 0 }, 'tasks: Too small'],
    [{ service, for: 86_401 }, 'for: Too big'],
    [{ service: 'till' }, "There is no service 'till'"],
    [{ service: 'web-ui' }, "web-ui has no 'burst'"],
    [{ service, task: 2 }, 'Unrecognized key: "task"'],
  ])('refuse %j with a sentence', async (input, sentence) => {
    refusing ??= released(material);
    const { world } = await refusing;
    const ended = await start(world, input);
    expect(ended.status).toBe('FAILED');
    expect(ended.cause).toContain(sentence);
  });
  let refusing: ReturnType<typeof released> | undefined;
});

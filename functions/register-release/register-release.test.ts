import { describe, expect, it } from 'vitest';
import { fakeClient, fakeDynamoDb, namedError, raise, type SentCall } from '../adapters/fake-clients.ts';
import { writeControl } from '../adapters/records.ts';
import { createItem, rolloutKey } from '../adapters/table.ts';
import { sampleRollout } from '../core/sample-rollout.ts';
import type { Control, Release } from '../core/state.ts';
import { create as createMove } from '../move-twin/move-twin.ts';
import { create } from './register-release.ts';

const td = (name: string): string => `arn:aws:ecs:us-east-1:123456789012:task-definition/${name}`;
const rollout = sampleRollout;
const control: Control = {
  service: 'shop',
  fence: 3,
  rollout: {
    executionArn: 'arn:execution:r1',
    rolloutId: 'r1',
    startedAt: '2026-11-23T12:00:00.000Z',
    digest: 'sha256:2',
    force: false,
  },
};

/** The one machine, which has room for everything but CPU. */
const machine = {
  ec2InstanceId: 'mi-1',
  agentConnected: true,
  attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
  registeredResources: [
    { name: 'CPU', integerValue: 1024 },
    { name: 'MEMORY', integerValue: 8192 },
  ],
  remainingResources: [
    { name: 'CPU', integerValue: 511 },
    { name: 'MEMORY', integerValue: 6144 },
  ],
};

/** An ECS whose twins stand on `at`; the stack states the templates in `templates`, by twin. */
const world = async (
  held: Control,
  at: Record<string, string>,
  templates: Readonly<Record<string, string>> = {},
  running = 'RUNNING',
  minimumHealthyPercent = 50,
) => {
  const sent: SentCall[] = [];
  const { client } = fakeDynamoDb();
  const table = { client, name: 'spillway' };
  await writeControl(table, held, undefined);
  await createItem(table, rolloutKey(rollout), { service: 'shop', rolloutId: 'r1' });
  let revision = 10;
  const deployment = (name: string) => ({
    id: `ecs-svc/${name}`,
    status: 'PRIMARY',
    taskDefinition: at[name],
    createdAt: new Date(0),
    rolloutState: 'COMPLETED',
  });
  const service = (name: string) => ({
    serviceName: name,
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 2,
    deploymentConfiguration: { minimumHealthyPercent, maximumPercent: 200 },
    deployments: [deployment(name)],
  });
  const ecs = fakeClient(
    {
      DescribeServices: ({ services }) => ({
        services: (services as unknown as readonly string[]).filter((name) => at[name]).map(service),
      }),
      DescribeTaskDefinition: ({ taskDefinition, include }) => {
        if (String(taskDefinition).endsWith(':gone')) throw namedError('ClientException');
        const container = { name: 'shop', image: 'host.example/shop:x', cpu: 512, memory: 1024 };
        // Of two tags the first is AWS's own, which nobody else may set.
        const tags = include
          ? [
              { key: 'aws:cloudformation:stack-name', value: 'old' },
              { key: 'team', value: 'shop' },
            ]
          : [];
        return { taskDefinition: { containerDefinitions: [container] }, tags };
      },
      ListContainerInstances: () => ({ containerInstanceArns: ['arn:machine'] }),
      DescribeContainerInstances: () => ({ containerInstances: [machine] }),
      RegisterTaskDefinition: ({ family }) => {
        revision += 1;
        return { taskDefinition: { taskDefinitionArn: td(`${String(family)}:${revision}`) } };
      },
      UpdateService: ({ service: name, taskDefinition }) => {
        at[String(name)] = String(taskDefinition);
        return { service: service(String(name)) };
      },
    },
    sent,
  );
  const ssm = fakeClient(
    {
      GetParameter: ({ Name }) => {
        const Value = templates[String(Name).replace('/spillway/templates/', '')];
        if (Value === undefined) throw namedError('ParameterNotFound');
        return { Parameter: { Value } };
      },
    },
    sent,
  );
  const sfn = fakeClient({ DescribeExecution: () => ({ status: running }) }, sent);
  const deps = {
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      TABLE_NAME: 'spillway',
      CLUSTER_NAME: 'spillway',
      TEMPLATES_PARAMETER_PREFIX: '/spillway/templates/',
      REGISTRY: '123456789012.dkr.ecr.us-east-1.amazonaws.com',
    },
    clients: { ecs, dynamodb: client, ssm, sfn, sqs: fakeClient({}), cloudwatch: fakeClient({}) },
    clock: { now: () => nowMs },
  };
  const count = (name: string) => sent.filter((call) => call.name === name).length;
  return { register: create(deps), move: createMove(deps), sent, count };
};

/** The time of the clock; the rollout started at 12:00:00. */
let nowMs = 0;

/** A twin that was there before. */
const adopted = { twin: 'shop-fargate', capacity: 'fargate', baseTasks: 2, family: 'spillway-shop-fargate' } as const;

const both = () => ({ 'shop-fargate': td('shop-fargate:1'), 'shop-external': td('shop-external:1') });

describe('the registration of a release', () => {
  it('is the same again when it is repeated, also when twins have moved meanwhile', async () => {
    const at = both();
    const { register, count } = await world(control, at);
    const first = await register({ rollout, waited: false });
    at['shop-fargate'] = td('shop-fargate:11');
    // Nothing was asked of ECS for it.
    expect(await register({ rollout, waited: false })).toEqual({ ...(first as object), ecsCalls: 0 });
    expect(count('RegisterTaskDefinition')).toBe(2);
    expect(first).toMatchObject({
      kind: 'planned',
      steps: [{ back: { taskDefinition: td('shop-fargate:1') } }, { back: { taskDefinition: td('shop-external:1') } }],
    });
  });

  it('is made from the template that the stack states, and from what runs where it states none', async () => {
    const stated = td('shop-fargate-template:3');
    const { register, sent } = await world(control, both(), { 'shop-fargate': stated });
    await register({ rollout, waited: false });
    const read = sent.filter(({ name }) => name === 'DescribeTaskDefinition').map(({ input }) => input.taskDefinition);
    expect(read).toEqual([stated, td('shop-external:1')]);
  });

  it('of an adopted twin goes into a family of its own, with the tags that its task definition has', async () => {
    const { register, sent } = await world(control, both());
    await register({ rollout: { ...rollout, twins: [adopted] }, waited: false });
    const [read, registered] = ['DescribeTaskDefinition', 'RegisterTaskDefinition'].map(
      (name) => sent.find((call) => call.name === name)?.input,
    );
    expect(read).toEqual({ taskDefinition: td('shop-fargate:1'), include: ['TAGS'] });
    expect(registered).toMatchObject({ family: 'spillway-shop-fargate', tags: [{ key: 'team', value: 'shop' }] });
  });

  it.each<[string, string, { force?: boolean; unsettled?: boolean }, number]>([
    ['leaves an adopted twin on the revision of the release', 'spillway-shop-fargate:4', {}, 0],
    ['leaves the release to what a rollout of ours left half done', 'spillway-shop-fargate:5', { unsettled: true }, 0],
    ['pins the release in what somebody else has made of an adopted twin', 'theirs:8', {}, 1],
    ['pins the release anew by force', 'spillway-shop-fargate:4', { force: true }, 1],
  ])('refreshing %s', async (_what, running, { force = false, unsettled = false }, times) => {
    const release: Release = {
      digest: 'sha256:2',
      image: 'shop@sha256:2',
      rolloutId: 'r0',
      askedAt: '2026-11-23T10:58:00.000Z',
      provedAt: '2026-11-23T11:00:00.000Z',
      provedOn: ['shop-fargate'],
      taskDefinitions: { 'shop-fargate': td('spillway-shop-fargate:4') },
      trigger: { kind: 'push' },
    };
    const left = { before: {}, taskDefinitions: [td('spillway-shop-fargate:5')] };
    const held = { ...control, release, ...(unsettled && { unsettled: left }) };
    const { register, count, sent } = await world(held, { 'shop-fargate': td(running) });
    const planned = await register({
      rollout: { ...rollout, goal: 'refresh', force, twins: [adopted] },
      waited: false,
    });
    expect(count('RegisterTaskDefinition')).toBe(times);
    const to = times === 0 ? 'spillway-shop-fargate:4' : 'spillway-shop-fargate:11';
    expect(planned).toMatchObject({ kind: 'planned', steps: [{ to: { taskDefinition: td(to) } }] });
    const read = sent.find(({ name }) => name === 'DescribeTaskDefinition')?.input.taskDefinition;
    expect(read).toBe(times === 0 ? undefined : td(running));
  });

  it('fails by name when the template that the stack states is gone', async () => {
    const gone = td('shop-fargate-template:gone');
    const { register, count } = await world(control, both(), { 'shop-fargate': gone });
    await expect(register({ rollout, waited: false })).rejects.toMatchObject({
      name: 'UnexpectedAnswer',
      message: expect.stringContaining(gone),
    });
    expect(count('RegisterTaskDefinition')).toBe(0);
  });

  it('refuses what fits on no machine, before anything is registered', async () => {
    const { register, count } = await world(control, both(), {}, 'RUNNING', 100);
    expect(await register({ rollout, waited: false })).toMatchObject({
      kind: 'failed',
      failure: { cause: 'no-fit-cpu', reason: expect.stringContaining('none has more than 511 free') },
    });
    expect(count('RegisterTaskDefinition')).toBe(0);
  });

  it('asks the machines once, whether they answer and what they have room for', async () => {
    const { register, count } = await world(control, both());
    expect(await register({ rollout, waited: false })).toMatchObject({ kind: 'planned' });
    expect(count('ListContainerInstances')).toBe(1);
    expect(count('DescribeContainerInstances')).toBe(1);
  });

  it('looks again for a minute at a twin that ECS does not show, then refuses, and registers nothing', async () => {
    const { register, count } = await world(control, { 'shop-fargate': td('shop-fargate:1') });
    nowMs = Date.parse('2026-11-23T12:00:59.999Z');
    await expect(register({ rollout, waited: false })).rejects.toMatchObject({ name: 'NotSettled' });
    nowMs = Date.parse('2026-11-23T12:01:00.000Z');
    expect(await register({ rollout, waited: false })).toMatchObject({
      kind: 'failed',
      failure: { cause: 'service-missing' },
    });
    expect(count('RegisterTaskDefinition')).toBe(0);
  });

  it('stops when the lease is not its own any more', async () => {
    const { register } = await world({ ...control, fence: 4 }, both());
    await expect(register({ rollout, waited: false })).rejects.toMatchObject({ name: 'FenceLost' });
  });
});

describe('a move', () => {
  const step = {
    twin: 'shop-fargate',
    capacity: 'fargate',
    to: { taskDefinition: td('shop-fargate:2') },
    back: { taskDefinition: td('shop-fargate:1') },
    ours: [td('shop-fargate:1'), td('shop-fargate:2')],
    overtaken: [],
    desiredCount: 2,
  };
  const failure = { kind: 'twin', twin: 'shop-external', cause: 'unhealthy', reason: '', leave: false };

  it('sends the task definition alone, so that no count changes', async () => {
    const { move, sent } = await world(control, both());
    await move({ kind: 'forward', rollout, step });
    expect(sent).toEqual([
      {
        name: 'UpdateService',
        input: { cluster: 'spillway', service: 'shop-fargate', taskDefinition: td('shop-fargate:2') },
      },
    ]);
  });

  const newer = {
    executionArn: 'arn:execution:r2',
    askedAt: '2026-11-23T12:01:00.000Z',
    startedAt: '2026-11-23T12:01:00.000Z',
    digest: 'sha256:3',
  };

  it('is not sent when a newer start waits, which takes over instead', async () => {
    const { move, count } = await world({ ...control, newest: newer }, both());
    expect(await move({ kind: 'forward', rollout, step })).toMatchObject({
      kind: 'superseded',
      failure: { kind: 'superseded', by: 'arn:execution:r2' },
    });
    expect(count('UpdateService')).toBe(0);
  });

  it('is sent when the newer start was stopped, and on the way back whoever waits', async () => {
    const stopped = await world({ ...control, newest: newer }, both(), {}, 'ABORTED');
    expect(await stopped.move({ kind: 'forward', rollout, step })).toMatchObject({ kind: 'arrived' });
    const { move } = await world({ ...control, newest: newer }, both());
    expect(await move({ kind: 'back', rollout, step, failure })).toMatchObject({ kind: 'arrived' });
  });

  it('is not sent with a lost fence', async () => {
    for (const lost of [
      { ...control, fence: 4 },
      { ...control, rollout: undefined },
    ]) {
      const { move, count } = await world(lost, both());
      await expect(move({ kind: 'forward', rollout, step })).rejects.toMatchObject({ name: 'FenceLost' });
      await expect(move({ kind: 'back', rollout, step, failure })).rejects.toMatchObject({ name: 'FenceLost' });
      expect(count('UpdateService')).toBe(0);
    }
  });

  it('back leaves a twin that somebody else has moved, or that the failure says to leave', async () => {
    const foreign = await world(control, { ...both(), 'shop-fargate': td('shop-fargate:99') });
    const other = { ...failure, leave: true };
    expect(await foreign.move({ kind: 'back', rollout, step, failure: other })).toMatchObject({ kind: 'left' });
    const own = await world(control, both());
    const leave = { ...failure, twin: 'shop-fargate', leave: true };
    expect(await own.move({ kind: 'back', rollout, step, failure: leave })).toMatchObject({ kind: 'left' });
    expect(foreign.count('UpdateService') + own.count('UpdateService')).toBe(0);
  });

  it('back says of a twin that somebody else has moved, or that is gone, that it could not be taken back', async () => {
    const foreign = await world(control, { ...both(), 'shop-fargate': td('shop-fargate:99') });
    expect(await foreign.move({ kind: 'back', rollout, step, failure })).toMatchObject({
      kind: 'failed',
      failure: { twin: 'shop-fargate', cause: 'changed-by-someone-else', leave: true },
    });
    const { 'shop-fargate': _gone, ...rest } = both();
    const gone = await world(control, rest);
    expect(await gone.move({ kind: 'back', rollout, step, failure })).toMatchObject({
      kind: 'failed',
      failure: { twin: 'shop-fargate', cause: 'service-deleted' },
    });
    expect(foreign.count('UpdateService') + gone.count('UpdateService')).toBe(0);
  });

  it('back is sent even when the twin seems to be there, since that may be a late read', async () => {
    const { move, count } = await world(control, both());
    expect(await move({ kind: 'back', rollout, step, failure })).toMatchObject({ kind: 'arrived', ecsCalls: 2 });
    expect(count('UpdateService')).toBe(1);
  });

  it('of a burst needs the lease of the burst and sends the count alone', async () => {
    const burst = { executionArn: 'arn:execution:b', burstId: 'b', startedAt: '', generation: 0 };
    const { move, sent } = await world({ ...control, burst }, both());
    const input = {
      kind: 'burst',
      service: 'shop',
      burstId: 'b',
      executionArn: 'arn:execution:b',
      move: { twin: 'shop-fargate', desiredCount: 4 },
    };
    await move(input);
    expect(sent).toEqual([
      { name: 'UpdateService', input: { cluster: 'spillway', service: 'shop-fargate', desiredCount: 4 } },
    ]);
    await expect(move({ ...input, executionArn: 'arn:execution:older' })).rejects.toMatchObject({ name: 'FenceLost' });
  });

  it('of a service that is gone is a failure on that twin', async () => {
    const { client } = fakeDynamoDb();
    await writeControl({ client, name: 'spillway' }, control, undefined);
    const move = createMove({
      env: { POWERTOOLS_LOG_LEVEL: 'SILENT', TABLE_NAME: 'spillway', CLUSTER_NAME: 'spillway' },
      clients: {
        dynamodb: client,
        ecs: fakeClient({ UpdateService: raise(namedError('ServiceNotFoundException')) }),
        sfn: fakeClient({}),
      },
      clock: { now: () => 0 },
    });
    expect(await move({ kind: 'forward', rollout, step })).toMatchObject({
      kind: 'failed',
      failure: { cause: 'service-deleted', leave: true },
    });
  });
});

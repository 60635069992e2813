import { expect, it } from 'vitest';
import type { Configuration } from '../../functions/core/configuration.ts';
import { prepareWorlds, VirtualWorld } from '../../local/virtual/world.ts';
import { defaultFidelity } from '../../simulator/cloud/fidelity.ts';
import { taskView } from '../../simulator/ecs/views.ts';
import configuration from '../../spillway.config.ts';

const minute = 60_000;
const service = 'order-processor';

interface Ledger {
  readonly fargateStarts: number;
  readonly fargateSeconds: { readonly paid: number };
  readonly usd: { readonly fargate: number };
  readonly spot?: { readonly paidSeconds: number; readonly usd: number; readonly takenBack: number };
}
interface Told {
  readonly state: string;
  readonly cause?: string;
  readonly moves?: readonly { readonly twin: string; readonly desiredCount: number }[];
  readonly alarm?: { readonly kind: string } | null;
  readonly ledger?: Ledger;
}

/** The sample whose Fargate tasks run on Spot to three quarters, beside one that never does. */
const onSpot = (): Configuration => {
  const shared = structuredClone(configuration);
  const { burst } = shared.services[service] as Configuration['services'][string];
  Object.assign(burst ?? {}, { spotShare: 0.75, onDemandBase: 1, spotDiscount: 0.6 });
  return shared;
};

/** A task's time from the start of its pull to its end, by the events that told of it. */
interface Billed {
  readonly provider: string;
  readonly stopCode: string;
  readonly seconds: number;
}

it('bursts on Spot lose no order and do none twice while AWS takes tasks back, and account for each kind of Fargate', {
  timeout: 120_000,
}, async () => {
  const told: Told[] = [];
  const verdicts: string[] = [];
  const tasks = new Map<string, Readonly<Record<string, unknown>>>();
  const fidelity = { ...defaultFidelity, ecs: { ...defaultFidelity.ecs } };
  const world = await VirtualWorld.boot(await prepareWorlds(onSpot()), {
    seed: 11,
    fidelity,
    onEvent: ({ 'detail-type': type, detail }) => {
      if (type === 'Spillway Burst State Change') told.push(detail as unknown as Told);
      if (type === 'Spillway Rollout State Change' && detail.verdict) verdicts.push(String(detail.verdict));
      if (type === 'ECS Task State Change' && detail.group === `service:${service}-fargate`)
        tasks.set(String(detail.taskArn), detail);
    },
  });
  for (const name of ['orders-api', service]) world.push(name, 'v1');
  // The release is proved on the twin, which rests, by a task that runs on demand.
  await world.until(() => verdicts.length >= 2, 20 * minute);
  expect(verdicts).toEqual(['completed', 'completed']);

  const ids: string[] = [];
  let sent = 0;
  const send = async (count: number): Promise<void> => {
    const answers = Array.from({ length: count }, async () => {
      sent += 1;
      const response = await world.request('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `spot-${sent}` },
        body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 }], residency: 'any' }),
      });
      ids.push(((await response.json()) as { id: string }).id);
    });
    await world.settle(Promise.all(answers), minute);
  };

  const { executionArn } = (await world.settle(
    world.cloud.call('states', 'StartExecution', {
      stateMachineArn: `arn:aws:states:us-east-1:${world.cloud.accountId}:stateMachine:spillway-burst`,
      input: JSON.stringify({ service, tasks: 6, for: 300 }),
    }),
    minute,
  )) as { executionArn: string };
  const untilMs = world.kernel.now() + 300_000;
  for (let part = 0; part < 30; part += 1) {
    await send(120);
    await world.pass(7_000);
    // Spot is taken back twice: while all tasks work, and again when others have come in their place.
    if (part === 10 || part === 20) world.cloud.ecs.faults.interruptSpot();
  }
  const running = await world.settle(world.twin(`${service}-fargate`), minute);
  expect(running).toMatchObject({ desired: 6, running: 6 });
  // And a third time just before the end, which ECS lists only after the tasks were given back.
  await world.pass(untilMs - 1_000 - world.kernel.now());
  const { ecs } = world.cloud;
  Object.assign(fidelity.ecs, { staleReadsMs: 20_000, staleReadShare: 1 });
  for (const cluster of ecs.clusters.values())
    for (const task of cluster.tasks.values())
      if (task.capacityProvider === 'FARGATE_SPOT' && task.lastStatus === 'RUNNING')
        ecs.staleness.note(task.arn, () => taskView(ecs.arns, task, []));
  ecs.faults.interruptSpot();
  expect(await world.watch(async () => told.some(({ state }) => state === 'ENDED'), 15 * minute)).toBe(true);
  await world.pass(3 * minute);

  const billed: Billed[] = [...tasks.values()].map(({ capacityProviderName, stopCode, pullStartedAt, stoppedAt }) => ({
    provider: String(capacityProviderName),
    stopCode: String(stopCode),
    // One that was given back before its pull costs nothing.
    seconds: pullStartedAt ? (Date.parse(String(stoppedAt)) - Date.parse(String(pullStartedAt))) / 1_000 : 0,
  }));
  const secondsOn = (provider: string): number =>
    billed.filter((task) => task.provider === provider).reduce((all, { seconds }) => all + seconds, 0);
  expect(billed.filter(({ stopCode }) => stopCode === 'SpotInterruption')).toHaveLength(9);

  const found = await world.settle(
    Promise.all(ids.map(async (id) => (await world.request(`/api/orders/${id}`)).json())),
    5 * minute,
  );
  expect(new Set(ids).size).toBe(3_600);
  for (const order of found) expect(order).toMatchObject({ status: 'processed', effects: 1 });

  // Missing tasks are started again by ECS, and neither a fire nor a release that crashes.
  const counts = told.flatMap(({ moves = [] }) => moves.filter(({ twin }) => twin.endsWith('-fargate')));
  expect(counts.map(({ desiredCount }) => desiredCount)).toEqual([6, 0]);
  expect(told.map(({ alarm }) => alarm?.kind).filter((kind) => kind !== undefined && kind !== 'infeasible')).toEqual(
    [],
  );

  const { ledger } = told.at(-1) ?? {};
  expect(told.at(-1)).toMatchObject({ state: 'ENDED', cause: 'time-over' });
  // Six, and one in the place of each that was taken back: the last three were given back before their pull.
  expect(ledger).toMatchObject({ fargateStarts: 15, spot: { takenBack: 9 } });
  // The ledger counts at looks ten seconds apart: within 25 s for each start. At one look a stale list shows the three tasks that
  // were just taken back beside those in their place, so that the seconds of three tasks on demand count as Spot's until the next.
  const { fargateSeconds, spot, usd } = ledger as Ledger & { readonly spot: NonNullable<Ledger['spot']> };
  const within = (seconds: number, truth: number, starts: number) =>
    expect(Math.abs(seconds - truth)).toBeLessThanOrEqual(25 * starts + 3 * 10);
  within(spot.paidSeconds, secondsOn('FARGATE_SPOT'), 9);
  within(fargateSeconds.paid - spot.paidSeconds, secondsOn('FARGATE'), 3);
  // Half a vCPU and a GiB for an hour: $0.024685, and 0.6 less on Spot.
  expect(spot.usd).toBeCloseTo((spot.paidSeconds * 0.4 * 0.024685) / 3_600, 5);
  expect(usd.fargate - spot.usd).toBeCloseTo(((fargateSeconds.paid - spot.paidSeconds) * 0.024685) / 3_600, 5);
  const execution = await world.settle(world.cloud.call('states', 'DescribeExecution', { executionArn }), minute);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(world.cloud.iam.denials()).toEqual([]);
});

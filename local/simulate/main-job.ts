import { type Capacity, type Configuration, capacitiesOf, twinName } from '../../functions/core/configuration.ts';
import type { Fidelity } from '../../simulator/cloud/fidelity.ts';
import type { BusEvent, TimelineLine } from '../timeline/describe-event.ts';
import { type TimedLine, Timeline } from '../timeline/timeline.ts';
import { VirtualWorld, type WorldMaterial } from '../virtual/world.ts';
import { deniedSince } from '../world/denied-since.ts';

/** A line of the story with its time since the story's start. */
export interface StoryLine extends TimelineLine {
  readonly sinceStartMs: number;
}

export interface StoryResult {
  readonly scenario: 'main-job';
  readonly seed: number;
  /** SHA-256 of the trace: equal for equal histories. */
  readonly traceHash: string;
  readonly virtualSeconds: number;
  readonly events: number;
  /** One entry for each thing that the story promises, with whether it came true. */
  readonly checks: readonly { readonly rule: string; readonly ok: boolean; readonly found: string }[];
  readonly orders: {
    readonly sent: number;
    /** Not accepted in five attempts. */
    readonly refused: number;
    readonly processed: number;
    readonly twice: number;
    readonly lost: number;
    readonly onFargate: number;
  };
}

const minute = 60_000;
/** Tasks of one twin that start or stop within this time are told as one line. */
const togetherMs = 5_000;

interface Ended {
  readonly service: string;
  readonly verdict: string;
  readonly cause: string;
  readonly digest: string;
}

/**
 * Deploy v1 of every service, push v2 and a broken v3 of the order processor, flood its queue, watch the burst and its
 * recall, with a rollout in the middle of the burst.
 */
export const playMainJob = async (
  material: WorldMaterial,
  seed: number,
  onLine: (line: StoryLine) => void,
  fidelity?: Fidelity,
): Promise<StoryResult> => {
  const rollouts: Ended[] = [];
  const bursts: string[] = [];
  let startMs = 0;
  const timeline = new Timeline(togetherMs);
  const tell = (lines: readonly TimedLine[]): void => {
    for (const line of lines) onLine({ ...line, sinceStartMs: line.atMs - startMs });
  };
  const onEvent = (event: BusEvent): void => {
    if (event['detail-type'] === 'Spillway Rollout State Change' && event.detail.verdict)
      rollouts.push(event.detail as unknown as Ended);
    if (event['detail-type'] === 'Spillway Burst State Change') bursts.push(String(event.detail.state));
    if (startMs > 0) tell(timeline.event(event, world.kernel.now()));
  };
  const world = await VirtualWorld.boot(material, { seed, fidelity, onEvent });
  const deniedAtBoot = world.cloud.iam.denials();
  startMs = world.kernel.now();
  const checks: { rule: string; ok: boolean; found: string }[] = [];
  const check = (rule: string, ok: boolean, found: string): void => void checks.push({ rule, ok, found });
  const chapter = (title: string): void =>
    tell(timeline.line({ about: '', text: `— ${title}`, tone: 'plain' }, world.kernel.now()));
  const ended = (service: string, count: number) =>
    world.until(() => rollouts.filter((one) => one.service === service).length >= count, 60 * minute);
  const last = (service: string): Ended | undefined => rollouts.filter((one) => one.service === service).at(-1);
  const said = (one: Ended | undefined): string => (one ? `${one.verdict} (${one.cause})` : 'nothing');

  chapter('the first release of every service');
  const services = Object.keys(material.configuration.services);
  for (const service of services) world.push(service, 'v1');
  for (const service of services) {
    await ended(service, 1);
    check(`v1 of ${service} is released`, last(service)?.verdict === 'completed', said(last(service)));
  }
  await world.pass(2 * minute);

  chapter('a second release of order-processor');
  const v2 = world.push('order-processor', 'v2');
  await ended('order-processor', 2);
  check('v2 is released', last('order-processor')?.verdict === 'completed', said(last('order-processor')));
  check('both twins are pinned to the digest of v2', await pinnedTo(world, 'order-processor', v2), v2);
  await world.pass(minute);

  chapter('a broken release of order-processor');
  world.push('order-processor', 'v3', 'crash');
  await ended('order-processor', 3);
  check(
    'the broken v3 is rolled back',
    last('order-processor')?.verdict === 'rolled-back',
    said(last('order-processor')),
  );
  check('both twins are back on v2', await pinnedTo(world, 'order-processor', v2), v2);
  await world.pass(minute);

  chapter('a flood of orders, more than the premises can carry');
  const orders = new OrderBook(world, seed);
  const flooded = orders.flood(20, 90);
  const bursting = await world.until(() => bursts.includes('STARTED'), 10 * minute);
  check('the flood starts a burst', bursting, bursts.join(', ') || 'nothing');
  const onFargate = async (): Promise<number> => (await world.twin('order-processor-fargate')).running;
  check(
    'Fargate tasks appear',
    await world.watch(async () => (await onFargate()) > 0, 10 * minute),
    `${await onFargate()} running`,
  );
  const v4 = world.push('order-processor', 'v4');
  await ended('order-processor', 4);
  check(
    'a release in the middle of the burst completes',
    last('order-processor')?.verdict === 'completed',
    said(last('order-processor')),
  );
  check('both twins are pinned to the digest of v4', await pinnedTo(world, 'order-processor', v4), v4);
  await flooded();
  const recalled = await world.until(() => bursts.includes('ENDED'), 60 * minute);
  check('the burst is recalled', recalled, bursts.join(', '));
  const base = baseOf(material.configuration, 'order-processor', 'fargate');
  const atBase = await world.watch(async () => (await onFargate()) === base, 10 * minute);
  check('Fargate is back at its base', atBase, `${await onFargate()} running, base ${base}`);
  await world.pass(2 * minute);
  const tally = await orders.reconcile();
  check(
    'every order is accepted, and processed exactly once',
    tally.lost === 0 && tally.twice === 0 && tally.refused === 0 && tally.sent > 0,
    JSON.stringify(tally),
  );
  const denied = deniedSince(deniedAtBoot, world.cloud.iam.denials());
  check('nothing was denied by IAM', denied.length === 0, JSON.stringify(denied));
  tell(timeline.flush());

  return {
    scenario: 'main-job',
    seed,
    traceHash: world.kernel.traceHash(),
    virtualSeconds: Math.round((world.kernel.now() - startMs) / 1000),
    events: world.kernel.processed,
    checks,
    orders: tally,
  };
};

const baseOf = (configuration: Configuration, service: string, capacity: Capacity): number | undefined =>
  configuration.services[service]?.[capacity]?.baseTasks;

/** Whether both twins' task definitions name exactly this digest. */
const pinnedTo = async (world: VirtualWorld, service: string, digest: string): Promise<boolean> => {
  const settings = world.configuration.services[service];
  if (!settings) return false;
  for (const capacity of capacitiesOf(settings)) {
    const image = await world.imageOf(twinName(service, capacity, settings));
    if (!image?.endsWith(`@${digest}`)) return false;
  }
  return true;
};

/** Sends orders as customers do, through the load balancer, and asks afterwards what became of each. */
class OrderBook {
  readonly #world: VirtualWorld;
  readonly #seed: number;
  readonly #ids: string[] = [];
  #refused = 0;

  constructor(world: VirtualWorld, seed: number) {
    this.#world = world;
    this.#seed = seed;
  }

  /**
   * Open-loop: `perSecond` orders for `seconds` from now on, whatever the answers.
   * @returns what waits until the last one has been sent and answered.
   */
  flood(perSecond: number, seconds: number): () => Promise<void> {
    const { kernel } = this.#world;
    const sent: Promise<void>[] = [];
    const untilMs = kernel.now() + seconds * 1000;
    for (let second = 0; second < seconds; second += 1) {
      for (let index = 0; index < perSecond; index += 1) {
        const number = second * perSecond + index;
        const atMs = second * 1000 + kernel.draw('order-arrival') * 1000;
        kernel.after(atMs, 'order', () => void sent.push(this.#place(number)));
      }
    }
    return async () => {
      await this.#world.pass(Math.max(0, untilMs - kernel.now()));
      await this.#world.settle(Promise.all(sent), 5 * minute);
    };
  }

  async #place(number: number): Promise<void> {
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const response = await this.#world.request('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `story-${this.#seed}-${number}` },
        body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 + (number % 3) }] }),
      });
      if (response.status === 202) {
        this.#ids.push(response.headers.get('location')?.split('/').at(-1) ?? '');
        return;
      }
      await new Promise<void>((resolve) => void this.#world.kernel.after(1_000 * attempt, 'order-again', resolve));
    }
    this.#refused += 1;
  }

  async reconcile(): Promise<StoryResult['orders']> {
    const found = await this.#world.settle(
      Promise.all(
        this.#ids.map(async (id) => {
          const response = await this.#world.request(`/api/orders/${id}`);
          return response.ok
            ? ((await response.json()) as { status: string; effects: number; processedOn?: { capacity?: string } })
            : undefined;
        }),
      ),
      10 * minute,
    );
    const processed = found.filter((order) => order?.status === 'processed');
    return {
      sent: this.#ids.length,
      refused: this.#refused,
      processed: processed.length,
      twice: processed.filter((order) => (order?.effects ?? 0) > 1).length,
      lost: this.#ids.length - processed.length,
      onFargate: processed.filter((order) => order?.processedOn?.capacity === 'fargate').length,
    };
  }
}

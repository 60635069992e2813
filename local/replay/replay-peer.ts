import type { Peer, PeerMetric } from '../../functions/core/peers/peer.ts';
import { Draws } from '../../simulator/kernel/draws.ts';
import { Heap } from '../../simulator/kernel/heap.ts';
import type { Arrivals } from './arrivals.ts';
import type { FargateModel } from './fargate-model.ts';
import { type FargateTask, type ReplayOutcome, type Sample, sampleSeconds } from './outcome.ts';

export interface PeerReplay {
  readonly arrivals: Arrivals;
  readonly externalSlots: number;
  readonly fargate: FargateModel;
  readonly seed: number;
  /** What happens to the premises on the way. Default: nothing. */
  readonly externalSlotsAt?: (seconds: number) => number;
}

/** Seconds from a state of the queue until a policy can see it. */
const metricAgeSeconds: Readonly<Record<PeerMetric, number>> = { minute: 60, 'twenty-seconds': 20, direct: 5 };

/** Nobody who has not let go of Fargate this long after the last message does so any more. */
const patienceSeconds = 3_600;

interface Slot {
  /** Undefined for a slot on premises. */
  readonly task: Task | undefined;
  /** Its number in the load; undefined while the slot is free. */
  message: number | undefined;
  closed: boolean;
}

interface Task {
  readonly askedSeconds: number;
  readonly pullSeconds: number;
  readonly readySeconds: number;
  readonly slot: Slot;
  ready: boolean;
  stopping: boolean;
  goneSeconds: number | undefined;
  busySeconds: number;
}

type Happening =
  | { readonly kind: 'done'; readonly slot: Slot }
  | { readonly kind: 'ready'; readonly task: Task }
  | { readonly kind: 'second' };

interface Due {
  readonly atSeconds: number;
  readonly order: number;
  readonly happening: Happening;
}

/**
 * Whole messages through one queue under a policy of somebody else: first in, first out, to the slot that has waited
 * the longest. Tasks that are taken back are first those that do not work yet, then the oldest; a busy one ends its
 * message before it goes.
 */
export const replayPeer = <State>(peer: Peer<State>, replay: PeerReplay): ReplayOutcome => {
  const { arrivals, externalSlots, fargate, externalSlotsAt = () => externalSlots } = replay;
  const draws = new Draws(replay.seed);
  const launchOf = fargate.launchedSeconds ?? ((askedSeconds: number) => askedSeconds);
  const due = new Heap<Due>((a, b) => a.atSeconds < b.atSeconds || (a.atSeconds === b.atSeconds && a.order < b.order));
  let order = 0;
  const at = (atSeconds: number, happening: Happening): void => due.push({ atSeconds, order: order++, happening });

  const count = arrivals.atSeconds.length;
  const waitSeconds = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const timesDone = new Uint8Array(count);
  let arrived = 0;
  let pickedUp = 0;
  let inFlight = 0;
  const idle: Slot[] = [];
  let idleHead = 0;
  const external: Slot[] = [];
  const tasks: Task[] = [];
  let live: Task[] = [];
  let desired = externalSlots;
  let state = peer.initial;
  const history: { visible: number; inFlight: number; running: number }[] = [];
  const samples: Sample[] = [];

  const serve = (nowSeconds: number): void => {
    while (pickedUp < arrived && idleHead < idle.length) {
      const slot = idle[idleHead++] as Slot;
      if (slot.closed || slot.message !== undefined) continue;
      const work = arrivals.workSeconds[pickedUp] as number;
      waitSeconds[pickedUp] = nowSeconds - (arrivals.atSeconds[pickedUp] as number);
      slot.message = pickedUp;
      pickedUp += 1;
      inFlight += 1;
      if (slot.task) slot.task.busySeconds += work;
      at(nowSeconds + work, { kind: 'done', slot });
    }
    if (idleHead > 4_096) {
      idle.splice(0, idleHead);
      idleHead = 0;
    }
  };
  const end = (task: Task, nowSeconds: number): void => {
    task.slot.closed = true;
    task.goneSeconds = nowSeconds + (task.ready ? fargate.endSeconds : 0);
  };
  const stop = (task: Task, nowSeconds: number): void => {
    task.stopping = true;
    if (task.slot.message === undefined) end(task, nowSeconds);
  };
  const ask = (nowSeconds: number): void => {
    const slow = fargate.slowness(draws);
    const pullSeconds = launchOf(nowSeconds) + fargate.provisioningSeconds * slow;
    const readySeconds = pullSeconds + fargate.billedStartSeconds * slow;
    const slot: Slot = { task: undefined, message: undefined, closed: false };
    const task: Task = {
      askedSeconds: nowSeconds,
      pullSeconds,
      readySeconds,
      slot,
      ready: false,
      stopping: false,
      goneSeconds: undefined,
      busySeconds: 0,
    };
    Object.assign(slot, { task });
    tasks.push(task);
    live.push(task);
    at(readySeconds, { kind: 'ready', task });
  };
  const scale = (wanted: number, nowSeconds: number): void => {
    desired = wanted;
    const fargateTasks = Math.max(0, wanted - externalSlots);
    for (let missing = fargateTasks - live.length; missing > 0; missing -= 1) ask(nowSeconds);
    const spare = live.length - fargateTasks;
    if (spare <= 0) return;
    const first = live.toSorted((a, b) => Number(a.ready) - Number(b.ready) || a.askedSeconds - b.askedSeconds);
    const leaving = new Set(first.slice(0, spare));
    for (const task of leaving) stop(task, nowSeconds);
    live = live.filter((task) => !leaving.has(task));
  };
  const premises = (slots: number): void => {
    while (external.length < slots) {
      const slot: Slot = { task: undefined, message: undefined, closed: false };
      external.push(slot);
      idle.push(slot);
    }
    // A machine that is lost is modelled as one whose messages are finished elsewhere: it takes no more.
    for (const slot of external.splice(slots)) slot.closed = true;
  };

  premises(externalSlotsAt(0));
  at(0, { kind: 'second' });
  const last = arrivals.durationSeconds;
  for (;;) {
    const next = due.peek();
    const arrivesAt = arrived < count ? (arrivals.atSeconds[arrived] as number) : Number.POSITIVE_INFINITY;
    if (next === undefined && arrived === count) break;
    if (next === undefined || arrivesAt <= next.atSeconds) {
      arrived += 1;
      serve(arrivesAt);
      continue;
    }
    due.pop();
    const nowSeconds = next.atSeconds;
    const { happening } = next;
    if (happening.kind === 'done') {
      const { slot } = happening;
      if (slot.message !== undefined) timesDone[slot.message] = (timesDone[slot.message] as number) + 1;
      slot.message = undefined;
      inFlight -= 1;
      if (slot.task?.stopping) end(slot.task, nowSeconds);
      else if (!slot.closed) idle.push(slot);
      serve(nowSeconds);
      continue;
    }
    if (happening.kind === 'ready') {
      const { task } = happening;
      if (task.stopping) continue;
      task.ready = true;
      idle.push(task.slot);
      serve(nowSeconds);
      continue;
    }
    premises(externalSlotsAt(nowSeconds));
    const ready = live.filter((task) => task.ready).length;
    const running = external.length + ready;
    history.push({ visible: arrived - pickedUp, inFlight, running });
    if (nowSeconds % sampleSeconds === 0) {
      samples.push({
        visible: arrived - pickedUp,
        externalSlots: external.length,
        fargateReady: ready,
        fargateAsked: live.length,
      });
    }
    if (nowSeconds % peer.everySeconds === 0) {
      const seen = history[Math.max(0, nowSeconds - metricAgeSeconds[peer.metric])];
      if (seen) {
        const decided = peer.decide({ ...seen, desired }, state, nowSeconds);
        state = decided.state;
        if (decided.desired !== desired) scale(decided.desired, nowSeconds);
      }
    }
    const over = nowSeconds >= last && pickedUp === count && inFlight === 0;
    if (!(over && live.length === 0) && nowSeconds < last + patienceSeconds) at(nowSeconds + 1, { kind: 'second' });
  }
  const endSeconds = history.length;
  return { waitSeconds, timesDone, samples, tasks: tasks.map((task) => told(task, endSeconds)) };
};

const told = (task: Task, endSeconds: number): FargateTask => {
  const goneSeconds = task.goneSeconds ?? endSeconds;
  const billed = goneSeconds > task.pullSeconds;
  return {
    askedSeconds: task.askedSeconds,
    billedFromSeconds: billed ? task.pullSeconds : undefined,
    readySeconds: task.ready ? task.readySeconds : undefined,
    goneSeconds,
    idleSeconds: task.ready ? Math.max(0, goneSeconds - task.readySeconds - task.busySeconds) : 0,
  };
};

import type { Capacity } from './configuration.ts';
import type { WorkerPoint, WorkerReport } from './observed-burst.ts';

/** What is known of the work in one message on one capacity. */
export interface ServiceEstimate {
  /** Seconds for which one message occupies a slot, with the gap until the next one where that waits. */
  readonly secondsPerMessage: number;
  /** Expected error of it, as a share: 0.1 is ten percent. */
  readonly relativeError: number;
}

/** Messages that a belief counts as: few, so that a wrong one is outweighed within a minute of work. */
const beliefWeight = 8;
/** Messages that a task's life before its newest points counts as at most: the work may have changed since. */
const lifeWeight = 40;
/** Messages that the other capacity's measurement counts as: the machines may differ in speed. */
const otherWeight = 20;
/** Standard deviation of the work in a message as a share of its mean: nothing is known, so a broad one. */
const spread = 0.8;
/** A slot that works for at least this share of the time has no idle gaps; what is missing is what a message costs. */
const fullShare = 0.8;
/** A gap until the next message of up to this, or up to the work itself, is what a message costs; who is free for longer found none. */
const gapSecondsMax = 1;

/**
 * Milliseconds up to `to` and since `from` in which messages waited for sure: the one that was received last was one of them from when
 * it was sent until it was received.
 */
const waitedMs = (from: WorkerPoint, { atMs, headSentMs, headReceivedMs }: WorkerPoint): number =>
  headSentMs === undefined || headReceivedMs === undefined
    ? 0
    : Math.max(0, Math.min(atMs, headReceivedMs) - Math.max(from.atMs, headSentMs));

/**
 * Seconds in which slots had no work although messages waited: by how much these waited for longer than the slots worked in all. A
 * message that came back to the queue has its old time and did not wait all the while; so there is at most one gap between any two
 * messages, and none is longer than a gap is.
 */
const gapSeconds = ({ slots, points }: WorkerReport, messages: number, busySeconds: number): number => {
  const freeMs = points.slice(1).reduce((all, to, index) => {
    const from = points[index] as WorkerPoint;
    return all + Math.max(0, slots * waitedMs(from, to) - (to.busyMs - from.busyMs));
  }, 0);
  const mostEach = Math.max(gapSecondsMax, busySeconds / messages);
  return messages > 1 ? Math.min(freeMs / 1_000, (messages - 1) * mostEach) : 0;
};

interface Measured {
  readonly messages: number;
  readonly slotSeconds: number;
}

/**
 * Slot time divided by completions: work, and the gaps between messages that waited. Work under way counts as slot time, so long
 * messages that have not ended yet are not left out, which would make the work look shorter than it is.
 */
const measure = (
  workers: readonly WorkerReport[],
  waiting: boolean,
): { readonly near: Measured; readonly life: Measured } => {
  let near: Measured = { messages: 0, slotSeconds: 0 };
  let life: Measured = { messages: 0, slotSeconds: 0 };
  for (const worker of workers) {
    const { slots, points } = worker;
    const [first] = points;
    const last = points.at(-1);
    if (!first || !last) continue;
    life = { messages: life.messages + first.completions, slotSeconds: life.slotSeconds + first.busyMs / 1_000 };
    const busy = (last.busyMs - first.busyMs) / 1_000;
    const all = (slots * (last.atMs - first.atMs)) / 1_000;
    const messages = last.completions - first.completions;
    const full = waiting && busy >= fullShare * all;
    near = {
      messages: near.messages + messages,
      slotSeconds: near.slotSeconds + (full ? all : busy + gapSeconds(worker, messages, busy)),
    };
  }
  return { near, life };
};

/**
 * @param believedSeconds work in one message, as configured.
 * @param waiting messages wait, so that a slot that is free takes the next one at once.
 */
export const estimateService = (
  workers: readonly WorkerReport[],
  believedSeconds: number,
  waiting: boolean,
): Readonly<Record<Capacity, ServiceEstimate>> => {
  const on = (capacity: Capacity) =>
    measure(
      workers.filter((worker) => worker.capacity === capacity),
      waiting,
    );
  const measured = { external: on('external'), fargate: on('fargate') };
  const estimate = (own: Capacity, other: Capacity): ServiceEstimate => {
    let messages = beliefWeight;
    let slotSeconds = beliefWeight * believedSeconds;
    const add = (part: Measured, weightMax: number): void => {
      if (part.messages < 1) return;
      const weight = Math.min(part.messages, weightMax);
      messages += weight;
      slotSeconds += (part.slotSeconds / part.messages) * weight;
    };
    add(measured[own].near, Number.POSITIVE_INFINITY);
    add(measured[own].life, lifeWeight);
    add(measured[other].near, otherWeight);
    add(measured[other].life, otherWeight);
    // Slots that have worked for long without ending a message say that the work is longer than believed.
    if (measured[own].near.messages < 1) slotSeconds = Math.max(slotSeconds, measured[own].near.slotSeconds);
    return { secondsPerMessage: slotSeconds / messages, relativeError: spread / Math.sqrt(messages) };
  };
  return { external: estimate('external', 'fargate'), fargate: estimate('fargate', 'external') };
};

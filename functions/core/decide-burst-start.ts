import type { ServiceConfiguration } from './configuration.ts';
import type { Trigger } from './state.ts';

/** What asks for a burst besides an alarm and a person. Signals may come twice, late and in any order. */
export type BurstSignal =
  | {
      readonly kind: 'saturation';
      readonly service: string;
      readonly queue: string;
      readonly queueDelaySeconds: number;
      readonly atMs: number;
      readonly eventId: string;
    }
  | {
      readonly kind: 'site-loss';
      readonly service: string;
      /** The machine whose agent is lost. */
      readonly machine: string;
      readonly atMs: number;
      readonly eventId: string;
    };

export type BurstStartDecision =
  | { readonly kind: 'start'; readonly name: string; readonly trigger: Trigger }
  /** Nothing is to be done, and nobody need be told. */
  | { readonly kind: 'ignore'; readonly reason: string }
  /** What is late, Fargate cannot help with: a person should know. */
  | { readonly kind: 'refuse'; readonly queue: string; readonly reason: string };

/** Signals of so many seconds start one execution: all tasks see the same queue. */
const togetherSeconds = 10;

/**
 * Whether a signal starts a burst. Starting one costs next to nothing and commits to nothing: it looks, and ends when
 * there is nothing to do. So a flap of an agent needs no waiting here; the looks see whether its tasks still work.
 * @param meanwhile why none is to be started now, whatever the signal: one is under way, and sees what there is to see, or
 * bursts are paused.
 */
export const decideBurstStart = (
  signal: BurstSignal,
  configuration: ServiceConfiguration | undefined,
  meanwhile: string | undefined,
  nowMs: number,
): BurstStartDecision => {
  const { service, atMs } = signal;
  const burst = configuration?.burst;
  if (!configuration || !burst) return { kind: 'ignore', reason: `${service} does not burst` };
  const ageSeconds = (nowMs - atMs) / 1_000;
  const old = Math.max(60, burst.deadlineSeconds);
  if (ageSeconds > old)
    return { kind: 'ignore', reason: `the signal is ${Math.round(ageSeconds)} s old and says nothing of now` };
  if (signal.kind === 'site-loss') {
    if (!burst.onSiteLoss) return { kind: 'ignore', reason: `${service} does not burst on the loss of a site` };
    if (meanwhile !== undefined) return { kind: 'ignore', reason: meanwhile };
    return start(signal, { kind: 'site-loss', machine: signal.machine, eventId: signal.eventId });
  }
  const { queue, queueDelaySeconds } = signal;
  if (configuration.receivesFromOnPremises.includes(queue)) {
    return {
      kind: 'refuse',
      queue,
      reason: `A message of ${queue} had waited for ${queueDelaySeconds} s. That queue is bound to the premises and no Fargate task may read it, so a burst would not help: give ${service} more external tasks, or machines.`,
    };
  }
  if (queue !== burst.queue) return { kind: 'ignore', reason: `${service} does not burst for ${queue}` };
  if (meanwhile !== undefined) return { kind: 'ignore', reason: meanwhile };
  return start(signal, { kind: 'saturation', queue, queueDelaySeconds, eventId: signal.eventId });
};

const start = ({ kind, service, atMs }: BurstSignal, trigger: Trigger): BurstStartDecision => ({
  kind: 'start',
  // At most 80 characters (Step Functions quotas): a service's name has 61.
  name: `${kind}-${Math.floor(atMs / (togetherSeconds * 1_000)).toString(36)}-${service}`,
  trigger,
});

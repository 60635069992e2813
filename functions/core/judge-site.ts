import type { ObservedMachine } from './judge-fit.ts';
import type { Judgement } from './judge-twin.ts';

export interface SiteFacts {
  readonly service: string;
  /** Every twin of the rollout. */
  readonly twins: readonly string[];
  /** Those of them that are to run tasks on premises. */
  readonly external: readonly string[];
  /** ACTIVE machines on which these may be placed. */
  readonly machines: readonly Pick<ObservedMachine, 'connected'>[];
  /** Whether a site without a connected machine was waited for already. */
  readonly waited: boolean;
  /** Seconds for which nobody answers until the site counts as away. */
  readonly lostAfterSeconds: number;
  readonly mixedReleasesSafe: boolean;
}

export type SiteJudgement =
  | { readonly kind: 'present' }
  /** Agents flap for minutes, which is no loss of a site. */
  | { readonly kind: 'wait'; readonly waitSeconds: number }
  | { readonly kind: 'refused'; readonly cause: 'site-away'; readonly reason: string }
  /** `twins` stay wholly on the release that they run. */
  | { readonly kind: 'deferred'; readonly twins: readonly string[]; readonly reason: string };

/** Whether nobody at the site answers ECS. A cluster without machines has no site that could be away. */
export const isAway = (machines: SiteFacts['machines']): boolean =>
  machines.length > 0 && machines.every(({ connected }) => !connected);

/**
 * What becomes of a rollout by whether its site answers. ECS cannot stop tasks on machines that do not answer, so that a
 * deployment there would never end.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
 */
export const judgeSite = (facts: SiteFacts): SiteJudgement => {
  const { service, external, lostAfterSeconds } = facts;
  if (external.length === 0 || !isAway(facts.machines)) return { kind: 'present' };
  if (!facts.waited) return { kind: 'wait', waitSeconds: lostAfterSeconds };
  const away = `No machine of the site has answered ECS for ${lostAfterSeconds} s`;
  const refuse = (why: string): SiteJudgement => ({
    kind: 'refused',
    cause: 'site-away',
    reason: `${away}, and ${why}.`,
  });
  if (external.length === facts.twins.length) return refuse(`${service} runs nowhere else`);
  if (!facts.mixedReleasesSafe)
    return refuse(
      `${service} does not declare that different releases may run side by side (rollout.mixedReleasesSafe)`,
    );
  return { kind: 'deferred', twins: external, reason: `${away}: ${external.join(' and ')} gets it on its return.` };
};

/** Ends of a wait that a site which does not answer explains better: nothing can start or stop there. */
const explainedByLoss: ReadonlySet<string> = new Set(['timed-out', 'placement-failure', 'circuit-breaker']);
type TwinFailed = Extract<Judgement, { kind: 'failed' }> & { readonly failure: { readonly kind: 'twin' } };
const isExplainedByLoss = (judged: Judgement): judged is TwinFailed =>
  judged.kind === 'failed' && judged.failure.kind === 'twin' && explainedByLoss.has(judged.failure.cause);

/**
 * What becomes of the wait for a twin on premises, forward or back, while no machine of its site answers. What failed
 * tasks say of the release stands: they stopped before. ECS shows tasks on such machines as they were last heard of,
 * running and healthy. Nothing is sent again to a site that does not answer.
 * @param awaySinceMs when the site was first seen away, epoch milliseconds; undefined while it answers.
 */
export const judgeLoss = (
  twin: string,
  judged: Judgement,
  awaySinceMs: number | undefined,
  lostAfterSeconds: number,
  nowMs: number,
): Judgement => {
  if (awaySinceMs === undefined) return judged;
  const goesOn = judged.kind === 'wait' || judged.kind === 'again';
  const lost = goesOn && nowMs - awaySinceMs >= lostAfterSeconds * 1_000;
  if (judged.kind === 'again' && !lost)
    return { kind: 'wait', reason: `${judged.reason}, and no machine of the site of ${twin} answers ECS` };
  if (!lost && !isExplainedByLoss(judged)) return judged;
  const seconds = Math.round((nowMs - awaySinceMs) / 1_000);
  const since = seconds > 0 ? ` for ${seconds} s` : '';
  const reason = `No machine of the site of ${twin} has answered ECS${since}, and its tasks cannot be moved before one does.`;
  // Left alone: a deployment to machines that do not answer would never end.
  return { kind: 'failed', failure: { kind: 'twin', twin, cause: 'site-lost', reason, leave: true } };
};

/** Tasks that were told to stop, and the container instances on which they are, which do not answer ECS. */
export interface Unreachable {
  readonly tasks: number;
  readonly machines: readonly string[];
}

/**
 * What becomes of the wait for a twin on premises whose tasks all run, while older ones are left on single machines that do
 * not answer: ECS has told them to stop, and they do when their machine answers again. The rest of the site need not wait.
 */
export const judgeUnreachable = (twin: string, judged: Judgement, { tasks, machines }: Unreachable): Judgement => {
  if (judged.kind !== 'wait' && !isExplainedByLoss(judged)) return judged;
  const [older, stop] = tasks === 1 ? ['1 older task is', 'stops'] : [`${tasks} older tasks are`, 'stop'];
  const away = machines.length === 1 ? 'does not answer' : 'do not answer';
  return {
    kind: 'done',
    reason: `${twin} runs all its tasks; ${older} left on ${machines.join(' and ')}, which ${away} ECS, and ${stop} once it is told`,
  };
};

/**
 * What becomes of the way back of a twin whose site was away for a part of it and answers again: where its time is over, or
 * ECS has given it up, the twin gets the release as after any return of its site.
 */
export const judgeReturn = (twin: string, judged: Judgement): Judgement => {
  if (!isExplainedByLoss(judged)) return judged;
  const reason = `The site of ${twin} was away for a part of its way back: ${judged.failure.reason}`;
  return { kind: 'failed', failure: { kind: 'twin', twin, cause: 'site-lost', reason, leave: true } };
};

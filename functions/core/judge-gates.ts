import { type DeploymentWindow, describeWindow, windowState } from './deployment-window.ts';
import { shortDigest } from './image-reference.ts';
import type { Candidate, Freeze, Hold, Release, Trigger } from './state.ts';
import type { Cause } from './verdict.ts';

/** What a start meets before it may take the service. */
export interface GateFacts {
  readonly service: string;
  readonly digest: string;
  /** The tag by which the image was named or pushed; undefined where only a digest is known. */
  readonly tag: string | undefined;
  readonly trigger: Trigger;
  readonly goal: Candidate['goal'];
  readonly freeze: Freeze | undefined;
  /** The freeze of all services. */
  readonly freezeOfAll: Freeze | undefined;
  readonly hold: Hold | undefined;
  /** Whether the digest is a release that was proved before. Only asked of a rollback. */
  readonly proved: boolean;
}

export interface GateLimits {
  /** Patterns of tags with `*` for any characters. Empty: every tag. */
  readonly deployableTags: readonly string[];
  /** Empty: always. */
  readonly windows: readonly DeploymentWindow[];
}

export type GateJudgement =
  /** `sinceMs`: epoch milliseconds at which the window opened; undefined without windows. */
  | { readonly kind: 'open'; readonly sinceMs: number | undefined }
  | {
      readonly kind: 'refused';
      readonly cause: Extract<Cause<'rollout', 'refused'>, 'frozen' | 'held' | 'tag-not-deployable' | 'outside-window'>;
      readonly reason: string;
    }
  /** An automatic start waits for the next window; `opensAtMs` is epoch milliseconds. */
  | { readonly kind: 'wait'; readonly opensAtMs: number; readonly reason: string };

/** Starts that nobody sits in front of: these wait for a window, where a person is told at once. */
const automatic: ReadonlySet<string> = new Set(['push', 'pipeline', 'template', 'reconciler', 'site-return']);

const matches = (pattern: string, tag: string): boolean => {
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(tag);
};

const by = ({ by: who, at, reason }: Freeze | Hold): string =>
  `by ${who || 'somebody'} at ${at}${reason ? `: ${reason}` : ''}`;

/**
 * Whether a start may go on. The order is that of how final an answer is: a tag that may never be released, a hold, a
 * freeze, and last a window, which opens by itself.
 */
export const judgeGates = (facts: GateFacts, limits: GateLimits, nowMs: number): GateJudgement => {
  const { service, tag, digest, hold } = facts;
  const nothing = 'Nothing was changed.';
  if (tag !== undefined && limits.deployableTags.length > 0) {
    if (!limits.deployableTags.some((pattern) => matches(pattern, tag)))
      return {
        kind: 'refused',
        cause: 'tag-not-deployable',
        reason: `${service} is released from tags like ${limits.deployableTags.join(', ')}, and '${tag}' is none of them. ${nothing}`,
      };
  }
  // A refresh releases nothing: it brings twins to the digest on which the service stands already.
  if (hold && facts.goal !== 'refresh') {
    return {
      kind: 'refused',
      cause: 'held',
      reason: `${shortDigest(digest)} is held ${by(hold)}. It can be released with the operation 'release'. ${nothing}`,
    };
  }
  const freeze = facts.freezeOfAll ?? facts.freeze;
  if (freeze) {
    const what = facts.freezeOfAll ? 'All services are' : `${service} is`;
    return { kind: 'refused', cause: 'frozen', reason: `${what} frozen ${by(freeze)}. ${nothing}` };
  }
  // A way back must not wait for a window; that it is one is believed only where it leads to what was proved.
  if (facts.trigger.kind === 'rollback' && facts.proved) return { kind: 'open', sinceMs: undefined };
  const window = windowState(limits.windows, nowMs);
  if (window.kind === 'open') return window;
  const opens = new Date(window.opensAtMs).toISOString();
  const windows = `${service} is released in ${limits.windows.map(describeWindow).join('; ')}`;
  if (automatic.has(facts.trigger.kind)) {
    return { kind: 'wait', opensAtMs: window.opensAtMs, reason: `${windows}: this start waits until ${opens}.` };
  }
  return {
    kind: 'refused',
    cause: 'outside-window',
    reason: `${windows}; the next window opens at ${opens}. ${nothing}`,
  };
};

/**
 * Why a start needs neither scan nor approval: it brings back what was let through before, which must not wait for
 * either. Undefined where it needs them. What its trigger says does not count: anybody may write it.
 * @param proved whether the digest is a release that was proved before
 */
export const passesGatesAnyway = (
  digest: string,
  release: Pick<Release, 'digest'> | undefined,
  proved: boolean,
): string | undefined => {
  if (digest === release?.digest) return 'It is the current release.';
  if (proved) return 'It was a proved release before: a way back is not held up.';
  return undefined;
};

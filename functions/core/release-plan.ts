import type { RolloutRecord } from './state.ts';
import type { Cause } from './verdict.ts';

/** What a rollout would do and meet, as `plan` tells it. Nothing of it is remembered. */

/** One thing that was looked at before a start. */
export interface Check {
  /** `freeze, hold, tag, window`, `scan`, `fit of <twin>`, `parity`, …: what was looked at. */
  readonly check: string;
  /** `refuses`: a rollout would end here. `waits`: it would go on by itself later. `warns`: it would go on all the same. */
  readonly outcome: 'ok' | 'waits' | 'warns' | 'refuses';
  readonly reason: string;
  /** With `refuses`: how the rollout would end. */
  readonly cause?: Cause<'rollout', 'refused'>;
}

/** A field of a task definition that would change; undefined where it is not there. Values are shown as JSON. */
export interface FieldChange {
  readonly field: string;
  readonly old?: string;
  readonly new?: string;
}

export interface TwinDiff {
  readonly twin: string;
  /** The revision that runs now. */
  readonly from: string;
  /** Its desired count, and the one that a rollout leaves it with: only a first release raises it, to its base. */
  readonly desiredCount: { readonly now: number; readonly after: number; readonly base: number };
  readonly changes: readonly FieldChange[];
}

export interface Estimate {
  readonly seconds: number;
  /** Whether it was seen in rollouts of this service, or reckoned. */
  readonly from: 'records' | 'arithmetic';
  readonly reason: string;
}

export interface ReleasePlan {
  readonly service: string;
  readonly image: string;
  readonly digest: string;
  readonly wouldStart: boolean;
  readonly reason: string;
  readonly checks: readonly Check[];
  readonly twins: readonly TwinDiff[];
  readonly estimate?: Estimate;
}

/** Whether a rollout would start, by the first thing that refuses it. */
export const concludePlan = (checks: readonly Check[]): { readonly wouldStart: boolean; readonly reason: string } => {
  const refused = checks.find(({ outcome }) => outcome === 'refuses');
  if (refused) return { wouldStart: false, reason: refused.reason };
  const waits = checks.filter(({ outcome }) => outcome === 'waits');
  if (waits.length > 0)
    return {
      wouldStart: true,
      reason: `A rollout would start, and wait: ${waits.map(({ reason }) => reason).join(' ')}`,
    };
  return { wouldStart: true, reason: 'A rollout would start.' };
};

type Json = unknown;
const isObject = (value: Json): value is Readonly<Record<string, Json>> => typeof value === 'object' && value !== null;

/** Lists whose entries have names are compared by them, so that one more entry does not change all that come after. */
const entriesOf = (value: Readonly<Record<string, Json>>): readonly (readonly [string, Json])[] => {
  if (!Array.isArray(value)) return Object.entries(value).map(([name, child]) => [`.${name}`, child] as const);
  return value.map((child, index) => {
    const name = isObject(child) && typeof child.name === 'string' ? child.name : String(index);
    return [`[${name}]`, child] as const;
  });
};

/** The leaves of a document by their path: `containerDefinitions[shop].environment[PORT].value`. */
const leavesOf = (value: Json, path: string, found: Map<string, string>): Map<string, string> => {
  if (isObject(value)) for (const [step, child] of entriesOf(value)) leavesOf(child, `${path}${step}`, found);
  else found.set(path.replace(/^\./, ''), JSON.stringify(value));
  return found;
};

/** Changes that are shown; a report has to fit into the output of an execution. */
const changesMax = 100;
const valueMax = 300;
const cut = (value: string): string => (value.length > valueMax ? `${value.slice(0, valueMax)}…` : value);

/** What differs between two documents, field by field, in the order of their fields. */
export const diffFields = (old: object, next: object): readonly FieldChange[] => {
  const before = leavesOf(old, '', new Map());
  const after = leavesOf(next, '', new Map());
  return [...new Set([...before.keys(), ...after.keys()])]
    .flatMap((field): readonly FieldChange[] => {
      const was = before.get(field);
      const becomes = after.get(field);
      if (was === becomes) return [];
      return [
        { field, ...(was !== undefined && { old: cut(was) }), ...(becomes !== undefined && { new: cut(becomes) }) },
      ];
    })
    .slice(0, changesMax);
};

/** What the twins of a service share; task roles differ, which is how residency is enforced. */
export interface SharedParts {
  readonly twin: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly executionRole: string;
  readonly log: Readonly<Record<string, unknown>>;
  readonly image: string;
}

/** In what two twins of one service differ although they should not. */
export const judgeParity = (one: SharedParts, other: SharedParts): Check => {
  const { twin: a, ...parts } = one;
  const { twin: b, ...others } = other;
  const fields = diffFields(parts, others).map(({ field }) => field);
  return fields.length === 0
    ? { check: 'parity', outcome: 'ok', reason: `${a} and ${b} agree.` }
    : { check: 'parity', outcome: 'warns', reason: `${a} and ${b} differ in ${fields.join(', ')}.` };
};

/** Fargate accepts no longer stop timeout (ECS API reference, ContainerDefinition). */
const fargateStopSecondsMax = 120;

export const judgeStopTimeout = (twin: string, seconds: number | undefined): Check | undefined =>
  (seconds ?? 0) > fargateStopSecondsMax
    ? {
        check: `stop timeout of ${twin}`,
        outcome: 'refuses',
        cause: 'task-definition-unfit',
        reason: `The stop timeout of ${twin} is ${seconds} s, and Fargate accepts at most ${fargateStopSecondsMax}.`,
      }
    : undefined;

/** Seconds that ECS and a health check take for one round of tasks, where nothing better is known. */
const roundSeconds = 60;

/**
 * Seconds from the lease of a rollout that completed to its end; what it waited for before, an approval or its turn, is
 * not of it. Undefined for any other.
 */
export const tookSeconds = ({ verdict, cause, admitted, endedAt }: RolloutRecord): number | undefined => {
  if (verdict !== 'completed' || cause === 'already-current' || !admitted || endedAt === undefined) return undefined;
  // Its deadline was reckoned from when it took the lease.
  const { deadlineAt, settleSeconds, deadlineSeconds } = admitted;
  return (Date.parse(endedAt) - Date.parse(deadlineAt)) / 1_000 + settleSeconds + deadlineSeconds;
};

/**
 * How long a rollout will take: as long as the middle one of the last that completed, else round by round.
 * @param tookSeconds of rollouts that completed.
 */
export const estimateRollout = (
  tookSeconds: readonly number[],
  twins: readonly {
    readonly desiredCount: number;
    readonly percents: { readonly minimumHealthyPercent: number; readonly maximumPercent: number };
  }[],
  bakeSeconds: number,
): Estimate => {
  const sorted = [...tookSeconds].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle !== undefined) {
    const reason = `the middle one of the last ${sorted.length} that completed`;
    return { seconds: Math.round(middle), from: 'records', reason };
  }
  const rounds = twins.reduce((sum, { desiredCount, percents }) => {
    const stay = Math.ceil((desiredCount * percents.minimumHealthyPercent) / 100);
    const most = Math.floor((desiredCount * percents.maximumPercent) / 100);
    return sum + Math.ceil(desiredCount / Math.max(1, most - stay));
  }, 0);
  const reason = `no rollout has completed yet: ${rounds} rounds of ${roundSeconds} s, and ${bakeSeconds} s of bake`;
  return { seconds: rounds * roundSeconds + bakeSeconds, from: 'arithmetic', reason };
};

import { AwsError } from '../../simulator/cloud/aws-error.ts';
import { defaultFidelity, type Fidelity } from '../../simulator/cloud/fidelity.ts';
import type { Fate, FunctionCall, Interference } from '../virtual/interference.ts';
import type { Chance } from './chance.ts';

/** How bad the weather of a seed is. Shares are of calls; 0 means that this fault is no part of the seed. */
export interface Weather {
  readonly killShare: number;
  readonly throttleShare: number;
  readonly lostAnswerShare: number;
  readonly staleShare: number;
  readonly events: Fidelity['events'];
}

export const calm: Weather = {
  killShare: 0,
  throttleShare: 0,
  lostAnswerShare: 0,
  staleShare: 0,
  events: defaultFidelity.events,
};

/** Each fault is part of every second seed or so, so that seeds differ in which faults meet. */
export const drawWeather = (chance: Chance): Weather => {
  const share = (name: string, most: number): number =>
    chance.happens(`has ${name}`, 0.5) ? chance.between(name, most / 10, most) : 0;
  return {
    killShare: share('kills', 0.05),
    throttleShare: share('throttling', 0.4),
    lostAnswerShare: share('lost answers', 0.03),
    staleShare: share('stale reads', 0.3),
    events: {
      duplicateShare: share('duplicated events', 1),
      duplicateCopies: chance.whole('copies', 2, 5),
      lossShare: chance.happens('every event lost', 0.1) ? 1 : share('lost events', 0.5),
      bestEffortLossShare: share('lost best-effort events', 0.5),
      orderJitterMs: share('reordered events', 120_000),
    },
  };
};

/** The faults by the names under which they are counted. */
export const faultNames = [
  'killed before a call',
  'killed after a call',
  'killed, its call late',
  'throttled',
  'answer lost',
  'stale read',
  'event lost',
  'event duplicated',
  'best-effort event lost',
] as const;
type FaultName = (typeof faultNames)[number];

/** A read may be so old. ECS names no bound; seconds by reports. */
const staleMs = 15_000;
/** One attempt of the writer may be on its way for so long: the timeout of its client. */
export const lateMs = 5_000;

const reads = new Set(['DescribeServices', 'DescribeTasks', 'ListTasks']);

/** What befalls the calls of functions in this weather. Every fault is recorded in the trace, which is where it is counted. */
export const interferenceOf = (
  weather: () => Weather,
  chance: Chance,
  nowMs: () => number,
  onFault: (name: FaultName) => void,
): Interference => {
  const seen = new Map<string, { readonly atMs: number; readonly answer: unknown }>();
  const key = ({ action, input }: FunctionCall): string => `${action} ${JSON.stringify(input)}`;
  const told = (name: FaultName, fate: Fate): Fate => {
    onFault(name);
    return fate;
  };
  return {
    fateOf: (call) => {
      const { killShare, throttleShare, lostAnswerShare, staleShare } = weather();
      if (killShare > 0 && chance.happens('kill', killShare)) {
        const when = chance.oneOf('when to kill', ['before', 'after', 'late'] as const);
        if (when === 'before') return told('killed before a call', { kind: 'killed-before' });
        if (when === 'after') return told('killed after a call', { kind: 'killed-after' });
        const late = { kind: 'killed-and-late', lateMs: chance.between('late by', 0, lateMs) } as const;
        return told('killed, its call late', late);
      }
      if (throttleShare > 0 && chance.happens('throttle', throttleShare))
        return told('throttled', { kind: 'refused', error: new AwsError('ThrottlingException', 'Rate exceeded') });
      if (lostAnswerShare > 0 && chance.happens('lose the answer', lostAnswerShare)) {
        const error = new AwsError('InternalServerError', 'the answer was lost', { status: 500 });
        return told('answer lost', { kind: 'answer-lost', error });
      }
      if (call.service === 'ecs' && reads.has(call.action) && staleShare > 0) {
        const old = seen.get(key(call));
        if (old && nowMs() - old.atMs <= staleMs && chance.happens('stale', staleShare))
          return told('stale read', { kind: 'stale', answer: old.answer });
      }
      return undefined;
    },
    onEffect: (call, answer) => {
      if (call.service === 'ecs' && reads.has(call.action)) seen.set(key(call), { atMs: nowMs(), answer });
    },
  };
};

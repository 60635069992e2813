import type { Baseline, Failure } from './state.ts';

/**
 * What the alarms and the dead-letter queues of a service say against its release: only what is new since before the
 * first write. An alarm that was up already may be what the release is to mend.
 */
export const judgeWatched = (before: Baseline, now: Baseline): Extract<Failure, { kind: 'watched' }> | undefined => {
  const risen = now.raised.filter((alarm) => !before.raised.includes(alarm));
  if (risen.length > 0) {
    const reason = `${risen.join(', ')} rose since the rollout began`;
    return { kind: 'watched', cause: 'alarm', reason };
  }
  const grown = Object.entries(now.deadLetters).flatMap(([queue, messages]) => {
    const had = before.deadLetters[queue] ?? 0;
    return messages > had ? [`${queue} from ${had} to ${messages} messages`] : [];
  });
  if (grown.length === 0) return undefined;
  return { kind: 'watched', cause: 'dead-letters', reason: `Grown since the rollout began: ${grown.join(', ')}` };
};

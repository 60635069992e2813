import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { ExecutionCase, RecordedEvent } from './recorded-cases.ts';
import { type Comparison, differences, tell } from './recorded-value.ts';

type Plain = Readonly<Record<string, unknown>>;

/**
 * Lays an execution's history beside the recorded one. Recordings of concurrent branches may lack some events and
 * have lost the ids of others: a gap in the ids that no event without id fills is a hole, and our event there is
 * ignored. Where branches ran concurrently, events match in any order and their ids are not compared.
 */
export const align = (
  recorded: ExecutionCase,
  history: readonly HistoryEvent[],
  comparison: Comparison,
): { readonly types: string[]; readonly events: string[] } => {
  const theirs = recorded.history;
  const lostIds = theirs.some((event) => typeof event.id !== 'number');
  const ours = withoutHoles(theirs, history);
  const free = recorded.concurrent || lostIds;
  const types = compareTypes(
    recorded.historyTypes,
    ours.map(({ type }) => String(type)),
    free,
  );
  if (types.length > 0) return { types, events: types };
  return { types, events: free ? matchFreely(theirs, ours, comparison) : matchInOrder(theirs, ours, comparison) };
};

const withoutHoles = (theirs: readonly RecordedEvent[], history: readonly HistoryEvent[]): readonly HistoryEvent[] => {
  const known = new Set(theirs.map(({ id }) => id).filter((id) => typeof id === 'number'));
  const last = Math.max(0, ...known);
  const unplaced = theirs.filter(({ id }) => typeof id !== 'number').map(({ type }) => type);
  return history.filter(({ id, type }) => {
    if (id === undefined || id > last || known.has(id)) return true;
    const place = unplaced.indexOf(String(type));
    if (place >= 0) unplaced.splice(place, 1);
    return place >= 0;
  });
};

const compareTypes = (theirs: readonly string[], ours: readonly string[], free: boolean): string[] => {
  const wanted = free ? theirs.toSorted() : theirs;
  const got = free ? ours.toSorted() : ours;
  const length = Math.max(wanted.length, got.length);
  for (let index = 0; index < length; index += 1) {
    if (wanted[index] !== got[index])
      return [
        `event ${index + 1} of ${length}${free ? ' by type' : ''}: recorded ${wanted[index] ?? 'nothing'}, got ${got[index] ?? 'nothing'}`,
      ];
  }
  return [];
};

const matchInOrder = (
  theirs: readonly RecordedEvent[],
  ours: readonly HistoryEvent[],
  comparison: Comparison,
): string[] =>
  theirs.flatMap((event, index) =>
    differences(
      timeless(event),
      timeless(ours[index] as unknown as Plain),
      comparison,
      `/${event.id} ${event.type}`,
    ).map(tell),
  );

const matchFreely = (
  theirs: readonly RecordedEvent[],
  ours: readonly HistoryEvent[],
  comparison: Comparison,
): string[] => {
  const pool = ours.map((event) => placeless(event as unknown as Plain));
  return theirs.flatMap((event) => {
    const wanted = placeless(event);
    const attempts = pool
      .map((candidate, index) => ({ candidate, index }))
      .filter(({ candidate }) => candidate.type === event.type)
      .map(({ candidate, index }) => ({
        index,
        found: differences(wanted, candidate, comparison, `/${event.id} ${event.type}`),
      }));
    const best = attempts.reduce((a, b) => (b.found.length < a.found.length ? b : a));
    if (best.found.length === 0) pool.splice(best.index, 1);
    return best.found.map(tell);
  });
};

const timeless = ({ timestamp: _, ...rest }: Plain): Plain => rest;
const placeless = ({ timestamp: _, id: __, previousEventId: ___, ...rest }: Plain): Plain => rest;

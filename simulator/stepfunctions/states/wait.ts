import type { WaitState } from '../definition/definition.ts';
import type { Outcome, Visit } from '../execution/visit.ts';

/** The longest wait and the longest timeout that a definition may state. */
export const secondsMax = 99_999_999;

/** ISO-8601 extended with an offset, as Java's `ISO_OFFSET_DATE_TIME` reads it: seconds may be left out, the offset may not. */
const offsetDateTime = /^(\d{4}-\d{2}-\d{2})T(\d{2}):\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/i;

/** @returns NaN for text that names no time. */
const parseOffsetDateTime = (text: string): number => {
  const [, day = '', hour = ''] = offsetDateTime.exec(text) ?? [];
  // JavaScript reads 30 February as 1 March and knows an hour 24; AWS knows neither.
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(day) && hour < '24';
  return exists ? Date.parse(text.toUpperCase()) : Number.NaN;
};

export const runWait = async (visit: Visit<WaitState>): Promise<Outcome> => {
  const { state, frame } = visit;
  let delayMs = 0;
  if (state.seconds) delayMs = (await visit.evaluateWhole(state.seconds, 0, secondsMax)) * 1000;
  if (state.timestamp) delayMs = (await dueMs(visit, state.timestamp)) - frame.machinery.ctx.kernel.now();
  await frame.scope.wait(delayMs, 'states wait');
  return visit.finish(state, state.next, visit.input);
};

const dueMs = async (visit: Visit<WaitState>, template: NonNullable<WaitState['timestamp']>): Promise<number> => {
  const text = String(await visit.evaluateAs(template, 'string'));
  const parsedMs = parseOffsetDateTime(text);
  if (Number.isNaN(parsedMs))
    throw visit.evaluationFailure(
      'Timestamp',
      `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
      'entered',
    );
  return parsedMs;
};

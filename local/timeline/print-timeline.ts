import type { TimelineLine } from './describe-event.ts';

const colours = { plain: '', good: '\u001b[32m', bad: '\u001b[31m', quiet: '\u001b[2m' } as const;
const reset = '\u001b[0m';

/** One line of the timeline: a clock, what it is about, what happened. `clock` is at most 9 characters wide. */
export const formatLine = (clock: string, line: TimelineLine, colour: boolean): string => {
  const plain = `${clock.padStart(9)}  ${line.about.padEnd(24)} ${line.text}`;
  return colour && colours[line.tone] ? `${colours[line.tone]}${plain}${reset}` : plain;
};

/** `09:41:07` of a wall-clock time, in UTC as all of AWS's timestamps are. */
export const wallClock = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19);

/** `+12:34` or `+1:02:03` since the start of a story. */
export const storyClock = (sinceStartMs: number): string => {
  const seconds = Math.floor(sinceStartMs / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `+${hours > 0 ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

import type { Traffic, TrafficBin } from './traffic.ts';

/** Why a file of counts cannot be used: the line and the reason; the message is the whole story. */
export class InvalidTraffic extends Error {
  override readonly name = 'InvalidTraffic';
}

const header = 'timestamp_s,count';
const accepted = `accepted is a first line '${header}', then one line for each bin: seconds and the number of messages in the bin that begins there, in ascending order`;

/** Bins apart by more than so many usual widths have a gap between them, in which nothing is taken to have arrived. */
const gapFactor = 1.5;

/** A quarter of a year: its every second is reckoned with, in 8 bytes each. */
const daysMax = 93;

/** As seconds since 1970 this is in the year 5138, as milliseconds in 1973: no honest time in seconds comes near. */
const timeMax = 1e11;

/**
 * Reads `timestamp_s,count`: counts of messages in bins of any width. A bin lasts until the next one begins, at most the
 * usual (median) width of the file: what lies between is a gap without traffic. Times are moved to begin at 0.
 * @throws InvalidTraffic with the first line that cannot be used and the reason
 */
export const readTraffic = (text: string, name: string): Traffic => {
  const refuse = (line: number, reason: string): never => {
    throw new InvalidTraffic(`${name}, line ${line}: ${reason}; ${accepted}`);
  };
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
  if (lines.length === 0) refuse(1, 'the file is empty');
  const [first = ''] = lines;
  if (first.replaceAll(' ', '') !== header) refuse(1, `the first line is '${shortened(first)}'`);
  const starts: number[] = [];
  const counts: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const at = index + 1;
    const fields = line.split(',').map((field) => field.trim());
    if (fields.length !== 2) refuse(at, `'${shortened(line)}' has ${fields.length} fields instead of 2`);
    const [start, count] = fields.map((field) => (field === '' ? Number.NaN : Number(field))) as [number, number];
    if (!Number.isFinite(start)) refuse(at, `the time '${shortened(fields[0] ?? '')}' is not a number`);
    if (!Number.isFinite(count)) refuse(at, `the count '${shortened(fields[1] ?? '')}' is not a number`);
    if (count < 0) refuse(at, `the count ${count} is below 0`);
    if (Math.abs(start) >= timeMax)
      refuse(at, `the time ${start} is too great for seconds: are these milliseconds? Then divide them by 1000`);
    const before = starts.at(-1);
    if (before !== undefined && start === before) refuse(at, `the time ${start} was there on the line before`);
    if (before !== undefined && start < before) refuse(at, `the time ${start} comes after ${before}`);
    if (start - (starts[0] ?? start) > daysMax * 86_400)
      refuse(
        at,
        `the time ${start} is more than ${daysMax} days after the first, the most that is read: are these milliseconds? Then divide them by 1000; otherwise give a part of the file`,
      );
    starts.push(start);
    counts.push(count);
  }
  if (starts.length < 2) refuse(lines.length, 'there are fewer than two bins, which give no width');
  if (!counts.some((count) => count > 0)) refuse(lines.length, 'no bin has a message');
  const distances = starts.slice(1).map((start, index) => start - (starts[index] as number));
  const usual = distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] as number;
  let gaps = 0;
  const bins = starts.map((start, index): TrafficBin => {
    const distance = distances[index] ?? usual;
    const gap = distance > gapFactor * usual;
    if (gap) gaps += 1;
    return {
      startSeconds: start - (starts[0] as number),
      widthSeconds: gap ? usual : distance,
      count: counts[index] as number,
    };
  });
  return { name, bins, gaps };
};

/** How a file was understood, for whoever would otherwise not see that its times mean something else. */
export const describeTraffic = ({ bins, gaps }: Traffic): string => {
  const last = bins.at(-1) as TrafficBin;
  const usual = bins.map(({ widthSeconds }) => widthSeconds).toSorted((a, b) => a - b)[
    Math.floor((bins.length - 1) / 2)
  ] as number;
  const away = bins.slice(1).reduce((sum, { startSeconds }, index) => {
    const before = bins[index] as TrafficBin;
    return sum + startSeconds - before.startSeconds - before.widthSeconds;
  }, 0);
  return [
    `${bins.length} bins of ${Number(usual.toFixed(3))} s over ${hoursOf(last.startSeconds + last.widthSeconds)}`,
    ...(gaps > 0
      ? [`${gaps} ${gaps === 1 ? 'gap of' : 'gaps of together'} ${hoursOf(away)}, taken as time without traffic`]
      : []),
    ...(looksLikeMilliseconds(usual) ? ['are its times milliseconds? Then divide them by 1000'] : []),
  ].join('; ');
};

const hoursOf = (seconds: number): string => `${(seconds / 3_600).toFixed(2)} h`;

/** People count by whole seconds, minutes and hours: bins of so many thousands of seconds are seldom any of these. */
const looksLikeMilliseconds = (widthSeconds: number): boolean =>
  widthSeconds >= 1_000 && widthSeconds % 1_000 === 0 && widthSeconds % 3_600 !== 0;

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

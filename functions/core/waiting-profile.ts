/** What a look counted: `pickedUp` is cumulative over the burst. */
export interface QueueCount {
  readonly atMs: number;
  readonly visible: number;
  readonly pickedUp: number;
}

/**
 * How many of the messages that wait were sent at or before a time. Messages leave in the order in which they came,
 * roughly: of those that waited at an earlier look, all but those picked up since then still wait.
 */
export interface WaitingProfile {
  /** When the oldest waiting message was sent, epoch milliseconds. */
  readonly headMs: number;
  readonly visible: number;
  /** Times between which the messages are spread evenly, epoch milliseconds, rising. */
  readonly times: readonly number[];
  /** @returns 0 up to `headMs`, `visible` from now on. */
  sentBy(timeMs: number): number;
}

/**
 * @param counts earlier looks, oldest first.
 * @param now the look that is being taken.
 * @param headMs when the oldest waiting message was sent.
 */
export const waitingProfile = (counts: readonly QueueCount[], now: QueueCount, headMs: number): WaitingProfile => {
  const head = Math.min(headMs, now.atMs);
  const points = [...counts.filter(({ atMs }) => atMs > head && atMs < now.atMs), now];
  const waiting = monotone(points.map(({ visible, pickedUp }) => Math.max(0, visible - (now.pickedUp - pickedUp))));
  const times = [head, ...points.map(({ atMs }) => atMs)];
  const values = [0, ...waiting];
  return {
    headMs: head,
    times,
    visible: values.at(-1) ?? 0,
    sentBy: (timeMs) => {
      if (timeMs >= now.atMs) return values.at(-1) ?? 0;
      if (timeMs <= head) return 0;
      const after = times.findIndex((time) => time > timeMs);
      const [fromMs, toMs] = [times[after - 1], times[after]] as [number, number];
      const [from, to] = [values[after - 1], values[after]] as [number, number];
      return from + ((to - from) * (timeMs - fromMs)) / (toMs - fromMs);
    },
  };
};

/**
 * The nearest sequence that never falls (least squares, by pooling neighbours that violate it). Later counts cannot
 * hold fewer of the same messages; where they seem to, the counts were off, and their mean is the better guess.
 */
const monotone = (values: readonly number[]): readonly number[] => {
  const pools: { mean: number; size: number }[] = [];
  for (const value of values) {
    let pool = { mean: value, size: 1 };
    for (let last = pools.at(-1); last && last.mean > pool.mean; last = pools.at(-1)) {
      pools.pop();
      const size = last.size + pool.size;
      pool = { mean: (last.mean * last.size + pool.mean * pool.size) / size, size };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ mean, size }) => Array<number>(size).fill(mean));
};

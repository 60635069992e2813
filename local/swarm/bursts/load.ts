import type { Chance } from '../chance.ts';

/** A stretch of a load, in seconds from its begin. */
export interface Stretch {
  readonly untilSeconds: number;
  /** Orders a second, as a share of what the external base can do. */
  readonly share: number;
}

export interface Load {
  readonly kind: 'steady' | 'steps' | 'on and off' | 'spikes';
  readonly stretches: readonly Stretch[];
  /** Orders that come at once, besides. */
  readonly spikes: readonly { readonly atSeconds: number; readonly orders: number }[];
  /** Share of the orders that are bound to the premises. */
  readonly onPremisesShare: number;
}

/** @param perSecond orders that the external base can do in a second. */
export const drawLoad = (chance: Chance, seconds: number, perSecond: number): Load => {
  const kind = chance.oneOf('kind of load', ['steady', 'steps', 'on and off', 'spikes'] as const);
  const onPremisesShare = chance.happens('orders bound to the premises', 0.6) ? chance.between('bound', 0.02, 0.3) : 0;
  const stretches: Stretch[] = [];
  if (kind === 'steady') stretches.push({ untilSeconds: seconds, share: chance.between('steady share', 0.3, 1.8) });
  else if (kind === 'spikes') stretches.push({ untilSeconds: seconds, share: chance.between('low share', 0.1, 0.7) });
  else {
    const [shortest, longest] = kind === 'steps' ? [120, 400] : [20, 120];
    for (let from = 0, high = false; from < seconds; high = !high) {
      const untilSeconds = Math.min(seconds, from + chance.between('stretch', shortest, longest));
      const share = high ? chance.between('high share', 1.2, 4) : chance.between('low share', 0, 0.9);
      stretches.push({ untilSeconds, share });
      from = untilSeconds;
    }
  }
  const count = kind === 'spikes' ? chance.whole('spikes', 1, 4) : 0;
  const spikes = Array.from({ length: count }, () => ({
    atSeconds: chance.between('spike at', 0, seconds),
    orders: Math.ceil(chance.between('spike', 20, 200) * perSecond),
  }));
  return { kind, stretches, spikes, onPremisesShare };
};

/** When orders are sent, in seconds from the begin of the load, in order. */
export const drawArrivals = (chance: Chance, load: Load, perSecond: number): readonly number[] => {
  const arrivals = load.spikes.flatMap(({ atSeconds, orders }) =>
    Array.from({ length: orders }, (_, index) => atSeconds + 0.01 * index),
  );
  let from = 0;
  for (const { untilSeconds, share } of load.stretches) {
    const rate = share * perSecond;
    for (let at = from; rate > 0; ) {
      at += -Math.log(1 - chance.between('arrival', 0, 1)) / rate;
      if (at >= untilSeconds) break;
      arrivals.push(at);
    }
    from = untilSeconds;
  }
  return arrivals.sort((a, b) => a - b);
};

/** Times at which the load itself changes its direction: each is a reason for a burst to change its own. */
export const turnsOf = ({ stretches, spikes }: Load): number => stretches.length - 1 + 2 * spikes.length;

import type { BurstInvariant } from '../invariant.ts';

export const everyBurstEnds = (): BurstInvariant => ({
  rule: 'every burst ends, with one record and one event',
  atRest: ({ world, deeds }, bursts) => {
    const running = world
      .executions('burst')
      .filter(({ status }) => status === 'RUNNING')
      .map(({ name }) => `${name} still runs`);
    const held = world.holder();
    const records = bursts.flatMap(({ burstId, executionArn, endedAt, verdict, cause, ledger }) => {
      // A refusal of signals has a record for five minutes, and no ledger.
      const isRefusal = cause === 'bound-to-premises' || cause === 'never-released';
      if (endedAt === undefined) return [`the record of ${burstId} has no end`];
      if (!isRefusal && verdict !== 'recalled') return [`${burstId} ended as ${verdict} (${cause})`];
      if (!isRefusal && !ledger) return [`${burstId} ended without a ledger`];
      const told = world.told.filter((event) => event.burstId === burstId && event.state === 'ENDED').length;
      // Who stops an execution whose burst has ended, and is freed, stops its last words as well.
      const silenced = deeds.some(
        ({ kind, of, fromMs }) => kind === 'stop' && of === executionArn && fromMs >= Date.parse(endedAt),
      );
      return isRefusal || silenced || told >= 1 ? [] : [`nobody was told of the end of ${burstId}`];
    });
    return [...running, ...(held === undefined ? [] : [`${held} still holds the lease`]), ...records];
  },
});

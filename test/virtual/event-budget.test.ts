import { describe, expect, it } from 'vitest';
import { VirtualWorld } from '../../local/virtual/world.ts';
import configuration from '../../spillway.config.ts';
import { sampleMaterial } from './material.ts';

const minuteMs = 60_000;

/**
 * Virtual time is as fast as events are few: their number is a function of the seed and the code alone, so it can be
 * bounded where seconds cannot. The bounds leave a fifth of room and more (found: 196, 1,189, 1,100 and 13.6); what does
 * not fit looks or sends far more often than before.
 */
describe('a virtual world', () => {
  it('boots, releases every service, idles and takes orders within its budget of events', async () => {
    const services = Object.keys(configuration.services);
    const released = new Set<string>();
    const world = await VirtualWorld.boot(await sampleMaterial(), {
      seed: 1,
      onEvent: ({ 'detail-type': type, detail }) => {
        if (type === 'Spillway Rollout State Change' && detail.verdict === 'completed')
          released.add(String(detail.service));
      },
    });
    let seen = 0;
    const eventsSince = (): number => {
      const events = world.kernel.processed - seen;
      seen = world.kernel.processed;
      return events;
    };
    const spent: Record<string, number> = { boot: eventsSince() };
    for (const service of services) world.push(service, 'v1');
    expect(await world.until(() => released.size === services.length, 60 * minuteMs)).toBe(true);
    spent['first releases'] = eventsSince();
    await world.pass(5 * minuteMs);
    eventsSince();
    await world.pass(10 * minuteMs);
    const idle = eventsSince();
    spent['ten idle minutes'] = idle;
    for (let number = 0; number < 200; number += 1) {
      world.kernel.after(number * 1_000, 'order', async () => {
        const response = await world.request('/api/orders', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': `budget-${number}` },
          body: JSON.stringify({ items: [{ sku: 'tea', quantity: 1 }] }),
        });
        if (response.status !== 202) throw new Error(`order ${number} was answered with ${response.status}`);
      });
    }
    await world.pass(10 * minuteMs);
    spent['an order'] = (eventsSince() - idle) / 200;

    const budget = { boot: 300, 'first releases': 1_450, 'ten idle minutes': 1_830, 'an order': 16 };
    for (const [what, most] of Object.entries(budget)) expect.soft(spent[what], what).toBeLessThanOrEqual(most);
    expect.soft(Object.keys(spent)).toEqual(Object.keys(budget));
  });
});

import { describe, expect, it } from 'vitest';
import { defaultFidelity, type Fidelity } from '../cloud/fidelity.ts';
import { loneService } from '../cloud/lone-service.ts';
import { SqsService } from './sqs-service.ts';

const start = async (sqs: Partial<Fidelity['sqs']>) => {
  const world = loneService((ctx) => new SqsService(ctx), { fidelity: { sqs: { ...defaultFidelity.sqs, ...sqs } } });
  await world.call('CreateQueue', { QueueName: 'orders' });
  const visible = (): number => world.service.countsOf(world.service.queueOf('/orders')).visible;
  const send = (count: number): void => {
    for (let index = 0; index < count; index += 1)
      world.service
        .queueOf('/orders')
        .send(
          { id: `message-${index}`, body: 'a', md5OfBody: '', attributes: {}, systemAttributes: {}, senderId: '' },
          0,
        );
  };
  return { world, visible, send };
};

describe('the counts of a queue', () => {
  it('are exact as long as nothing else is asked for', async () => {
    const { visible, send } = await start({});
    send(100);
    expect(visible()).toBe(100);
  });

  it('are repeated for countsLagMs', async () => {
    const { world, visible, send } = await start({ countsLagMs: 10_000 });
    expect(visible()).toBe(0);
    send(100);
    await world.pass(9_999);
    expect(visible()).toBe(0);
    await world.pass(1);
    expect(visible()).toBe(100);
  });

  it('are always countsAgeMs old', async () => {
    const { world, visible, send } = await start({ countsAgeMs: 30_000 });
    expect(visible()).toBe(0);
    await world.pass(60_000);
    send(100);
    await world.pass(29_000);
    expect(visible()).toBe(0);
    await world.pass(2_000);
    expect(visible()).toBe(100);
  });

  it('are off by up to countsNoise either way', async () => {
    const { visible, send } = await start({ countsNoise: 0.1 });
    send(1_000);
    const seen = Array.from({ length: 200 }, visible);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(900);
    expect(Math.max(...seen)).toBeLessThanOrEqual(1_100);
    expect(Math.min(...seen)).toBeLessThan(920);
    expect(Math.max(...seen)).toBeGreaterThan(1_080);
  });
});

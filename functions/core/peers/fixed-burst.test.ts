import { expect, it } from 'vitest';
import { fixedBurst } from './fixed-burst.ts';

it('has its tasks while the alarm stands, from the threshold on', () => {
  const peer = fixedBurst({ minTasks: 20, maxTasks: 100, alarmMessages: 300, tasks: 10 });
  const look = { inFlight: 0, running: 20, desired: 20 };
  expect(peer.decide({ ...look, visible: 299 }, undefined, 0).desired).toBe(20);
  expect(peer.decide({ ...look, visible: 300 }, undefined, 0).desired).toBe(30);
});

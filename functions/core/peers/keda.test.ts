import { describe, expect, it } from 'vitest';
import { keda, replicasFor, scaleLimit } from './keda.ts';

const bounds = { minTasks: 1, maxTasks: 100 };

describe('KEDA with the horizontal pod autoscaler', () => {
  it('scales to 3 pods for 30 messages at a queue length of 10 (KEDA documentation, AWS SQS Queue Scaler)', () => {
    expect(replicasFor(30, 10, 1)).toBe(3);
  });

  it('doubles at twice the target and halves at half of it (Kubernetes documentation, algorithm details)', () => {
    expect(replicasFor(2 * 10 * 6, 10, 6)).toBe(12);
    expect(replicasFor(0.5 * 10 * 6, 10, 6)).toBe(3);
  });

  it('leaves the replicas alone within a tenth of the target', () => {
    expect(replicasFor(109, 10, 10)).toBe(10);
    expect(replicasFor(111, 10, 10)).toBe(12);
    expect(replicasFor(91, 10, 10)).toBe(10);
    expect(replicasFor(89, 10, 10)).toBe(9);
  });

  /** The example of Kubernetes' documentation of scaling policies: 4 pods or 10 percent a minute, whichever is more. */
  const documented = [
    { kind: 'tasks', value: 4, periodSeconds: 60 },
    { kind: 'percent', value: 10, periodSeconds: 60 },
  ] as const;

  it('takes 8 of 80, then 8 of 72, then 4 of 40', () => {
    expect(scaleLimit('down', 80, documented, [], 0)).toBe(72);
    expect(scaleLimit('down', 72, documented, [{ atSeconds: 0, by: -8 }], 60)).toBe(64);
    expect(scaleLimit('down', 40, documented, [], 0)).toBe(36);
  });

  it('counts what was taken within the period', () => {
    expect(scaleLimit('down', 72, documented, [{ atSeconds: 0, by: -8 }], 59)).toBe(72);
  });

  it('adds at most as many as there are, or four, in 15 s', () => {
    const peer = keda({ ...bounds, queueLength: 1 });
    const look = { inFlight: 0, running: 1, visible: 1_000 };
    const first = peer.decide({ ...look, desired: 1 }, peer.initial, 0);
    expect(first.desired).toBe(5);
    expect(peer.decide({ ...look, desired: 5 }, first.state, 15).desired).toBe(10);
  });

  it('counts messages in flight', () => {
    const peer = keda({ ...bounds, queueLength: 10 });
    expect(peer.decide({ visible: 10, inFlight: 20, running: 1, desired: 1 }, peer.initial, 0).desired).toBe(3);
  });

  it('takes nothing back while a want of the last 300 s was as high', () => {
    const peer = keda({ ...bounds, queueLength: 10 });
    const high = peer.decide({ visible: 100, inFlight: 0, running: 10, desired: 10 }, peer.initial, 0);
    const low = { visible: 0, inFlight: 0, running: 10, desired: 10 };
    expect(peer.decide(low, high.state, 285).desired).toBe(10);
    expect(peer.decide(low, high.state, 300).desired).toBe(1);
  });
});

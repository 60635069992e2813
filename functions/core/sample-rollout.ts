import type { Rollout } from './state.ts';

/** A rollout for tests: of `shop`, on both capacities, by a push. */
export const sampleRollout: Rollout = {
  service: 'shop',
  rolloutId: 'r1',
  executionArn: 'arn:execution:r1',
  startedAt: '2026-11-23T12:00:00.000Z',
  askedAt: '2026-11-23T12:00:00.000Z',
  force: false,
  fence: 3,
  digest: 'sha256:2',
  acceptedDigests: ['sha256:2'],
  image: 'shop:v2',
  repository: 'shop',
  registryId: '123456789012',
  gates: { deployableTags: [], windows: [] },
  twins: [
    { twin: 'shop-fargate', capacity: 'fargate', baseTasks: 2 },
    { twin: 'shop-external', capacity: 'external', baseTasks: 1 },
  ],
  concurrency: 'supersede',
  failedTasksMax: 2,
  sweepSeconds: 300,
  deadlineSeconds: 1_800,
  bakeSeconds: 60,
  probe: true,
  alarms: [],
  deadLetterQueues: [],
  deadlineAt: '2026-11-23T12:30:00.000Z',
  settleSeconds: 0,
  trigger: { kind: 'push' },
  actor: '',
};

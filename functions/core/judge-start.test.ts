import { describe, expect, it } from 'vitest';
import { judgeStart } from './judge-start.ts';

const percents = { minimumHealthyPercent: 50, maximumPercent: 150 };
const free = { twin: 'shop-fargate', desiredCount: 2, percents };

describe('what keeps a rollout from starting on a twin', () => {
  it('is nothing where ECS can stop or start a task at its count', () => {
    expect(judgeStart(free)).toBeUndefined();
  });

  it('is a count at which ECS can do neither', () => {
    expect(judgeStart({ ...free, desiredCount: 1 })).toEqual({
      cause: 'percents-deadlock',
      reason: expect.stringContaining('At its count of 1 ECS could neither stop nor start a task of shop-fargate'),
    });
  });

  it('is a rollback of ECS itself, which is told first and in its own words', () => {
    const words = 'ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.';
    expect(judgeStart({ ...free, desiredCount: 1, rollingBack: { from: undefined, reason: words } })).toEqual({
      cause: 'ecs-rolling-back',
      reason: `ECS itself rolls shop-fargate back, and nothing is started into that: ${words}`,
    });
  });
});

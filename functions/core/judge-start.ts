import { deadlockOf, type FitFacts } from './judge-fit.ts';
import type { ObservedTwin } from './judge-twin.ts';
import type { Cause } from './verdict.ts';

export type StartFacts = Pick<FitFacts, 'twin' | 'desiredCount' | 'percents'> & Pick<ObservedTwin, 'rollingBack'>;

/**
 * Why nothing can be started on a twin as it stands; undefined where it can. ECS rolls back only where somebody has
 * asked it to, outside of the templates: a deployment that is started meanwhile fails without a completed one to return
 * to, and the service stalls. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
 */
export const judgeStart = ({
  rollingBack,
  ...twin
}: StartFacts):
  | {
      readonly cause: Extract<Cause<'rollout', 'refused'>, 'ecs-rolling-back' | 'percents-deadlock'>;
      readonly reason: string;
    }
  | undefined => {
  if (rollingBack !== undefined) {
    const reason = `ECS itself rolls ${twin.twin} back, and nothing is started into that: ${rollingBack.reason}`;
    return { cause: 'ecs-rolling-back', reason };
  }
  const deadlock = deadlockOf(twin);
  return deadlock === undefined ? undefined : { cause: 'percents-deadlock', reason: deadlock };
};

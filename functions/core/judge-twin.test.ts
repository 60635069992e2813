import { describe, expect, it } from 'vitest';
import {
  awaitsOnlyStops,
  hasArrived,
  judgeFailures,
  judgeTwin,
  needsNewDeployment,
  type ObservedTwin,
  type TaskFailure,
  type TwinLimits,
} from './judge-twin.ts';

const now = Date.parse('2026-11-23T12:05:00Z');
const moved = Date.parse('2026-11-23T12:00:00Z');
const ours = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop-fargate:7';
const old = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop-fargate:6';
const foreign = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop-fargate:8';

const limits: TwinLimits = {
  taskDefinition: ours,
  deployment: { id: 'ecs-svc/7', createdAtMs: moved },
  overtaken: [],
  failedTasksMax: 2,
  deadlineMs: Date.parse('2026-11-23T12:30:00Z'),
  failFast: true,
};

const primary = {
  id: 'ecs-svc/7',
  taskDefinition: ours,
  createdAtMs: moved,
  state: 'completed' as const,
  stateReason: '',
  failedTasks: 0,
  running: 2,
};

const arrived: ObservedTwin = {
  twin: 'shop-fargate',
  active: true,
  desiredCount: 2,
  runningCount: 2,
  pendingCount: 0,
  deployments: [{ taskDefinition: ours, running: 2, pending: 0 }],
  placementFailure: undefined,
  primary,
};

const crash = (reason = 'Essential container in task exited'): TaskFailure => ({
  cause: 'crash-after-start',
  reason,
  mendable: true,
});

const judge = (
  observed: ObservedTwin | undefined,
  failures: readonly TaskFailure[] = [],
  more: Partial<TwinLimits> = {},
  at = now,
) => judgeTwin('shop-fargate', observed, failures, { ...limits, ...more }, at);

const causeOf = (judgement: ReturnType<typeof judge>): string =>
  judgement.kind === 'failed' ? judgement.failure.cause : judgement.kind;

describe('a twin has arrived', () => {
  it('when our deployment is complete, alone and fully running', () => {
    expect(judge(arrived).kind).toBe('done');
  });

  it('not while an older deployment still has tasks', () => {
    expect(
      judge({ ...arrived, deployments: [...arrived.deployments, { taskDefinition: old, running: 1, pending: 0 }] })
        .kind,
    ).toBe('wait');
  });

  it('not while fewer tasks run than are desired', () => {
    expect(judge({ ...arrived, runningCount: 1 }).kind).toBe('wait');
  });

  it('not while more tasks run than are desired', () => {
    expect(judge({ ...arrived, runningCount: 3 }).kind).toBe('wait');
  });

  it('not while a task is pending', () => {
    expect(judge({ ...arrived, pendingCount: 1 }).kind).toBe('wait');
  });

  it('not while ECS calls the deployment in progress', () => {
    expect(judge({ ...arrived, primary: { ...primary, state: 'in-progress' } }).kind).toBe('wait');
  });

  it('at desired count 0 once nothing runs, whatever ECS calls the deployment', () => {
    const empty = {
      ...arrived,
      desiredCount: 0,
      runningCount: 0,
      primary: { ...primary, state: 'in-progress' as const },
    };
    expect(judge(empty).kind).toBe('done');
    expect(judge({ ...empty, runningCount: 1 }).kind).toBe('wait');
  });

  it('even at the deadline', () => {
    expect(judge(arrived, [], {}, limits.deadlineMs).kind).toBe('done');
  });

  it('with a newer deployment of the same task definition: a forced restart of it changes nothing', () => {
    expect(judge({ ...arrived, primary: { ...primary, id: 'ecs-svc/8', createdAtMs: moved + 1 } }).kind).toBe('done');
  });
});

describe('a late read', () => {
  it('that shows the deployment before ours says nothing', () => {
    const late = { ...arrived, primary: { ...primary, id: 'ecs-svc/6', taskDefinition: old, createdAtMs: moved - 1 } };
    expect(judge(late).kind).toBe('wait');
  });

  it('of an older deployment of the same task definition is no arrival', () => {
    const late = { ...arrived, primary: { ...primary, id: 'ecs-svc/5', createdAtMs: moved - 1 } };
    expect(judge(late).kind).toBe('wait');
  });

  it('that shows an older failed deployment is no failure', () => {
    const late = {
      ...arrived,
      primary: { ...primary, id: 'ecs-svc/5', createdAtMs: moved - 1, state: 'failed' as const },
    };
    expect(judge(late).kind).toBe('wait');
  });
});

describe('somebody else', () => {
  const theirs = {
    ...arrived,
    primary: { ...primary, id: 'ecs-svc/8', taskDefinition: foreign, createdAtMs: moved + 1 },
  };

  it('who moved the twin ends the wait, and the twin is left alone', () => {
    expect(judge(theirs)).toMatchObject({
      kind: 'failed',
      failure: { cause: 'changed-by-someone-else', leave: true, twin: 'shop-fargate' },
    });
  });

  it('who is an overtaken rollout of ours is overwritten', () => {
    expect(judge(theirs, [], { overtaken: [foreign] }).kind).toBe('again');
  });

  it('who deleted the service ends the wait', () => {
    expect(causeOf(judge(undefined))).toBe('service-deleted');
    expect(causeOf(judge({ ...arrived, active: false }))).toBe('service-deleted');
  });
});

describe('failed tasks', () => {
  const moving = { ...arrived, runningCount: 1, primary: { ...primary, state: 'in-progress' as const } };

  it('are tolerated up to exactly failedTasksMax', () => {
    expect(judge(moving, [crash(), crash()]).kind).toBe('wait');
    expect(causeOf(judge(moving, [crash(), crash(), crash()]))).toBe('crash-after-start');
  });

  it('are not tolerated at all at failedTasksMax 0', () => {
    expect(causeOf(judge(moving, [crash()], { failedTasksMax: 0 }))).toBe('crash-after-start');
  });

  it('end the wait at the first one that no retry can mend', () => {
    const gone: TaskFailure = { cause: 'pull-failure', reason: 'CannotPullContainerError: not found', mendable: false };
    expect(causeOf(judge(moving, [gone]))).toBe('pull-failure');
    expect(judge(moving, [{ ...gone, mendable: true }]).kind).toBe('wait');
  });

  it('are not held against the image where a start was not made that may be made tomorrow', () => {
    const failure = (task: TaskFailure, observed: ObservedTwin = moving, at = now, more: Partial<TwinLimits> = {}) => {
      const judged = judge(observed, [task], more, at);
      return judged.kind === 'failed' ? judged.failure : undefined;
    };
    const cutOff: TaskFailure = { cause: 'pull-failure', reason: 'i/o timeout', mendable: true };
    const gaveUp = { ...moving, primary: { ...primary, state: 'failed' as const } };
    const none = { failedTasksMax: 0 };
    for (const task of [cutOff, { ...cutOff, cause: 'failed-to-start' as const }]) {
      expect(failure(task, moving, now, none)).toMatchObject({ cause: task.cause, blameless: true });
      expect(failure(task, gaveUp)).toMatchObject({ cause: task.cause, blameless: true });
      expect(failure(task, moving, limits.deadlineMs)).toMatchObject({ cause: task.cause, blameless: true });
      expect(failure({ ...task, mendable: false })).not.toHaveProperty('blameless');
    }
    for (const cause of ['crash-after-start', 'exits-cleanly', 'unhealthy'] as const)
      expect(failure({ ...cutOff, cause }, moving, now, none)).not.toHaveProperty('blameless');
  });

  it('give the cause that most of them share', () => {
    const sick: TaskFailure = { cause: 'unhealthy', reason: 'failed container health checks', mendable: true };
    expect(causeOf(judge(moving, [sick, crash(), sick]))).toBe('unhealthy');
    expect(causeOf(judge(moving, [sick, crash(), crash()]))).toBe('crash-after-start');
  });

  it('do not end a way back, where nothing better is left', () => {
    const many = [crash(), crash(), crash(), crash()];
    expect(judge(moving, many, { failFast: false }).kind).toBe('wait');
  });

  it('name numbers and words in the reason', () => {
    const judgement = judge(moving, [crash(), crash(), crash('exit code 1')]);
    expect(judgement).toMatchObject({
      failure: {
        reason:
          '3 tasks of the release stopped on shop-fargate, and 2 may; the last one stopped by itself after it had started: exit code 1',
      },
    });
  });
});

describe('when ECS gives up', () => {
  const given: ObservedTwin = {
    ...arrived,
    runningCount: 0,
    deployments: [{ taskDefinition: ours, running: 0, pending: 0 }],
    primary: { ...primary, state: 'failed', stateReason: 'ECS deployment circuit breaker: tasks failed to start.' },
  };

  it('the stopped tasks say why', () => {
    expect(causeOf(judge(given, [crash()]))).toBe('crash-after-start');
  });

  it('a placement failure of this deployment says why', () => {
    const full = { ...given, placementFailure: { atMs: moved, reason: 'no container instance met' } };
    expect(causeOf(judge(full))).toBe('placement-failure');
    expect(causeOf(judge({ ...full, placementFailure: { atMs: moved - 1, reason: 'before' } }))).toBe(
      'circuit-breaker',
    );
  });

  it('it ends a way back too', () => {
    expect(causeOf(judge(given, [], { failFast: false }))).toBe('circuit-breaker');
  });

  it('for want of room a way back is walked again until its deadline, and a way forward is not', () => {
    const full = { ...given, placementFailure: { atMs: moved, reason: 'no container instance met' } };
    const back = { failFast: false };
    expect(judge(full, [], back, limits.deadlineMs - 1).kind).toBe('again');
    expect(causeOf(judge(full, [], back, limits.deadlineMs))).toBe('placement-failure');
    expect(causeOf(judge(full, [crash()], back))).toBe('crash-after-start');
    expect(causeOf(judge(full, [], {}))).toBe('placement-failure');
  });

  it('that is told of by the deployment to which it returns is one too, where it is ours that it leaves', () => {
    const reason = 'Service deployment was stopped by a user.';
    const before = { ...primary, id: 'ecs-svc/6', taskDefinition: old, createdAtMs: moved - 1 };
    const returns: ObservedTwin = {
      ...arrived,
      primary: { ...before, state: 'in-progress' },
      rollingBack: { from: 'ecs-svc/7', reason },
    };
    expect(judge(returns)).toMatchObject({
      failure: { cause: 'circuit-breaker', reason: `ECS gave up on shop-fargate: ${reason}`, leave: false },
    });
    expect(causeOf(judge(returns, [crash()]))).toBe('crash-after-start');
    expect(judge({ ...returns, rollingBack: { from: 'ecs-svc/5', reason } }).kind).toBe('wait');
    expect(judge({ ...returns, rollingBack: { from: undefined, reason } }).kind).toBe('wait');
  });

  it('the same task definition needs a new deployment while not all tasks run there, and only then', () => {
    const stuck = { ...given, deployments: [...given.deployments, { taskDefinition: old, running: 2, pending: 0 }] };
    expect(needsNewDeployment(stuck, ours)).toBe(true);
    expect(needsNewDeployment(stuck, old)).toBe(false);
    expect(needsNewDeployment({ ...stuck, primary: { ...primary, taskDefinition: old, state: 'failed' } }, ours)).toBe(
      false,
    );
    expect(needsNewDeployment({ ...stuck, primary: undefined }, ours)).toBe(false);
    expect(needsNewDeployment({ ...stuck, primary: { ...primary, state: 'in-progress' } }, ours)).toBe(false);
    const there = [{ taskDefinition: ours, running: 2, pending: 0 }];
    expect(needsNewDeployment({ ...stuck, deployments: there }, ours)).toBe(false);
  });

  it('a way back is at its end all the same when all tasks run there, in whichever deployment', () => {
    const stuck: ObservedTwin = {
      ...given,
      runningCount: 2,
      deployments: [
        { taskDefinition: ours, running: 0, pending: 0 },
        { taskDefinition: ours, running: 2, pending: 0 },
      ],
    };
    expect(judge(stuck, [], { failFast: false }).kind).toBe('done');
    expect(causeOf(judge(stuck))).toBe('circuit-breaker');
    const mixed = { ...stuck, deployments: [...stuck.deployments, { taskDefinition: old, running: 1, pending: 0 }] };
    expect(causeOf(judge(mixed, [], { failFast: false }))).toBe('circuit-breaker');
    const short = { ...stuck, deployments: [{ taskDefinition: ours, running: 1, pending: 0 }] };
    expect(causeOf(judge(short, [], { failFast: false }))).toBe('circuit-breaker');
  });
});

describe('the deadline', () => {
  const moving = { ...arrived, runningCount: 1, primary: { ...primary, state: 'in-progress' as const } };

  it('ends the wait when it comes and not before', () => {
    expect(judge(moving, [], {}, limits.deadlineMs - 1).kind).toBe('wait');
    const judged = judge(moving, [], {}, limits.deadlineMs);
    expect(judged).toMatchObject({ kind: 'failed', failure: { cause: 'timed-out', leave: false } });
  });

  it('names the placement when a task has none', () => {
    const full = { ...moving, placementFailure: { atMs: moved + 1, reason: 'no container instance met' } };
    expect(causeOf(judge(full, [], {}, limits.deadlineMs))).toBe('placement-failure');
    expect(causeOf(judge({ ...full, pendingCount: 1 }, [], {}, limits.deadlineMs))).toBe('timed-out');
  });

  it('names failed tasks, even tolerated ones', () => {
    expect(causeOf(judge(moving, [crash()], {}, limits.deadlineMs))).toBe('crash-after-start');
  });
});

/** What is told to people, word for word: it is all that they see of a decision. */
describe('the reason of a judgement', () => {
  const moving = { ...arrived, runningCount: 1, primary: { ...primary, state: 'in-progress' as const } };
  const reasonOf = (judgement: ReturnType<typeof judge>): string =>
    judgement.kind === 'failed' ? judgement.failure.reason : judgement.reason;
  const told = (...of: Parameters<typeof judge>): string => {
    const judgement = judge(...of);
    return `${judgement.kind}: ${reasonOf(judgement)}`;
  };

  it('counts tasks and deployments, one or more of them', () => {
    expect(told(arrived)).toBe('done: shop-fargate runs 2 tasks of shop-fargate:7');
    expect(told({ ...arrived, desiredCount: 1, runningCount: 1 })).toBe(
      'done: shop-fargate runs 1 task of shop-fargate:7',
    );
    expect(told(moving)).toBe('wait: 1 of 2 tasks run in 1 deployment');
    const two = { ...moving, deployments: [...moving.deployments, { taskDefinition: old, running: 1, pending: 0 }] };
    expect(told(two)).toBe('wait: 1 of 2 tasks run in 2 deployments');
    const unseen = 'wait: ECS does not show the new deployment of shop-fargate yet';
    expect(told({ ...moving, primary: undefined })).toBe(unseen);
    expect(told({ ...moving, primary: { ...primary, createdAtMs: moved - 1 } })).toBe(unseen);
  });

  it('names who moved a twin, and to what', () => {
    const theirs = { ...arrived, primary: { ...primary, taskDefinition: foreign } };
    expect(told(theirs)).toBe(
      'failed: Someone else moved shop-fargate to shop-fargate:8 while it was on its way to shop-fargate:7.',
    );
    expect(told(theirs, [], { overtaken: [foreign] })).toBe('again: shop-fargate:8 of an overtaken rollout came later');
    expect(judge(undefined)).toEqual({
      kind: 'failed',
      failure: {
        kind: 'twin',
        twin: 'shop-fargate',
        cause: 'service-deleted',
        reason: 'The ECS service shop-fargate does not exist any more.',
        leave: true,
      },
    });
  });

  it('says what no retry can mend, and takes the twin back', () => {
    const gone: TaskFailure = { cause: 'pull-failure', reason: 'not found', mendable: false };
    expect(judge(moving, [crash(), gone])).toEqual({
      kind: 'failed',
      failure: {
        kind: 'twin',
        twin: 'shop-fargate',
        cause: 'pull-failure',
        reason: 'A task of shop-fargate could not pull the image, and no retry can mend that: not found',
        leave: false,
      },
    });
    const wordsOf = (cause: TaskFailure['cause']) => told(moving, [{ ...gone, cause }]);
    expect(wordsOf('failed-to-start')).toContain('A task of shop-fargate could not start, and');
    expect(wordsOf('crash-after-start')).toContain(
      'A task of shop-fargate stopped by itself after it had started, and',
    );
    expect(wordsOf('exits-cleanly')).toContain('A task of shop-fargate ended with exit code 0 instead of serving, and');
    expect(wordsOf('unhealthy')).toContain('A task of shop-fargate failed its health checks, and');
    expect(judgeFailures('shop-fargate', [gone], { failFast: false, failedTasksMax: 2 })).toBeUndefined();
  });

  it('gives of failures that are equally many the one seen last', () => {
    const sick: TaskFailure = { cause: 'unhealthy', reason: 'sick', mendable: true };
    expect(told(moving, [sick, crash('exit code 1')], { failedTasksMax: 1 })).toBe(
      'failed: 2 tasks of the release stopped on shop-fargate, and 1 may; the last one stopped by itself after it had started: exit code 1',
    );
    expect(told(moving, [crash(), sick], { failedTasksMax: 1 })).toContain('failed its health checks: sick');
    expect(told(moving, [sick, sick, crash()], { failedTasksMax: 2 })).toContain('failed its health checks: sick');
    expect(told(moving, [crash()], { failedTasksMax: 0 })).toContain('1 task of the release stopped');
  });

  it('says why ECS gave up, by what is known best', () => {
    const failed = { ...moving, primary: { ...primary, state: 'failed' as const, stateReason: 'The breaker opened.' } };
    const placementFailure = { atMs: moved, reason: 'no container instance met' };
    expect(told(failed)).toBe('failed: ECS gave up on shop-fargate: The breaker opened.');
    expect(told({ ...failed, primary: { ...failed.primary, stateReason: '' } })).toBe(
      'failed: ECS gave up on shop-fargate: it does not say why',
    );
    expect(told({ ...failed, placementFailure })).toBe(
      'failed: ECS gave up on shop-fargate: no container instance met',
    );
    expect(told({ ...failed, placementFailure }, [crash('exit code 1')])).toBe(
      'failed: ECS gave up on shop-fargate; its last task stopped by itself after it had started: exit code 1',
    );
  });

  it('says at the deadline what is missing, and why as far as it is known', () => {
    const at = limits.deadlineMs;
    const placementFailure = { atMs: moved, reason: 'no container instance met' };
    expect(told(moving, [], {}, at)).toBe('failed: At the deadline 1 of 2 tasks run on shop-fargate, in 1 deployment.');
    expect(
      told({ ...moving, desiredCount: 1, deployments: [...arrived.deployments, ...arrived.deployments] }, [], {}, at),
    ).toBe('failed: At the deadline 1 of 1 task run on shop-fargate, in 2 deployments.');
    expect(told(moving, [crash('exit code 1')], {}, at)).toBe(
      'failed: At the deadline 1 of 2 tasks run on shop-fargate; the last one that stopped stopped by itself after it had started: exit code 1',
    );
    expect(told({ ...moving, placementFailure }, [], {}, at)).toBe(
      'failed: At the deadline 1 of 2 tasks run on shop-fargate: no container instance met',
    );
  });
});

describe('a way back at its deadline', () => {
  const at = limits.deadlineMs;
  const stuck: ObservedTwin = {
    ...arrived,
    deployments: [
      { taskDefinition: ours, running: 2, pending: 0 },
      { taskDefinition: old, running: 0, pending: 0 },
    ],
    primary: { ...primary, state: 'in-progress' },
  };

  it('is at its end when all tasks run what it goes back to, and not before', () => {
    expect(judge(stuck, [], { failFast: false }, at)).toEqual({
      kind: 'done',
      reason: 'All 2 tasks of shop-fargate run shop-fargate:7, although ECS could start no other',
    });
    expect(judge(stuck, [], { failFast: false }, at - 1).kind).toBe('wait');
    expect(causeOf(judge(stuck, [], {}, at))).toBe('timed-out');
  });

  it('is not while another deployment has a task that runs or is about to', () => {
    const beside = (running: number, pending: number) => ({
      ...stuck,
      deployments: [
        { taskDefinition: ours, running: 2, pending: 0 },
        { taskDefinition: old, running, pending },
      ],
    });
    expect(causeOf(judge(beside(0, 1), [], { failFast: false }, at))).toBe('timed-out');
    expect(causeOf(judge({ ...beside(1, 0), desiredCount: 3 }, [], { failFast: false }, at))).toBe('timed-out');
    expect(causeOf(judge({ ...beside(1, 1), desiredCount: 3 }, [], { failFast: false }, at))).toBe('timed-out');
  });
});

it('a twin stands only on what its primary deployment has, and on none without one', () => {
  expect(hasArrived(arrived, ours)).toBe(true);
  expect(hasArrived(arrived, old)).toBe(false);
  expect(hasArrived({ ...arrived, primary: undefined }, ours)).toBe(false);
});

describe('a twin whose own tasks all run', () => {
  const left: ObservedTwin = { ...arrived, runningCount: 3 };

  it('awaits only the stops of older ones while there are more than it is to have', () => {
    expect(awaitsOnlyStops(left, 'ecs-svc/7')).toBe(true);
    expect(awaitsOnlyStops(arrived, 'ecs-svc/7')).toBe(false);
  });

  it('awaits more where one is missing or starting, or where another deployment is the newest', () => {
    expect(awaitsOnlyStops({ ...left, primary: { ...primary, running: 1 } }, 'ecs-svc/7')).toBe(false);
    expect(awaitsOnlyStops({ ...left, pendingCount: 1 }, 'ecs-svc/7')).toBe(false);
    expect(awaitsOnlyStops(left, 'ecs-svc/6')).toBe(false);
    expect(awaitsOnlyStops({ ...left, primary: undefined }, 'ecs-svc/7')).toBe(false);
  });
});

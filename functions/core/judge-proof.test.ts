import { describe, expect, it } from 'vitest';
import { judgeProof, mayHaveStopped, type ProofJudgement, type SeenTwin, type StoppedTask } from './judge-proof.ts';
import type { TaskFailure } from './judge-twin.ts';
import { planRollout } from './rollout-plan.ts';
import type { Release, Step } from './state.ts';

const td = (name: string): string => `arn:aws:ecs:us-east-1:123456789012:task-definition/${name}`;
const before: Release = {
  digest: 'sha256:1',
  image: 'shop@sha256:1',
  rolloutId: 'of-sha256:1',
  askedAt: '2026-11-23T10:58:00.000Z',
  provedAt: '2026-11-23T11:00:00.000Z',
  provedOn: ['shop-fargate'],
  taskDefinitions: { 'shop-fargate': td('shop-fargate:4') },
  trigger: { kind: 'push' },
};
const step = planRollout({
  twins: [{ twin: 'shop-fargate', capacity: 'fargate', baseTasks: 2 }],
  before: { 'shop-fargate': { taskDefinition: td('shop-fargate:4'), desiredCount: 2 } },
  taskDefinitions: { 'shop-fargate': td('shop-fargate:5') },
  probes: {},
  release: before,
  current: before,
  unsettled: undefined,
}).steps[0] as Step;

/** The bake of 60 s began 1,000 s after 1970. */
const bakeFromMs = 1_000_000;
const endMs = 1_060_000;
const limits = { bakeFromMs, bakeSeconds: 60, deadlineSeconds: 600, failedTasksMax: 2 };
const rollout = { repository: 'shop', digest: 'sha256:aa', acceptedDigests: ['sha256:aa', 'sha256:child'] };
const seen = (
  digest: string | undefined,
  more: Partial<SeenTwin['observed'] & object> = {},
  image = '1.dkr.ecr.r.amazonaws.com/shop@sha256:aa',
): SeenTwin => ({
  step: { ...step, desiredCount: more.desiredCount ?? 1 },
  probed: false,
  countsSet: [],
  observed: {
    twin: 'shop-fargate',
    active: true,
    desiredCount: 1,
    runningCount: 1,
    pendingCount: 0,
    deployments: [{ taskDefinition: td('shop-fargate:5'), running: 1, pending: 0 }],
    placementFailure: undefined,
    primary: {
      id: 'ecs-svc/1',
      taskDefinition: td('shop-fargate:5'),
      createdAtMs: 0,
      state: 'completed',
      stateReason: '',
      failedTasks: 0,
      running: 1,
    },
    ...more,
  },
  tasks: [
    {
      taskArn: 'task/1',
      taskDefinition: td('shop-fargate:5'),
      images: [
        { image: 'sidecar:1', digest: 'sha256:zz' },
        { image, digest },
      ],
      startedAtMs: bakeFromMs - 20_000,
      health: 'healthy',
    },
  ],
  started: 1,
  stopped: undefined,
});

const judge = (all: readonly SeenTwin[], nowMs = endMs, more: Partial<typeof limits> = {}): ProofJudgement =>
  judgeProof(all, rollout, { ...limits, ...more }, nowMs);

describe('the proof', () => {
  it('is given by the digest, or by that of its child for the platform', () => {
    expect(judge([seen('sha256:aa')])).toEqual({
      kind: 'proved',
      twins: [{ twin: 'shop-fargate', tasks: 1, desiredCount: 1 }],
    });
    expect(judge([seen('sha256:child')]).kind).toBe('proved');
  });

  it('fails on another digest', () => {
    expect(judge([seen('sha256:bb')])).toEqual({
      kind: 'failed',
      failure: {
        kind: 'twin',
        twin: 'shop-fargate',
        cause: 'digest-mismatch',
        reason: 'A container of shop-fargate runs sha256:bb and not sha256:aa.',
        leave: false,
      },
    });
  });

  it('is not settled while a container does not tell its digest', () => {
    const sentence = 'task/1 of shop-fargate does not tell its digest yet';
    expect(judge([seen(undefined)])).toEqual({ kind: 'unsettled', reason: sentence });
    const other = seen('sha256:aa', {}, '1.dkr.ecr.r.amazonaws.com/other@sha256:aa');
    expect(judge([other])).toEqual({ kind: 'unsettled', reason: sentence });
  });

  it('is not settled while a task of the old task definition runs', () => {
    const [task] = seen('sha256:aa').tasks;
    const tasks = task ? [task, { ...task, taskArn: 'task/2', taskDefinition: td('shop-fargate:4') }] : [];
    expect(judge([{ ...seen('sha256:aa'), tasks }])).toEqual({
      kind: 'unsettled',
      reason: `task/2 of shop-fargate still runs ${td('shop-fargate:4')}`,
    });
  });

  it('counts every task that was read, and asks of every twin', () => {
    const one = seen('sha256:aa', { desiredCount: 2 });
    const two = { ...one, tasks: [...one.tasks, ...one.tasks] };
    expect(judge([two])).toMatchObject({ twins: [{ tasks: 2 }] });
    expect(judge([two, seen('sha256:bb')]).kind).toBe('failed');
  });

  it('fails when the service is gone or being deleted', () => {
    const failure = {
      kind: 'twin',
      twin: 'shop-fargate',
      cause: 'service-deleted',
      reason: 'The ECS service shop-fargate does not exist any more.',
      leave: true,
    };
    expect(judge([seen('sha256:aa', { active: false })])).toEqual({ kind: 'failed', failure });
    expect(judge([{ ...seen('sha256:aa'), observed: undefined }])).toEqual({ kind: 'failed', failure });
  });

  it('is not settled while ECS shows the old task definition, and over when it shows a foreign one', () => {
    const primary = {
      id: 'x',
      createdAtMs: 0,
      state: 'completed' as const,
      stateReason: '',
      failedTasks: 0,
      running: 1,
    };
    expect(judge([seen('sha256:aa', { primary: { ...primary, taskDefinition: td('shop-fargate:4') } })])).toEqual({
      kind: 'unsettled',
      reason: `ECS still shows ${td('shop-fargate:4')} on shop-fargate`,
    });
    expect(judge([seen('sha256:aa', { primary: undefined })])).toEqual({
      kind: 'unsettled',
      reason: 'ECS still shows no deployment on shop-fargate',
    });
    expect(judge([seen('sha256:aa', { primary: { ...primary, taskDefinition: td('shop-fargate:9') } })])).toMatchObject(
      {
        failure: {
          cause: 'changed-by-someone-else',
          reason: `Someone else moved shop-fargate to ${td('shop-fargate:9')} before the release was committed.`,
          leave: true,
        },
      },
    );
  });

  it('says of a twin at desired count 0 that nothing was read', () => {
    const resting = { ...seen('sha256:aa', { desiredCount: 0, runningCount: 0 }), tasks: [] };
    expect(judge([resting])).toEqual({
      kind: 'proved',
      twins: [{ twin: 'shop-fargate', tasks: 0, desiredCount: 0 }],
    });
    expect(
      judge([{ ...resting, observed: { ...resting.observed, desiredCount: 1 } as SeenTwin['observed'] }]),
    ).toMatchObject({ kind: 'bakes-on', reason: '0 of 1 task of shop-fargate run' });
    expect(judge([{ ...resting, probed: true }])).toMatchObject({ twins: [{ tasks: 1, probed: true }] });
    // Where tasks were read, it is they that prove it.
    expect(judge([{ ...seen('sha256:aa'), probed: true }])).toEqual({
      kind: 'proved',
      twins: [{ twin: 'shop-fargate', tasks: 1, desiredCount: 1 }],
    });
    const two = seen('sha256:aa', { desiredCount: 2 });
    expect(judge([{ ...two, tasks: [...two.tasks, ...two.tasks], probed: true }])).toEqual({
      kind: 'proved',
      twins: [{ twin: 'shop-fargate', tasks: 2, desiredCount: 2 }],
    });
  });

  it('tells a count that somebody else changed, and not one that the controller set', () => {
    const scaled = { ...seen('sha256:aa', { desiredCount: 4 }), step: { ...step, desiredCount: 1 } };
    expect(judge([scaled])).toMatchObject({ twins: [{ desiredCount: 4, countBefore: 1 }] });
    expect(judge([{ ...scaled, countsSet: [4] }])).toEqual({
      kind: 'proved',
      twins: [{ twin: 'shop-fargate', tasks: 1, desiredCount: 4 }],
    });
  });
});

/** A twin of three tasks that have run since 20 s before the bake. */
const three = (more: Partial<SeenTwin> = {}, observed: Partial<SeenTwin['observed'] & object> = {}): SeenTwin => {
  const one = seen('sha256:aa', { desiredCount: 3, runningCount: 3, ...observed });
  const tasks = one.tasks.flatMap((task) => ['1', '2', '3'].map((id) => ({ ...task, taskArn: `task/${id}` })));
  return { ...one, step: { ...step, desiredCount: 3 }, tasks, started: 3, ...more };
};
const startedAt = (...moments: readonly number[]): SeenTwin['tasks'] =>
  moments.flatMap((startedAtMs) =>
    three()
      .tasks.slice(0, 1)
      .map((task) => ({ ...task, startedAtMs })),
  );
const crash: TaskFailure = { cause: 'crash-after-start', reason: 'app exited with 1', mendable: true };
/** One that crashed so many seconds after its start. */
const crashed = (stoppedAtMs: number, afterSeconds: number, failure: TaskFailure = crash): StoppedTask => ({
  startedAtMs: stoppedAtMs - 1_000 * afterSeconds,
  stoppedAtMs,
  failure,
});
const outside = (stoppedAtMs: number): StoppedTask => ({ startedAtMs: 900_000, stoppedAtMs, failure: undefined });

describe('the stopped tasks', () => {
  const asks = (twin: SeenTwin): boolean => mayHaveStopped(twin, bakeFromMs);

  it('are not read where as many tasks as wanted run since before the bake, and ECS has started no other', () => {
    expect(asks(three())).toBe(false);
    expect(asks(three({ tasks: startedAt(1_000_000, 990_000, 980_000) }))).toBe(false);
  });

  it('are read where one is missing, is unhealthy, has started in the bake or where ECS has started more', () => {
    expect(asks(three({ tasks: three().tasks.slice(1) }))).toBe(true);
    const ill = three().tasks.map((task, index) => (index === 0 ? { ...task, health: 'unhealthy' as const } : task));
    expect(asks(three({ tasks: ill }))).toBe(true);
    expect(asks(three({ tasks: startedAt(1_000_001, 990_000, 980_000) }))).toBe(true);
    expect(asks(three({ started: 4 }))).toBe(true);
  });

  it('are read where one is missing although ECS has started no more, and where one is unhealthy beside enough others', () => {
    expect(asks(three({ tasks: three().tasks.slice(1), started: 2 }))).toBe(true);
    const ill = three()
      .tasks.slice(1)
      .map((task) => ({ ...task, health: 'unhealthy' as const }));
    expect(asks(three({ tasks: [...three().tasks, ...ill], started: 5 }))).toBe(true);
  });

  it('are not read where what started in the bake was added to the twin meanwhile', () => {
    const added = three({ tasks: [...three().tasks, ...startedAt(1_050_000)], started: 4 }, { desiredCount: 4 });
    expect(asks(added)).toBe(false);
    expect(asks({ ...added, tasks: [...three().tasks.slice(1), ...startedAt(1_040_000, 1_050_000)] })).toBe(true);
  });
});

describe('a task that is missing at the proof', () => {
  const two = three({ tasks: three().tasks.slice(1), stopped: [] });
  const deadlineMs = endMs + 600_000;

  it('lets the bake go on, and is looked for again after 30 s and at the deadline', () => {
    const lacks = { kind: 'bakes-on', twin: 'shop-fargate', reason: '2 of 3 tasks of shop-fargate run' };
    expect(judge([two])).toEqual({ ...lacks, untilMs: endMs + 30_000 });
    expect(judge([two], deadlineMs - 1)).toEqual({ ...lacks, untilMs: deadlineMs });
  });

  it('fails the release at the deadline, for the reason that is known', () => {
    const failed = (twin: SeenTwin, nowMs = deadlineMs, more = {}): unknown => judge([twin], nowMs, more);
    const failure = { kind: 'twin', twin: 'shop-fargate', leave: false };
    const lacks = 'At the deadline of the proof 2 of 3 tasks of shop-fargate run';
    expect(failed(two)).toEqual({ kind: 'failed', failure: { ...failure, cause: 'timed-out', reason: `${lacks}.` } });
    const noRoom = (atMs: number): SeenTwin => ({
      ...two,
      observed: { ...two.observed, placementFailure: { atMs, reason: 'no memory' } } as SeenTwin['observed'],
    });
    const placement = { ...failure, cause: 'placement-failure', reason: `${lacks}: no memory` };
    expect(failed(noRoom(bakeFromMs))).toEqual({ kind: 'failed', failure: placement });
    expect(failed(noRoom(bakeFromMs - 1))).toMatchObject({ failure: { cause: 'timed-out' } });
    expect(failed({ ...noRoom(bakeFromMs), stopped: [crashed(1_650_000, 25)] })).toEqual({
      kind: 'failed',
      failure: { ...failure, cause: 'crash-after-start', reason: `${lacks}: app exited with 1` },
    });
    const pull: TaskFailure = { cause: 'pull-failure', reason: 'i/o timeout', mendable: true };
    expect(failed({ ...two, stopped: [crashed(1_650_000, 0, pull)] })).toMatchObject({ failure: { blameless: true } });
    // No longer than an hour after the bake, whatever the deadline is.
    expect(failed(two, endMs + 3_600_000, { deadlineSeconds: 86_400 })).toMatchObject({ kind: 'failed' });
    expect(failed(two, endMs + 3_599_999, { deadlineSeconds: 86_400 })).toMatchObject({ kind: 'bakes-on' });
  });

  it('is none of those that a burst or somebody has added since the rollout began', () => {
    expect(judge([three({ stopped: [] }, { desiredCount: 9 })])).toMatchObject({ twins: [{ tasks: 3 }] });
    expect(judge([three({}, { desiredCount: 2 })])).toMatchObject({ kind: 'proved' });
  });

  it('where none was to run is one of those that were added, unless a probe has shown the release', () => {
    const raised = { ...three({ tasks: [], started: 0, stopped: [] }), step: { ...step, desiredCount: 0 } };
    expect(judge([raised])).toMatchObject({ kind: 'bakes-on', reason: '0 of 1 task of shop-fargate run' });
    expect(judge([{ ...raised, probed: true }])).toMatchObject({ twins: [{ tasks: 1, probed: true }] });
  });

  it('is one that is not healthy, where the health of others is known', () => {
    const of = (...health: readonly SeenTwin['tasks'][number]['health'][]): ProofJudgement =>
      judge([
        three({ tasks: health.flatMap((each) => startedAt(990_000).map((task) => ({ ...task, health: each }))) }),
      ]);
    expect(of('unknown', 'unknown', 'unknown').kind).toBe('proved');
    expect(of('healthy', 'unknown', 'healthy')).toMatchObject({
      kind: 'bakes-on',
      reason: '2 of 3 tasks of shop-fargate are healthy',
    });
    expect(of('healthy', 'healthy', 'healthy', 'unhealthy')).toMatchObject({
      kind: 'bakes-on',
      reason: '1 of 4 tasks of shop-fargate is unhealthy',
    });
    expect(of('healthy', 'unhealthy', 'unhealthy')).toMatchObject({
      reason: '2 of 3 tasks of shop-fargate are unhealthy',
    });
    const ill = three({ tasks: three().tasks.map((task) => ({ ...task, health: 'unhealthy' as const })) });
    expect(judge([ill], deadlineMs)).toMatchObject({ failure: { cause: 'unhealthy' } });
  });
});

describe('tasks that failed before the proof', () => {
  it('fail the release where there are more of them than may be, or no retry can mend one', () => {
    const tasks = startedAt(1_050_000, 1_050_000, 1_050_000);
    const crashes = [1_010_000, 1_020_000, 1_030_000].map((atMs) => crashed(atMs, 25));
    expect(judge([three({ tasks, stopped: crashes })])).toMatchObject({
      failure: {
        cause: 'crash-after-start',
        reason:
          '3 tasks of the release stopped on shop-fargate, and 2 may; the last one stopped by itself after it had started: app exited with 1',
      },
    });
    expect(judge([three({ tasks, stopped: crashes.slice(1) })])).toMatchObject({ kind: 'bakes-on' });
    const gone: TaskFailure = { cause: 'pull-failure', reason: 'manifest unknown', mendable: false };
    expect(judge([three({ stopped: [crashed(1_010_000, 0, gone)] })])).toMatchObject({
      failure: { cause: 'pull-failure' },
    });
  });

  it('are told of by the last one, in whatever order ECS lists them', () => {
    const exit: TaskFailure = { cause: 'exits-cleanly', reason: 'app exited with 0', mendable: true };
    const stopped = [crashed(1_010_000, 25), crashed(1_030_000, 5, exit), crashed(1_005_000, 25)];
    const of = judge([three({ stopped, tasks: startedAt(1_050_000, 1_050_000, 1_050_000) })], endMs, {
      failedTasksMax: 3,
    });
    expect(of).toMatchObject({
      reason: 'A task of shop-fargate has failed, and what runs has not lived for 60 s yet: app exited with 0',
    });
  });

  it('let the bake go on until what came in their place has lived as long as a bake, or longer than they did', () => {
    const one = (livedSeconds: number): SeenTwin =>
      three({ tasks: startedAt(1_020_000, 990_000, 980_000), stopped: [crashed(1_010_000, livedSeconds)] });
    expect(judge([one(25)])).toMatchObject({ kind: 'bakes-on', untilMs: 1_080_000 });
    expect(judge([one(25)], 1_079_999)).toMatchObject({ kind: 'bakes-on' });
    expect(judge([one(25)], 1_080_000)).toMatchObject({ kind: 'proved' });
    // ECS tells of a stop 15 s late at most.
    expect(judge([one(45)])).toMatchObject({ untilMs: 1_080_000 });
    expect(judge([one(46)])).toMatchObject({ untilMs: 1_081_000 });
    expect(judge([one(120)])).toMatchObject({ untilMs: 1_155_000 });
    expect(judge([one(120)], 1_155_000)).toMatchObject({ kind: 'proved' });
    // Nothing waits for longer than half an hour, nor where a task never started.
    expect(judge([one(7_200)])).toMatchObject({ untilMs: 1_020_000 + 1_800_000 });
    const pull: TaskFailure = { cause: 'pull-failure', reason: 'timeout', mendable: true };
    const never = three({ stopped: [{ startedAtMs: undefined, stoppedAtMs: 990_000, failure: pull }] });
    expect(judge([never], endMs)).toMatchObject({ kind: 'proved' });
  });

  it('let it go on by how long they lived themselves, not by how long one did that was stopped from outside', () => {
    const tasks = startedAt(1_020_000, 1_045_000, 980_000);
    const one = three({ tasks, stopped: [crashed(1_010_000, 120), outside(1_040_000)] });
    expect(judge([one])).toMatchObject({ kind: 'bakes-on', untilMs: 1_045_000 + 135_000 });
  });

  it('ask nothing of a twin that is to run no task any more', () => {
    const none = three({ tasks: [], stopped: [crashed(1_010_000, 25)] }, { desiredCount: 0 });
    expect(judge([none])).toMatchObject({ kind: 'proved', twins: [{ tasks: 0, desiredCount: 0 }] });
  });

  it('ask nothing of tasks beyond those that were wanted when the rollout began', () => {
    const added = three(
      { tasks: [...three().tasks, ...startedAt(1_055_000)], stopped: [crashed(990_000, 5)] },
      { desiredCount: 4 },
    );
    expect(judge([added])).toMatchObject({ kind: 'proved' });
  });

  it('end the rollout an hour after its bake where nothing ever lives through one', () => {
    const lastMs = endMs + 3_600_000;
    const again = (startedMs: number): SeenTwin =>
      three({ tasks: startedAt(startedMs, 990_000, 980_000), stopped: [crashed(startedMs - 9_000, 25)] });
    expect(judge([again(lastMs - 10_000)], lastMs - 1)).toMatchObject({ kind: 'bakes-on', untilMs: lastMs });
    expect(judge([again(lastMs - 59_999)], lastMs)).toMatchObject({
      kind: 'failed',
      failure: {
        cause: 'crash-after-start',
        reason: 'Tasks of shop-fargate failed again and again before they had baked: app exited with 1',
      },
    });
    expect(judge([again(lastMs - 60_000)], lastMs)).toMatchObject({ kind: 'proved' });
  });
});

describe('tasks that started in the bake', () => {
  it('prove the release where AWS or somebody stopped those before them', () => {
    const tasks = startedAt(1_055_000, 1_055_000, 980_000);
    expect(judge([three({ tasks, stopped: [outside(1_040_000), outside(1_041_000)] })])).toMatchObject({
      kind: 'proved',
    });
  });

  it('are not settled for 15 s where ECS does not tell yet what stopped before them', () => {
    const tasks = startedAt(1_050_000, 1_055_000, 980_000);
    const one = three({ tasks, stopped: [outside(1_040_000)] });
    expect(judge([one])).toEqual({
      kind: 'unsettled',
      reason: "ECS does not tell yet in which task's place one of shop-fargate was started",
    });
    expect(judge([one], 1_069_999).kind).toBe('unsettled');
    expect(judge([one], 1_070_000).kind).toBe('proved');
  });
});

describe('the proof of several twins', () => {
  it('fails by any of them, and else waits for what is not settled before what bakes on', () => {
    const missing = three({ tasks: [], stopped: [] });
    expect(judge([missing, seen(undefined), seen('sha256:bb')]).kind).toBe('failed');
    expect(
      judge([missing, { ...three(), observed: { ...three().observed, primary: undefined } as SeenTwin['observed'] }])
        .kind,
    ).toBe('unsettled');
    expect(judge([three(), missing]).kind).toBe('bakes-on');
  });
});

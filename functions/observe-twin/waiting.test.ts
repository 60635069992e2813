import { describe, expect, it } from 'vitest';
import { fakeClient, fakeDynamoDb, namedError, raise, type SentCall } from '../adapters/fake-clients.ts';
import { readWait } from '../adapters/twin-wait.ts';
import { create as createAwait } from '../await-twin/await-twin.ts';
import { sampleRollout } from '../core/sample-rollout.ts';
import type { Rollout, Step } from '../core/state.ts';
import { create as createObserve } from './observe-twin.ts';

const td = (name: string): string => `arn:aws:ecs:us-east-1:123456789012:task-definition/${name}`;
const moved = Date.parse('2026-11-23T12:00:00Z');
const rollout: Rollout = { ...sampleRollout, fence: 1 };
const step: Step = {
  twin: 'shop-fargate',
  capacity: 'fargate',
  to: { taskDefinition: td('shop-fargate:2') },
  back: { taskDefinition: td('shop-fargate:1') },
  ours: [td('shop-fargate:1'), td('shop-fargate:2')],
  overtaken: [],
};
const waiting = (token: string, enteredAt = '2026-11-23T12:00:05.000Z', retryCount = 0) => ({
  kind: 'forward',
  token,
  attempt: { enteredAt, retryCount },
  rollout,
  step,
  deployment: { id: 'ecs-svc/2', createdAtMs: moved },
  deadlineAt: rollout.deadlineAt,
});

type Rolling = 'IN_PROGRESS' | 'COMPLETED';

/** Both ends of a wait before an ECS whose only service stands as told. */
const twin = (state: { rolling: Rolling; running: number }, endTask: () => unknown = () => ({})) => {
  const sent: SentCall[] = [];
  const { client } = fakeDynamoDb();
  const clients = {
    dynamodb: client,
    ecs: fakeClient(
      {
        DescribeServices: () => ({
          services: [
            {
              serviceName: 'shop-fargate',
              status: 'ACTIVE',
              desiredCount: 2,
              runningCount: state.running,
              pendingCount: 0,
              deployments: [
                {
                  id: 'ecs-svc/2',
                  status: 'PRIMARY',
                  taskDefinition: td('shop-fargate:2'),
                  createdAt: new Date(moved),
                  rolloutState: state.rolling,
                },
              ],
            },
          ],
        }),
        ListTasks: () => ({ taskArns: [] }),
      },
      sent,
    ),
    sfn: fakeClient({ SendTaskSuccess: endTask }, sent),
  };
  const deps = {
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT', TABLE_NAME: 'spillway', CLUSTER_NAME: 'spillway' },
    clients,
    clock: { now: () => moved + 60_000 },
  };
  const ended = () =>
    sent
      .filter(({ name }) => name === 'SendTaskSuccess')
      .map(({ input }) => `${String(input.taskToken)} ${String(JSON.parse(String(input.output)).kind)}`);
  const wait = () => readWait({ client, name: 'spillway' }, 'shop-fargate');
  return { begin: createAwait(deps), observe: createObserve(deps), sent, ended, wait };
};

const arn = 'arn:aws:ecs:us-east-1:123456789012';
const serviceEvent = (eventName: string, more: object = {}, service = 'spillway/shop-fargate') => ({
  'detail-type': 'ECS Deployment State Change',
  resources: [`${arn}:service/${service}`],
  detail: { eventName, deploymentId: 'ecs-svc/2', ...more },
});
const crash = (task: string, startedBy = 'ecs-svc/2') => ({
  'detail-type': 'ECS Task State Change',
  detail: {
    taskArn: `${arn}:task/spillway/${task}`,
    clusterArn: `${arn}:cluster/spillway`,
    group: 'service:shop-fargate',
    startedBy,
    lastStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'shop', exitCode: 1 }],
  },
});

describe('a wait', () => {
  it('ends by itself when the twin had arrived before its token was stored', async () => {
    const { begin, ended, wait } = twin({ rolling: 'COMPLETED', running: 2 });
    await begin(waiting('t1'));
    expect(ended()).toEqual(['t1 done']);
    expect(await wait()).toBeUndefined();
  });

  it('ends by the event of the arrival, with one read', async () => {
    const state = { rolling: 'IN_PROGRESS' as Rolling, running: 1 };
    const { begin, observe, ended, sent } = twin(state);
    await begin(waiting('t1'));
    expect(ended()).toEqual([]);
    state.rolling = 'COMPLETED';
    state.running = 2;
    await observe(serviceEvent('SERVICE_DEPLOYMENT_COMPLETED'));
    expect(ended()).toEqual(['t1 done']);
    expect(sent.map(({ name }) => name)).toEqual(['DescribeServices', 'DescribeServices', 'SendTaskSuccess']);
  });

  it('is not ended twice by a repeated event, which costs no call of ECS', async () => {
    const { begin, observe, ended, sent } = twin({ rolling: 'COMPLETED', running: 2 });
    await begin(waiting('t1'));
    const before = sent.length;
    await observe(serviceEvent('SERVICE_DEPLOYMENT_COMPLETED'));
    expect(ended()).toEqual(['t1 done']);
    expect(sent).toHaveLength(before);
  });

  it('survives a token that is no longer waited for', async () => {
    const { begin, wait } = twin({ rolling: 'COMPLETED', running: 2 }, raise(namedError('TaskTimedOut')));
    await begin(waiting('t1'));
    expect(await wait()).toBeUndefined();
  });

  it('keeps the newer token when an older attempt writes late', async () => {
    const { begin, wait } = twin({ rolling: 'IN_PROGRESS', running: 1 });
    await begin(waiting('t2', '2026-11-23T12:05:05.000Z'));
    expect(await begin(waiting('t1'))).toEqual({ kind: 'overtaken' });
    await begin(waiting('t3', '2026-11-23T12:05:05.000Z', 1));
    expect((await wait())?.token).toBe('t3');
  });
});

describe('failed tasks of the release', () => {
  it('end the wait at the first one too many, each counted once however often it is told', async () => {
    const { begin, observe, ended, sent } = twin({ rolling: 'IN_PROGRESS', running: 1 });
    await begin(waiting('t1'));
    const reads = sent.length;
    for (const task of ['a', 'a', 'b', 'a', 'b']) await observe(crash(task));
    expect(ended()).toEqual([]);
    expect(sent).toHaveLength(reads);
    await observe(crash('c'));
    expect(ended()).toEqual(['t1 failed']);
  });

  it('stay counted when a sweep brings a new token', async () => {
    const { begin, observe, ended } = twin({ rolling: 'IN_PROGRESS', running: 1 });
    await begin(waiting('t1'));
    await observe(crash('a'));
    await observe(crash('b'));
    await begin(waiting('t2', '2026-11-23T12:05:05.000Z'));
    await observe(crash('c'));
    expect(ended()).toEqual(['t2 failed']);
  });

  it('are not those of the release before, which stop in every rollout', async () => {
    const { begin, observe, ended } = twin({ rolling: 'IN_PROGRESS', running: 1 });
    await begin(waiting('t1'));
    for (const task of ['a', 'b', 'c', 'd']) await observe(crash(task, 'ecs-svc/1'));
    expect(ended()).toEqual([]);
  });

  it('are all counted when their events come at once', async () => {
    const { begin, observe, ended } = twin({ rolling: 'IN_PROGRESS', running: 1 });
    await begin(waiting('t1'));
    await Promise.all(['a', 'b', 'c'].map((task) => observe(crash(task))));
    expect(ended()).toContain('t1 failed');
  });
});

describe('an event', () => {
  it('of another cluster, of a twin for which nobody waits, or of our own beginning is no news', async () => {
    const { begin, observe, sent } = twin({ rolling: 'IN_PROGRESS', running: 1 });
    await begin(waiting('t1'));
    const reads = sent.length;
    await observe(serviceEvent('SERVICE_STEADY_STATE', {}, 'other/shop-fargate'));
    await observe(serviceEvent('SERVICE_STEADY_STATE', {}, 'spillway/web-ui-fargate'));
    await observe(serviceEvent('SERVICE_DEPLOYMENT_IN_PROGRESS'));
    await observe(serviceEvent('SERVICE_TASK_PLACEMENT_FAILURE'));
    expect(sent).toHaveLength(reads);
  });

  it('of a deployment that is not ours is looked at', async () => {
    const { begin, observe, sent } = twin({ rolling: 'IN_PROGRESS', running: 1 });
    await begin(waiting('t1'));
    const reads = sent.length;
    await observe(serviceEvent('SERVICE_DEPLOYMENT_IN_PROGRESS', { deploymentId: 'ecs-svc/9' }));
    expect(sent).toHaveLength(reads + 1);
  });
});

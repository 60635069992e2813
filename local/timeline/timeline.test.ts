import { expect, it } from 'vitest';
import type { BusEvent } from './describe-event.ts';
import { Timeline } from './timeline.ts';

const event = (kind: string, detail: Record<string, unknown>, resources: string[] = []): BusEvent => ({
  source: 'test',
  'detail-type': kind,
  time: '2026-01-05T09:00:00Z',
  resources,
  detail,
});

const task = (id: string, detail: Record<string, unknown>): BusEvent =>
  event('ECS Task State Change', {
    taskArn: `arn:aws:ecs:us-east-1:123456789012:task/spillway/${id}`,
    group: 'service:order-processor-fargate',
    containers: [{ exitCode: 0, imageDigest: 'sha256:4b9853088382ffff' }],
    ...detail,
  });

const stopped = (id: string, detail: Record<string, unknown> = {}): BusEvent =>
  task(id, {
    lastStatus: 'STOPPED',
    stopCode: 'ServiceSchedulerInitiated',
    stoppedReason: 'Scaling activity',
    ...detail,
  });
const running = (id: string, group = 'service:order-processor-fargate'): BusEvent =>
  task(id, { lastStatus: 'RUNNING', desiredStatus: 'RUNNING', group });
const crashed = (id: string): BusEvent =>
  stopped(id, { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' });

const deployment = (eventName: string): BusEvent =>
  event('ECS Deployment State Change', { eventName, reason: 'tasks failed to start.' }, [
    'arn:aws:ecs:us-east-1:123456789012:service/spillway/order-processor-fargate',
  ]);
const rollout = (detail: Record<string, unknown>): BusEvent =>
  event('Spillway Rollout State Change', {
    service: 'order-processor',
    digest: 'sha256:4b9853088382ffff',
    rolloutId: 'one',
    twins: ['order-processor-fargate', 'order-processor-external'],
    ...detail,
  });

const texts = (lines: readonly { readonly text: string }[]): string[] => lines.map(({ text }) => text);

it('tells tasks that stop together for one reason as one line, with the time of the first', () => {
  const timeline = new Timeline(1_000);
  const told = ['a1', 'b2', 'c3'].flatMap((id, index) => timeline.event(stopped(id), 5_000 + index * 300));
  expect(told).toEqual([]);
  expect(timeline.due(5_999)).toEqual([]);
  expect(timeline.due(6_000)).toMatchObject([
    { about: 'order-processor-fargate', text: '3 tasks stopped: Scaling activity (exit code 0)', atMs: 5_000 },
  ]);
  expect(timeline.isHolding).toBe(false);
});

it('tells a single task by its id', () => {
  const timeline = new Timeline(1_000);
  timeline.event(running('a1b2c3d4e5f6'), 0);
  expect(texts(timeline.flush())).toEqual(['task a1b2c3d4 runs 4b9853088382']);
});

it('keeps tasks of different twins apart', () => {
  const timeline = new Timeline(1_000);
  timeline.event(running('a1'), 0);
  timeline.event(running('b2', 'service:order-processor-external'), 1);
  timeline.event(running('c3'), 2);
  expect(timeline.flush()).toMatchObject([
    { about: 'order-processor-fargate', text: '2 tasks run 4b9853088382' },
    { about: 'order-processor-external', text: 'task b2 runs 4b9853088382' },
  ]);
});

it('tells each failure at once and by itself, after what came before it', () => {
  const timeline = new Timeline(1_000);
  timeline.event(running('a1'), 0);
  expect(texts([...timeline.event(crashed('b2'), 10), ...timeline.event(crashed('c3'), 20)])).toEqual([
    'task a1 runs 4b9853088382',
    'task b2 stopped: Essential container in task exited (exit code 0)',
    'task c3 stopped: Essential container in task exited (exit code 0)',
  ]);
});

it('tells the held lines before any other line', () => {
  const timeline = new Timeline(1_000);
  timeline.event(running('a1'), 0);
  timeline.event(running('b2'), 0);
  expect(texts(timeline.line({ about: 'x', text: 'wave done', tone: 'plain' }, 10))).toEqual([
    '2 tasks run 4b9853088382',
    'wave done',
  ]);
});

it('starts a new group when the window of the last one has passed', () => {
  const timeline = new Timeline(1_000);
  timeline.event(stopped('a1'), 0);
  expect(texts(timeline.event(stopped('b2'), 1_000))).toEqual(['task a1 stopped: Scaling activity (exit code 0)']);
  expect(texts(timeline.flush())).toEqual(['task b2 stopped: Scaling activity (exit code 0)']);
});

it('calls a deployment a wave only while a rollout of the service runs', () => {
  const timeline = new Timeline(0);
  const completed = deployment('SERVICE_DEPLOYMENT_COMPLETED');
  expect(timeline.event(completed, 0)).toEqual([]);
  timeline.event(rollout({ state: 'STARTED' }), 1);
  timeline.event(rollout({ rolloutId: 'two', verdict: 'refused', cause: 'missing-image', reason: 'none.' }), 1);
  expect(texts(timeline.event(completed, 2))).toEqual(['wave done: ECS deployment completed']);
  timeline.event(rollout({ verdict: 'completed', cause: 'proved', reason: 'seen.' }), 3);
  expect(timeline.event(completed, 4)).toEqual([]);
});

it('tells a failed deployment always', () => {
  const timeline = new Timeline(0);
  expect(texts(timeline.event(deployment('SERVICE_DEPLOYMENT_FAILED'), 0))).toEqual([
    'ECS deployment failed: tasks failed to start.',
  ]);
});

it('knows a twin by its rollout and not by its name, and the container of the service among others', () => {
  const timeline = new Timeline(0);
  const adopted = { service: 'shop', digest: 'sha256:4b9853088382ffff', twins: ['shop-prod-v2'] };
  const proxy = { name: 'proxy', exitCode: 0, imageDigest: 'sha256:aaaaaaaaaaaaffff' };
  const own = { exitCode: 3, imageDigest: 'sha256:4b9853088382ffff' };
  const group = 'service:shop-prod-v2';
  const completed = event('ECS Deployment State Change', { eventName: 'SERVICE_DEPLOYMENT_COMPLETED' }, [
    'arn:aws:ecs:us-east-1:123456789012:service/spillway/shop-prod-v2',
  ]);
  expect(timeline.event(completed, 0)).toEqual([]);
  timeline.event(rollout({ state: 'STARTED', ...adopted }), 1);
  expect(texts(timeline.event(completed, 2))).toEqual(['wave done: ECS deployment completed']);
  const runs = { lastStatus: 'RUNNING', desiredStatus: 'RUNNING', group };
  expect(texts(timeline.event(task('a1', { ...runs, containers: [proxy, own] }), 3))).toEqual([
    'task a1 runs 4b9853088382',
  ]);
  timeline.event(rollout({ ...adopted, verdict: 'completed', cause: 'proved', reason: 'seen.' }), 4);
  expect(timeline.event(completed, 5)).toEqual([]);
  // Named like the service, on another digest than the newest rollout's.
  const named = { ...own, name: 'shop', imageDigest: 'sha256:bbbbbbbbbbbbffff' };
  expect(texts(timeline.event(task('b2', { ...runs, containers: [proxy, named] }), 6))).toEqual([
    'task b2 runs bbbbbbbbbbbb',
  ]);
  expect(
    texts(
      timeline.event({ ...crashed('c3'), detail: { ...crashed('c3').detail, group, containers: [proxy, own] } }, 7),
    ),
  ).toEqual(['task c3 stopped: Essential container in task exited (exit code 3)']);
});

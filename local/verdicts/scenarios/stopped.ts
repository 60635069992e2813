import { type Ended, service } from '../../rollouts/rollout-world.ts';
import { sampleMachines } from '../../world/machines.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Stops an execution by hand, and waits for the one that goes on with what it has left. */
const stoppedByHand = async (stage: Stage, execution: string): Promise<Ended> => {
  const { world } = stage;
  await world.call('states', 'StopExecution', { executionArn: execution });
  const successor = () => world.executions().find(({ name }) => name.startsWith('guardian-'));
  await world.until('somebody goes on with what was stopped', () => successor() !== undefined);
  return world.end(successor()?.arn ?? '');
};

/** Ends of executions that somebody stopped. */
export const stopped: readonly Scenario[] = [
  {
    state: 'stopped by hand',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the twin');
      const ended = await stoppedByHand(stage, execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand before anything was changed',
    expected: { verdict: 'stopped-by-hand', cause: 'before-any-change' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Tell that it started');
      const ended = await stoppedByHand(stage, execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand, and the site is away for a part of the way back',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    change: {
      external: { baseTasks: 2, minimumHealthyPercent: 100, maximumPercent: 200 },
      rollout: { bakeSeconds: 600 },
    },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let it bake');
      const link = (linked: boolean): void => {
        for (const { managedInstanceId } of sampleMachines) world.world.cloud.ecs.setLinked(managedInstanceId, linked);
      };
      link(false);
      await world.pass(120);
      await world.call('states', 'StopExecution', { executionArn: execution });
      const successor = () => world.executions().find(({ name }) => name.startsWith('guardian-'));
      await world.until('somebody goes on with what was stopped', () => successor() !== undefined);
      const moves = () => world.movedTo(`${service}-external`).length;
      await world.until('the way back has begun', () => moves() > 2);
      await world.until('it is walked again, since ECS has given up', () => moves() > 3);
      link(true);
      const ended = await world.end(successor()?.arn ?? '');
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'no external fit: memory, in the place of a rollout that was stopped',
    expected: { verdict: 'refused', cause: 'no-fit-memory' },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Wait for the twin');
      const next = await stage.pushed('v3');
      await stage.changesTemplate(`${service}-external`, (template) => ({
        containerDefinitions: template.containerDefinitions?.map((each) => ({ ...each, memory: 65_536 })),
        memory: '65536',
      }));
      await world.call('states', 'StopExecution', { executionArn: execution });
      const ended = await world.end(next.execution);
      stage.check('it says that it took the twins back', ended.reason.includes('was taken back'), ended.reason);
      await stage.restsOn(digest);
      return ended;
    },
  },
];

/** A burst twin that rests at 0, and what a release is watched for until it is committed. */
export const watched: readonly Scenario[] = [
  {
    state: 'a resting burst twin, proved by its probe task',
    expected: { verdict: 'completed', cause: 'proved-by-probe' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      await stage.released('v1');
      const ended = await stage.rolledOut('v2');
      await stage.restsOn(ended.digest);
      return ended;
    },
  },
  {
    state: 'that probe fails',
    expected: { verdict: 'rolled-back', cause: 'probe-failed' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const ended = await stage.rolledOut('v2', { exits: { afterSeconds: 1, code: 1 }, onlyOn: 'FARGATE' });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'crash during the bake',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    change: { rollout: { bakeSeconds: 300 } },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const ended = await stage.rolledOut('v2', { exits: { afterSeconds: 120, code: 1 } });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'DLQ grows during the bake',
    expected: { verdict: 'rolled-back', cause: 'dead-letters' },
    change: { rollout: { bakeSeconds: 300 } },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.until('both twins were moved', () => stage.world.movedTo(`${service}-external`).length > 1);
      await stage.world.pass(60);
      const { QueueUrl } = await stage.world.call<{ QueueUrl: string }>('sqs', 'GetQueueUrl', {
        QueueName: 'orders-dlq',
      });
      await stage.world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: 'an order that nobody could process' });
      const ended = await stage.world.end(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'alarm during the bake',
    expected: { verdict: 'rolled-back', cause: 'alarm' },
    change: { rollout: { bakeSeconds: 300, alarms: ['orders-go-wrong'] } },
    play: async (stage) => {
      await stage.world.call('cloudwatch', 'PutMetricAlarm', {
        AlarmName: 'orders-go-wrong',
        Namespace: 'Shop',
        MetricName: 'Wrong',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.until('both twins were moved', () => stage.world.movedTo(`${service}-external`).length > 1);
      await stage.world.pass(60);
      await stage.world.call('cloudwatch', 'SetAlarmState', {
        AlarmName: 'orders-go-wrong',
        StateValue: 'ALARM',
        StateReason: 'three orders went wrong',
      });
      const ended = await stage.world.end(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'changed by someone else mid-rollout: desired count',
    expected: { verdict: 'changed-by-someone-else', cause: 'desired-count' },
    play: async (stage) => {
      await stage.released('v1');
      const { digest, execution } = await stage.pushed('v2');
      await stage.world.until('the second wave has begun', () => stage.world.movedTo(`${service}-external`).length > 1);
      await stage.world.call('ecs', 'UpdateService', {
        cluster: stage.world.cluster,
        service: `${service}-external`,
        desiredCount: 2,
      });
      const ended = await stage.world.end(execution);
      await stage.restsOn(digest, { [`${service}-external`]: 2, [`${service}-fargate`]: 1 });
      return ended;
    },
  },
];

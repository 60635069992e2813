import { scanLabel } from '../../../simulator/ecr/scanner.ts';
import { type Ended, service } from '../../rollouts/rollout-world.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** @returns the end of who goes on with it, which is also that of the stopped one */
const stoppedByHand = async (stage: Stage, execution: string): Promise<Ended> => {
  const ended = await stage.world.end(await stage.successorOf(execution));
  const { verdict, cause } = await stage.endInRecord(execution);
  stage.check(
    'its record has the same end',
    verdict === ended.verdict && cause === ended.cause,
    `${verdict} (${cause})`,
  );
  return ended;
};

const twins = [`${service}-fargate`, `${service}-external`] as const;

/** A person rolls v3 back once `when` has come: it ends on v2, and v3 alone is held. @returns the end of the way back */
const rolledBackUnderWay = async (
  stage: Stage,
  when: (bad: { readonly execution: string }) => Promise<void>,
): Promise<Ended> => {
  const { world } = stage;
  const good = await stage.released('v2');
  const bad = await stage.pushed('v3');
  await when(bad);
  await stage.operate({ action: 'rollback', actor: 'ada' });
  const back = world.executions().filter(({ name }) => name.startsWith('rollback-'));
  const ends = await Promise.all(back.map(({ arn }) => world.end(arn)));
  await stage.restsOn(good);
  const held = Object.keys((await world.control()).holds ?? {});
  stage.check('what was under way is held, and nothing else', held.join() === bad.digest, held.join(', '));
  for (const { verdict } of ends) stage.check('each way back completes', verdict === 'completed', verdict);
  return ends[0] as Ended;
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
    state: 'stopped by hand before it was admitted',
    expected: { verdict: 'stopped-by-hand', cause: 'before-any-change' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Admit the rollout');
      const ended = await stage.stoppedInVain(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand while it waits for the scan',
    expected: { verdict: 'stopped-by-hand', cause: 'before-any-change' },
    change: { rollout: { scan: { kind: 'basic', waitSeconds: 3_600 } } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const scanned = world.push('v2', {}, { [scanLabel]: 'never' });
      const execution = await world.executionOf(scanned);
      await world.reaches(execution, 'Wait for the scan');
      await world.pass(5);
      const ended = await stage.stoppedInVain(execution);
      stage.check('it says what it waited for', ended.reason.includes('waited for the scan'), ended.reason);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand while it waits for the approval, which then cannot be given',
    expected: { verdict: 'stopped-by-hand', cause: 'before-any-change' },
    change: { rollout: { approval: { deadlineSeconds: 86_400 } } },
    play: async (stage) => {
      const { world } = stage;
      const { execution, digest } = await stage.pushed('v1');
      await world.reaches(execution, 'Wait for the approval');
      await world.pass(5);
      const ended = await stage.stoppedInVain(execution);
      stage.check('it says what it waited for', ended.reason.includes('waited for an approval'), ended.reason);
      stage.check('its record names the image', (await world.record(execution))?.digest === digest, ended.reason);
      const approval = world.world.cloud.stepFunctions.execution(
        await world.begin({ service, action: 'approve' }, 'operate'),
      );
      await world.until('the approval is answered', () => approval.status !== 'RUNNING');
      stage.check('nothing waits for an approval', approval.error === 'InvalidOperation', `${approval.cause}`);
      // The reconciler takes no push for lost that a person has stopped.
      await world.pass(2_700);
      const { length } = world.executions();
      stage.check('it is not started again', length === 1, `${length} executions`);
      return ended;
    },
  },
  {
    state: 'stopped by hand while it waits for its turn',
    expected: { verdict: 'stopped-by-hand', cause: 'before-any-change' },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { execution: first, digest } = await stage.pushed('v2');
      await world.reaches(first, 'Wait for the twin');
      const { execution } = await stage.pushed('v3');
      await world.reaches(execution, 'Wait for its turn');
      const ended = await stage.stoppedInVain(execution);
      stage.check('it says what it waited for', ended.reason.includes('waited for its turn'), ended.reason);
      const { verdict } = await world.end(first);
      stage.check('the one under way completes', verdict === 'completed', verdict);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand between its lease and its record',
    expected: { verdict: 'stopped-by-hand', cause: 'before-any-change' },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      let killed = 0;
      world.interference = {
        fateOf: ({ folder, action, payload }) => {
          if (folder !== 'take-lease' || action !== 'UpdateItem' || JSON.stringify(payload).includes('guardian-'))
            return undefined;
          killed += 1;
          return { kind: 'killed-after' };
        },
      };
      const { execution } = await stage.pushed('v2');
      await world.until('it has the lease and was killed', () => killed > 0);
      const ended = await stoppedByHand(stage, execution);
      const next = await stage.rolledOut('v3');
      stage.check('the next release completes', next.verdict === 'completed', `${next.verdict} (${next.cause})`);
      stage.check('another digest is the release before', digest !== next.digest, digest);
      await stage.restsOn(next.digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand when its end is recorded, and nobody was told yet',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      let killed = 0;
      world.interference = {
        fateOf: ({ folder, action, payload }) => {
          const closes = folder === 'close-rollout' && JSON.stringify(payload).includes('"kind":"commit"');
          if (!closes || action !== 'PutEvents') return undefined;
          killed += 1;
          return { kind: 'killed-before' };
        },
      };
      const { digest, execution } = await stage.pushed('v2');
      await world.until('it was about to tell of its end', () => killed > 0);
      await world.call('states', 'StopExecution', { executionArn: execution });
      await world.pass(120);
      const ended = await stage.endInRecord(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand, and whoever takes the twins back is killed after taking the lease',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the twin');
      let killed = 0;
      stage.world.interference = {
        fateOf: ({ folder, action, payload }) => {
          const ofGuardian = JSON.stringify(payload).includes('guardian-');
          if (killed > 0 || folder !== 'take-lease' || action !== 'UpdateItem' || !ofGuardian) return undefined;
          killed += 1;
          return { kind: 'killed-after' };
        },
      };
      const ended = await stoppedByHand(stage, execution);
      stage.check('it was killed once', killed === 1, `${killed}`);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand, and the site is away for a part of the way back',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    change: {
      external: { baseTasks: 2, minimumHealthyPercent: 100, maximumPercent: 200, lostAfterSeconds: 1_800 },
      rollout: { bakeSeconds: 600, deadlineSeconds: 1_800 },
    },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const successor = await stage.stoppedWithoutSite('v2');
      const moves = () => world.movedTo(`${service}-external`).length;
      await world.until('the way back has begun', () => moves() > 2);
      // ECS gives up in this time, and is not asked again before a machine answers.
      await world.pass(600);
      stage.check('nothing is sent to a site that does not answer', moves() === 3, `${moves() - 3} writes`);
      stage.linkSite(true);
      const ended = await world.end(successor);
      stage.check('the way back is walked again', moves() === 4, `${moves()} moves`);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'a release under way, rolled back by a person',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await stage.released('v1');
      return rolledBackUnderWay(stage, ({ execution }) => stage.world.reaches(execution, 'Wait for the twin'));
    },
  },
  {
    state: 'a release under way, rolled back by a person who asks twice',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await stage.released('v1');
      return rolledBackUnderWay(stage, async ({ execution }) => {
        await stage.world.reaches(execution, 'Wait for the twin');
        await stage.world.begin({ service, action: 'rollback' }, 'operate');
        await stage.world.until('the first way back has the service', () => stage.world.movedTo(twins[0]).length > 3);
      });
    },
  },
  {
    state: 'a release that completed before the rollback that a person asked for had its turn',
    expected: { verdict: 'completed', cause: 'proved' },
    change: { rollout: { concurrency: 'queue' } },
    play: async (stage) => {
      await stage.released('v1');
      let completed = '';
      await rolledBackUnderWay(stage, ({ execution }) => {
        completed = execution;
        return stage.world.reaches(execution, 'Let it bake');
      });
      return stage.world.end(completed);
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
    state: 'a resting burst twin of a service that wants no probe',
    expected: { verdict: 'completed', cause: 'partly-proved' },
    change: { fargate: { baseTasks: 0 }, rollout: { probe: false } },
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
    state: 'that probe is stopped by somebody: the image is not held for it',
    expected: { verdict: 'rolled-back', cause: 'probe-stopped' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution, digest: second } = await stage.pushed('v2');
      await world.reaches(execution, 'Let the probe become healthy');
      await world.call('ecs', 'StopTask', { cluster: world.cluster, task: stage.probe().arn, reason: 'by mistake' });
      const ended = await world.end(execution);
      await stage.restsOn(digest);
      const again = await world.end(await world.begin({ service, image: second }));
      stage.check('the same image completes when it is tried again', again.cause === 'proved-by-probe', again.cause);
      return ended;
    },
  },
  {
    state: 'stopped by hand while its probe becomes healthy, and a newer rollout takes over',
    expected: { verdict: 'completed', cause: 'proved-by-probe' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let the probe become healthy');
      const newer = await stage.pushed('v3');
      await world.call('states', 'StopExecution', { executionArn: execution });
      const ended = await world.end(newer.execution);
      await stage.restsOn(newer.digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand before it knows of the probe that it has started, and a newer rollout takes over',
    expected: { verdict: 'completed', cause: 'proved-by-probe' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      let killed = 0;
      world.interference = {
        fateOf: ({ action }) => {
          if (action !== 'RunTask' || killed > 0) return undefined;
          killed += 1;
          return { kind: 'killed-after' };
        },
      };
      await world.until('the probe was started', () => killed > 0);
      const newer = world.push('v3');
      await world.call('states', 'StopExecution', { executionArn: execution });
      const ended = await world.end(await world.executionOf(newer));
      await stage.restsOn(newer);
      return ended;
    },
  },
  {
    state: 'stopped by hand while its probe is out of reach on premises, which are back later',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    change: { external: { baseTasks: 0 }, fargate: { baseTasks: 1 } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let the probe become healthy');
      stage.linkSite(false);
      await world.pass(90);
      const ended = await stoppedByHand(stage, execution);
      stage.linkSite(true);
      // The reconciler looks every 15 minutes.
      await world.pass(1_000);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'its image is deleted before its release is committed',
    expected: { verdict: 'rolled-back', cause: 'image-missing' },
    change: { rollout: { bakeSeconds: 300 } },
    play: async (stage) => {
      const { world } = stage;
      const before = await stage.released('v1');
      const { digest, execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let it bake');
      await world.call('ecr', 'BatchDeleteImage', { repositoryName: service, imageIds: [{ imageDigest: digest }] });
      const ended = await world.end(execution);
      await stage.restsOn(before);
      return ended;
    },
  },
  {
    state: 'that probe does not run before the deadline',
    expected: { verdict: 'rolled-back', cause: 'timed-out' },
    change: { fargate: { baseTasks: 0 }, rollout: { deadlineSeconds: 300 } },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const ended = await stage.rolledOut('v2', { startsAfterSeconds: 1_500, onlyOn: 'FARGATE' });
      await stage.holdsNothing();
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'that probe is started when no time is left',
    expected: { verdict: 'rolled-back', cause: 'timed-out' },
    change: { fargate: { baseTasks: 0 }, rollout: { deadlineSeconds: 150 } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      const untilMs = world.now() + 150_000;
      stage.refuse(({ action }) => action === 'RunTask' && world.now() < untilMs, 'ThrottlingException');
      const ended = await world.end(execution);
      const started = world.ecsWrites.filter(({ call }) => call.action === 'RunTask').length;
      stage.check('it was started at last', started === 2, `${started} probes`);
      await stage.holdsNothing();
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'that probe is interrupted by AWS',
    expected: { verdict: 'rolled-back', cause: 'probe-stopped' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let the probe become healthy');
      world.world.cloud.ecs.engine.stop(stage.probe(), 'SpotInterruption', 'Your Spot Task was interrupted.');
      const ended = await world.end(execution);
      await stage.holdsNothing();
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'that probe finds no capacity on Fargate',
    expected: { verdict: 'rolled-back', cause: 'placement-failure' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Wait for the twin');
      world.world.cloud.ecs.faults.lackFargate('FARGATE', 1_800_000);
      const ended = await world.end(execution);
      await stage.holdsNothing();
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'that probe cannot be asked for, since the controller is denied it',
    expected: { verdict: 'rolled-back', cause: 'controller-error' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const digest = await stage.released('v1');
      stage.refuse(({ action }) => action === 'RunTask');
      const ended = await stage.rolledOut('v2');
      await stage.holdsNothing();
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'that probe is healthy, and ECS shows it late',
    expected: { verdict: 'completed', cause: 'proved-by-probe' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { digest, execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let the probe become healthy');
      const input = { cluster: world.cluster, tasks: [stage.probe().arn] };
      const answer = await world.call<{ tasks: readonly { healthStatus?: string }[] }>('ecs', 'DescribeTasks', input);
      stage.check('no health is known yet', answer.tasks[0]?.healthStatus === 'UNKNOWN', JSON.stringify(answer));
      let late = 0;
      world.interference = {
        fateOf: ({ folder, action }) => {
          if (folder !== 'probe-twin' || action !== 'DescribeTasks' || late > 0) return undefined;
          late += 1;
          return { kind: 'stale', answer };
        },
      };
      const ended = await world.end(execution);
      stage.check('it was read late once', late === 1, `${late}`);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'superseded while its probe becomes healthy',
    expected: { verdict: 'superseded', cause: 'at-safe-point' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let the probe become healthy');
      await world.pass(5);
      const askedAt = world.now();
      const newer = await stage.pushed('v3');
      const ended = await world.end(execution);
      const seconds = (world.now() - askedAt) / 1_000;
      stage.check('it makes room at once, and not when the probe has told', seconds < 10, `${seconds} s`);
      const { verdict } = await world.end(newer.execution);
      stage.check('the newer one completes', verdict === 'completed', verdict);
      await stage.restsOn(newer.digest);
      return ended;
    },
  },
  {
    state: 'superseded by a start that came while its probe was starting',
    expected: { verdict: 'superseded', cause: 'at-safe-point' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Start the probe');
      const newer = await stage.pushed('v3');
      const ended = await world.end(execution);
      const { verdict } = await world.end(newer.execution);
      stage.check('the newer one completes', verdict === 'completed', verdict);
      await stage.restsOn(newer.digest);
      return ended;
    },
  },
  {
    state: 'crash after a release that nothing had proved',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    play: async (stage) => {
      const { world } = stage;
      const proved = await stage.released('v1');
      const setCount = (twin: string, desiredCount: number): Promise<unknown> =>
        world.call('ecs', 'UpdateService', { cluster: world.cluster, service: twin, desiredCount });
      for (const twin of world.twins) await setCount(twin, 0);
      await world.pass(300);
      await stage.released('v2');
      // Waves begin on Fargate: that way back must take the other twin along, which still stands on v2.
      await setCount(`${service}-fargate`, 1);
      await world.pass(300);
      const ended = await stage.rolledOut('v3', { exits: { afterSeconds: 1, code: 1 } });
      await stage.restsOn(proved, { [`${service}-fargate`]: 1 });
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

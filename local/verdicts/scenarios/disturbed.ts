import { AwsError } from '../../../simulator/cloud/aws-error.ts';
import { rolloutMaterial, service } from '../../rollouts/rollout-world.ts';
import { synthesize } from '../../virtual/world.ts';
import { deployStacks } from '../../world/deploy-stacks.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const external = `${service}-external`;
const fargate = `${service}-fargate`;

/** Deploys other code of every function, as a newer Spillway is. */
const upgrade = async ({ world: { world } }: Stage): Promise<void> =>
  world.settle(deployStacks(world.cloud, synthesize(world.configuration, 'newer')), 3_600_000);

/** Ends that somebody else brings about in the middle of a rollout. */
export const disturbed: readonly Scenario[] = [
  {
    state: 'changed by someone else mid-rollout: task definition',
    expected: { verdict: 'changed-by-someone-else', cause: 'task-definition' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.until('the second wave has begun', () => stage.world.movedTo(external).length > 1);
      const taskDefinition = await stage.foreignRevision(external);
      await stage.world.call('ecs', 'UpdateService', {
        cluster: stage.world.cluster,
        service: external,
        taskDefinition,
      });
      const ended = await stage.world.end(execution);
      await stage.world.pass(600);
      const left = stage.world.truth(external)?.taskDefinition;
      stage.check('what someone else wrote is left alone', left === taskDefinition, String(left));
      await stage.twinRestsOn(fargate, digest, 1);
      return ended;
    },
  },
  {
    state: 'ECS service deleted mid-rollout',
    expected: { verdict: 'service-deleted', cause: 'during-rollout' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the twin');
      const { cluster } = stage.world;
      await stage.world.call('ecs', 'DeleteService', { cluster, service: external, force: true });
      const ended = await stage.world.end(execution);
      await stage.world.pass(600);
      await stage.twinRestsOn(fargate, digest, 1);
      return ended;
    },
  },
  {
    state: 'a stack update in mid-rollout',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      const { world } = stage.world;
      await stage.released('v1');
      const { execution, digest } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the twin');
      const { assembly } = await rolloutMaterial({ memoryMiB: 2048 });
      await world.settle(deployStacks(world.cloud, assembly), 3_600_000);
      const ended = await stage.world.end(execution);
      const refreshes = () => stage.world.executions().filter(({ name }) => name.startsWith('template-'));
      await stage.world.until('the new template is rolled out', () => refreshes().length > 0);
      for (const { arn } of refreshes()) {
        const { verdict, reason } = await stage.world.end(arn);
        stage.check('the release completes on the new template too', verdict === 'completed', reason);
      }
      await stage.restsOn(digest);
      for (const twin of stage.world.twins) {
        const { taskDefinition } = await world.twin(twin);
        const memory = await world.settle(world.memoryOf(taskDefinition), 60_000);
        stage.check(`${twin} is on the new template`, memory === 2048, `${memory} MiB`);
      }
      return ended;
    },
  },
  ...(['Wait for the twin', 'Let it bake'] as const).map(
    (during): Scenario => ({
      state: `an upgrade of the controller in mid-rollout (${during})`,
      expected: { verdict: 'completed', cause: 'proved' },
      play: async (stage) => {
        await stage.released('v1');
        const { execution, digest } = await stage.pushed('v2');
        await stage.world.reaches(execution, during);
        await upgrade(stage);
        const ended = await stage.world.end(execution);
        await stage.restsOn(digest);
        const next = await stage.rolledOut('v3');
        stage.check('the new controller rolls out, too', next.verdict === 'completed', next.reason);
        const [before, after] = [execution, next.executionArn].map((arn) => stage.world.versionsOf(arn));
        const shared = [...(before ?? [])].filter((version) => after?.has(version));
        stage.check(
          'a rollout calls the versions that it began with',
          before !== undefined && before.size > 0 && shared.length === 0,
          shared.join(', '),
        );
        return ended;
      },
    }),
  ),
  {
    state: 'an upgrade of the controller on the way back',
    expected: { verdict: 'rolled-back', cause: 'crash-after-start' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2', { exits: { afterSeconds: 5, code: 1 } });
      await stage.world.reaches(execution, 'Wait for the twin to be back');
      await upgrade(stage);
      const ended = await stage.world.end(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'superseded by a newer rollout',
    expected: { verdict: 'superseded', cause: 'newer-rollout' },
    play: async (stage) => {
      await stage.released('v1');
      const first = await stage.pushed('v2');
      await stage.world.pass(3);
      const overtaken = await stage.pushed('v3');
      await stage.world.pass(3);
      const newest = await stage.pushed('v4');
      const ended = await stage.world.end(overtaken.execution);
      for (const { execution } of [first, newest]) await stage.world.end(execution);
      await stage.restsOn(newest.digest);
      return ended;
    },
  },
  {
    state: 'a late event of an older push, whose image somebody has tried by hand since, in vain',
    expected: { verdict: 'superseded', cause: 'newer-rollout' },
    change: { fargate: { baseTasks: 0 } },
    play: async (stage) => {
      const { world } = stage;
      const time = new Date(world.now()).toISOString();
      const older = await stage.released('v1');
      const digest = await stage.released('v2');
      const tried = await world.begin({ service, image: older });
      await world.reaches(tried, 'Let the probe become healthy');
      await world.call('ecs', 'StopTask', { cluster: world.cluster, task: stage.probe().arn, reason: 'by mistake' });
      const { cause } = await world.end(tried);
      stage.check('the older image fails by no fault of its own', cause === 'probe-stopped', cause);
      const ended = await stage.byHand({ service, image: older, trigger: { kind: 'push', eventId: 'late', time } });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'superseded by a newer rollout at a safe point',
    expected: { verdict: 'superseded', cause: 'at-safe-point' },
    play: async (stage) => {
      await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the twin');
      const newer = await stage.pushed('v3');
      const ended = await stage.world.end(execution);
      const { verdict } = await stage.world.end(newer.execution);
      stage.check('the newer one completes', verdict === 'completed', verdict);
      await stage.restsOn(newer.digest);
      return ended;
    },
  },
  {
    state: 'stopped by hand just before a newer rollout asks for the lease, which takes over',
    expected: { verdict: 'superseded', cause: 'fence-lost' },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Wait for the twin');
      const newer = await stage.pushed('v3');
      await world.reaches(newer.execution, 'Take the lease');
      await world.call('states', 'StopExecution', { executionArn: execution });
      const { verdict } = await world.end(newer.execution);
      stage.check('the newer one completes', verdict === 'completed', verdict);
      await stage.restsOn(newer.digest);
      const ended = await stage.endInRecord(execution);
      stage.check('it says that it was stopped', ended.reason.includes('ended as ABORTED'), ended.reason);
      return ended;
    },
  },
  {
    state: 'what a superseded rollout left half done is taken back, since nobody goes on with it',
    expected: { verdict: 'completed', cause: 'taken-back' },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Wait for the twin');
      const newer = await stage.pushed('v3');
      await world.reaches(execution, 'Close the rollout');
      await world.call('states', 'StopExecution', { executionArn: newer.execution });
      const guardian = () => world.executions().find(({ name }) => name.startsWith('guardian-'));
      await world.until('the guardian takes back', () => guardian() !== undefined);
      const ended = await world.end(guardian()?.arn ?? '');
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    // Swarm seed 6443: it said that nothing had been changed.
    state: 'stopped by hand, as one that takes back what a superseded rollout left half done',
    expected: { verdict: 'stopped-by-hand', cause: 'taken-back' },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Wait for the twin');
      const newer = await stage.pushed('v3');
      await world.reaches(execution, 'Close the rollout');
      await world.call('states', 'StopExecution', { executionArn: newer.execution });
      const guardians = () => world.executions().filter(({ name }) => name.startsWith('guardian-'));
      await world.until('the guardian takes back', () => guardians().length > 0);
      const first = guardians()[0]?.arn ?? '';
      await world.reaches(first, 'Wait for the twin to be back');
      await world.call('states', 'StopExecution', { executionArn: first });
      await world.until('another one goes on with it', () => guardians().length > 1);
      const ended = await world.end(guardians()[1]?.arn ?? '');
      await stage.restsOn(digest);
      await stage.endInRecord(newer.execution);
      return ended;
    },
  },
  {
    state: 'superseded after the answer of its first move was lost',
    expected: { verdict: 'superseded', cause: 'at-safe-point' },
    play: async (stage) => {
      const { world } = stage;
      await stage.released('v1');
      const { digest, execution } = await stage.pushed('v2');
      const before = world.ecsWrites.length;
      const moved = () => world.ecsWrites.length > before;
      let newerWaits = false;
      const unavailable = new AwsError('ServiceUnavailableException', 'Service Unavailable');
      world.interference = {
        fateOf: ({ folder, action }) => {
          if (folder !== 'move-twin') return undefined;
          if (action === 'UpdateService' && !moved()) return { kind: 'answer-lost', error: unavailable };
          // Nothing is decided again before the newer one is there.
          return moved() && !newerWaits ? { kind: 'refused', error: unavailable } : undefined;
        },
      };
      await world.until(`a twin moves to ${digest}`, moved);
      const newer = await stage.pushed('v3');
      await world.reaches(newer.execution, 'Wait for its turn');
      newerWaits = true;
      const ended = await world.end(execution);
      const { verdict } = await world.end(newer.execution);
      stage.check('the newer one completes', verdict === 'completed', verdict);
      await stage.restsOn(newer.digest);
      return ended;
    },
  },
  {
    state: 'superseded by a newer rollout that somebody stops before it goes on',
    expected: { verdict: 'superseded', cause: 'at-safe-point' },
    play: async (stage) => {
      await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.reaches(execution, 'Wait for the twin');
      const newer = await stage.pushed('v3');
      await stage.world.reaches(execution, 'Close the rollout');
      await stage.world.call('states', 'StopExecution', { executionArn: newer.execution });
      const ended = await stage.world.end(execution);
      await stage.world.pass(1_800);
      stage.isOnOneRelease();
      return ended;
    },
  },
  {
    state: 'a deployment of the rollout is stopped in ECS by hand',
    expected: { verdict: 'rolled-back', cause: 'circuit-breaker' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await stage.world.until('the second wave has begun', () => stage.world.movedTo(external).length > 1);
      await stage.world.pass(10);
      const { cluster } = stage.world;
      const { serviceDeployments } = await stage.world.call<{
        readonly serviceDeployments: readonly { readonly serviceDeploymentArn: string }[];
      }>('ecs', 'ListServiceDeployments', { cluster, service: external, status: ['IN_PROGRESS'] });
      const serviceDeploymentArn = serviceDeployments[0]?.serviceDeploymentArn;
      await stage.world.call('ecs', 'StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
      const stoppedMs = stage.world.now();
      const back = () => stage.world.movedTo(external).length > 2;
      await stage.world.until('the way back has begun', back);
      const seconds = (stage.world.now() - stoppedMs) / 1_000;
      stage.check('the way back begins within 10 s', seconds <= 10, `${seconds} s`);
      const ended = await stage.world.end(execution);
      stage.check('it says what ECS says', ended.reason.includes('stopped by a user'), ended.reason);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'a running container has another digest than the release',
    expected: { verdict: 'rolled-back', cause: 'digest-mismatch' },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      const { execution } = await stage.pushed('v2');
      await world.reaches(execution, 'Let it bake');
      // The runtime of one machine runs an image of its own under the name: its agent reports what runs.
      const tasks = world.world.cloud.ecs.clusters.get(world.cluster)?.services.get(external)?.tasks;
      const [container] = [...(tasks ?? [])][0]?.containers ?? [];
      if (container) container.imageDigest = `sha256:${'f'.repeat(64)}`;
      const ended = await world.end(execution);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'rollback itself fails',
    expected: { verdict: 'rollback-failed', cause: 'needs-a-person' },
    play: async (stage) => {
      await stage.released('v1');
      stage.refuse(
        ({ action, payload }) => action === 'UpdateService' && (payload as { kind: string }).kind === 'back',
      );
      const ended = await stage.rolledOut('v2', { exits: { afterSeconds: 1, code: 1 } });
      stage.check('it says of the twin that it is not back', ended.reason.includes(fargate), ended.reason);
      return ended;
    },
  },
  {
    state: 'rollback itself fails: the image of the release before is gone',
    expected: { verdict: 'rollback-failed', cause: 'needs-a-person' },
    change: { rollout: { bakeSeconds: 300 } },
    play: async (stage) => {
      const imageDigest = await stage.released('v1');
      const { execution } = await stage.pushed('v2', { exits: { afterSeconds: 120, code: 1 }, onlyOn: 'EXTERNAL' });
      const imageIds = [{ imageDigest }];
      await stage.world.call('ecr', 'BatchDeleteImage', { repositoryName: service, imageIds });
      const ended = await stage.world.end(execution);
      for (const twin of stage.world.twins)
        stage.check(`it says what ${twin} runs`, ended.reason.includes(`${twin} runs`), ended.reason);
      return ended;
    },
  },
  {
    state: 'rollback itself fails: one task of three cannot come back, as the image of the release before is gone',
    expected: { verdict: 'rollback-failed', cause: 'needs-a-person' },
    // One task at a time: the first is stopped for the new release, and the others go on with the old one.
    change: { fargate: { baseTasks: 3, minimumHealthyPercent: 60, maximumPercent: 100 } },
    play: async (stage) => {
      const imageDigest = await stage.released('v1');
      const { execution } = await stage.pushed('v2', { exits: { afterSeconds: 1, code: 1 }, onlyOn: 'FARGATE' });
      await stage.world.until('the first wave has begun', () => stage.world.movedTo(fargate).length > 1);
      await stage.world.call('ecr', 'BatchDeleteImage', { repositoryName: service, imageIds: [{ imageDigest }] });
      const ended = await stage.world.end(execution);
      const running = stage.world.truth(fargate)?.tasks.filter((task) => task.running).length;
      stage.check('two tasks were left running', running === 2, `${running} running`);
      stage.check('it says that one is missing', ended.reason.includes(`${fargate} runs 2 of`), ended.reason);
      return ended;
    },
  },
];

import { findingsLabel, scanLabel } from '../../../simulator/ecr/scanner.ts';
import { service } from '../../rollouts/rollout-world.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** An image that is in the registry, and whose push starts nothing: what happens then is what the start by hand does. */
const unheardPush = async (stage: Stage, version: string, labels: Readonly<Record<string, string>> = {}) => {
  await stage.world.call('events', 'DisableRule', { Name: 'spillway-image-pushed' });
  return stage.world.push(version, {}, labels);
};

const asking = { rollout: { approval: { deadlineSeconds: 600 } } } as const;
const scanning = (kind: 'basic' | 'enhanced') =>
  ({ rollout: { scan: { kind, refuseFrom: 'HIGH', waitSeconds: 300 } } }) as const;

/** A start that waits for its approval. */
const waiting = async (stage: Stage): Promise<string> => {
  await unheardPush(stage, 'v1');
  const execution = await stage.world.begin({ service, image: 'v1' });
  await stage.world.pass(5);
  return execution;
};

/** The reconciler finds at its second look what it takes for lost, half an hour after the push at the latest. */
const afterTwoLooks = 2_700;

/** Lets the reconciler look twice at a push, and checks how many starts it then has had in all. */
const isStarted = async (stage: Stage, digest: string, times: number): Promise<void> => {
  const { world } = stage;
  await world.pass(afterTwoLooks);
  const names = world.executions().flatMap(({ name, inputText }) => (inputText.includes(digest) ? [name] : []));
  const told = (await world.history()).filter(({ kind }) => kind === 'drift').map(({ text }) => text);
  stage.check(`the push is started ${times} times`, names.length === times, names.join(', '));
  stage.check('it is told as lost if it was', told.length === times - 1, told.join(' '));
};

/** Ends at a gate: by a person's word, by the time of day, by what the image is called or contains. */
export const gates: readonly Scenario[] = [
  {
    state: 'frozen',
    expected: { verdict: 'refused', cause: 'frozen' },
    play: async (stage) => {
      await stage.released('v1');
      await stage.operate({ action: 'freeze', reason: 'month end' });
      await unheardPush(stage, 'v2');
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'frozen, with all services',
    expected: { verdict: 'refused', cause: 'frozen' },
    play: async (stage) => {
      await stage.released('v1');
      await stage.operate({ action: 'freeze', service: '*' });
      await unheardPush(stage, 'v2');
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'held digest, by a person',
    expected: { verdict: 'refused', cause: 'held' },
    play: async (stage) => {
      await stage.released('v1');
      const digest = await unheardPush(stage, 'v2');
      await stage.operate({ action: 'hold', image: digest });
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'held digest, by its own rollback',
    expected: { verdict: 'refused', cause: 'held' },
    play: async (stage) => {
      const digest = await stage.released('v1');
      await stage.rolledOut('v2', { exits: { afterSeconds: 1, code: 1 } });
      await stage.restsOn(digest);
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'tag not deployable by policy',
    expected: { verdict: 'refused', cause: 'tag-not-deployable' },
    change: { rollout: { deployableTags: ['v*'] } },
    play: async (stage) => {
      await stage.released('v1');
      await unheardPush(stage, 'nightly-7');
      return stage.changesNothing({ service, image: 'nightly-7' });
    },
  },
  {
    // The virtual clock starts on a Monday at 09:00 UTC.
    state: 'outside of the deployment windows',
    expected: { verdict: 'refused', cause: 'outside-window' },
    change: { rollout: { windows: [{ days: ['tue'], from: '09:00', to: '17:00' }] } },
    play: async (stage) => {
      await unheardPush(stage, 'v1');
      return stage.changesNothing({ service, image: 'v1' });
    },
  },
  {
    state: 'scan findings over the threshold: basic',
    expected: { verdict: 'refused', cause: 'scan-findings-basic' },
    change: scanning('basic'),
    play: async (stage) => {
      await stage.released('v1');
      await unheardPush(stage, 'v2', { [findingsLabel]: 'HIGH=1' });
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'scan findings over the threshold: enhanced',
    expected: { verdict: 'refused', cause: 'scan-findings-enhanced' },
    change: scanning('enhanced'),
    play: async (stage) => {
      await stage.world.call('ecr', 'PutRegistryScanningConfiguration', {
        scanType: 'ENHANCED',
        rules: [{ scanFrequency: 'SCAN_ON_PUSH', repositoryFilters: [{ filter: '*', filterType: 'WILDCARD' }] }],
      });
      await stage.released('v1');
      await unheardPush(stage, 'v2', { [findingsLabel]: 'CRITICAL=1' });
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'scan findings below the threshold',
    expected: { verdict: 'completed', cause: 'proved' },
    change: scanning('basic'),
    play: async (stage) => {
      await stage.released('v1');
      const digest = await unheardPush(stage, 'v2', { [findingsLabel]: 'MEDIUM=4' });
      const ended = await stage.byHand({ service, image: 'v2' });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'an index whose platform child fails the scan',
    expected: { verdict: 'refused', cause: 'scan-findings-basic' },
    change: scanning('basic'),
    play: async (stage) => {
      const other = await stage.released('v1');
      const child = await unheardPush(stage, 'v2-amd64', { [findingsLabel]: 'HIGH=1' });
      await stage.world.pushIndex('v2', [
        { digest: child, architecture: 'amd64' },
        { digest: other, architecture: 'arm64' },
      ]);
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'scan never finishes',
    expected: { verdict: 'refused', cause: 'scan-unfinished' },
    change: scanning('basic'),
    play: async (stage) => {
      await stage.released('v1');
      await unheardPush(stage, 'v2', { [scanLabel]: 'never' });
      return stage.changesNothing({ service, image: 'v2' });
    },
  },
  {
    state: 'approval denied',
    expected: { verdict: 'refused', cause: 'approval-denied' },
    change: asking,
    play: async (stage) => {
      const execution = await waiting(stage);
      await stage.operate({ action: 'deny', reason: 'not today' });
      const ended = await stage.world.end(execution);
      stage.check('nothing was written', stage.world.ecsWrites.length === 0, `${stage.world.ecsWrites.length} writes`);
      return ended;
    },
  },
  {
    state: 'approval timed out',
    expected: { verdict: 'refused', cause: 'approval-timed-out' },
    change: asking,
    play: async (stage) => {
      const ended = await stage.world.end(await waiting(stage));
      stage.check('it waited for its 600 s', ended.seconds >= 600 && ended.seconds < 660, `${ended.seconds} s`);
      stage.check('nothing was written', stage.world.ecsWrites.length === 0, `${stage.world.ecsWrites.length} writes`);
      return ended;
    },
  },
  {
    state: 'approved, and completed',
    expected: { verdict: 'completed', cause: 'proved' },
    change: asking,
    play: async (stage) => {
      const execution = await waiting(stage);
      await stage.operate({ action: 'approve', actor: 'ada' });
      return stage.world.end(execution);
    },
  },
  {
    state: 'approved after hours, while the release before it is restarted',
    expected: { verdict: 'completed', cause: 'proved' },
    change: { rollout: { approval: { deadlineSeconds: 86_400 } } },
    play: async (stage) => {
      const { world } = stage;
      const first = await waiting(stage);
      await world.pass(6 * 3_600);
      await stage.operate({ action: 'approve' });
      await world.end(first);
      const { plan } = await stage.planned({ service, image: 'v1' });
      const { seconds = 0 } = plan.estimate ?? {};
      stage.check('a plan counts no wait for an approval', seconds > 60 && seconds < 600, `${seconds} s`);
      // Longer than a start waits for its turn.
      const digest = await unheardPush(stage, 'v2');
      const second = await world.begin({ service, image: 'v2' });
      await world.pass(3 * 3_600);
      await world.begin({ service, action: 'restart' }, 'operate');
      const restart = () => world.executions().find(({ name }) => name.startsWith('restart-'))?.arn ?? '';
      await world.until('the restart begins', () => restart() !== '');
      await world.reaches(restart(), 'Wait for the twin');
      await stage.operate({ action: 'approve' });
      const ended = await world.end(second);
      const { verdict, cause } = await world.end(restart());
      stage.check('the restart has its own end', verdict === 'completed' || cause === 'at-safe-point', cause);
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'scan findings over the threshold, of a start that calls itself a rollback',
    expected: { verdict: 'refused', cause: 'scan-findings-basic' },
    change: { rollout: { scan: { kind: 'basic' }, approval: { deadlineSeconds: 600 } } },
    play: async (stage) => {
      const first = await waiting(stage);
      await stage.world.reaches(first, 'Wait for the approval');
      await stage.world.pass(5);
      await stage.operate({ action: 'approve' });
      await stage.world.end(first);
      await unheardPush(stage, 'v2', { [findingsLabel]: 'CRITICAL=3' });
      const writes = stage.world.ecsWrites.length;
      const ended = await stage.byHand({ service, image: 'v2', trigger: { kind: 'rollback' } });
      const written = stage.world.ecsWrites.length - writes;
      stage.check('nothing was written', written === 0, `${written} writes`);
      return ended;
    },
  },
  {
    state: 'a release after a start that says that it was asked for in 2099',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      await unheardPush(stage, 'v1');
      await stage.byHand({ service, image: 'v1', trigger: { kind: 'ci', time: '2099-01-01T00:00:00Z' } });
      await unheardPush(stage, 'v2');
      await stage.byHand({ service, image: 'v2', trigger: { kind: 'push', time: '2099-01-01T00:00:00Z' } });
      await stage.world.pass(300);
      const digest = await unheardPush(stage, 'v3');
      const ended = await stage.byHand({ service, image: 'v3' });
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'a push whose time is none',
    expected: { verdict: 'refused', cause: 'invalid-input' },
    play: async (stage) => {
      await unheardPush(stage, 'v1');
      return stage.byHand({ service, image: 'v1', trigger: { kind: 'push', time: '2026-11-29' } });
    },
  },
  {
    // The virtual clock starts on a Monday at 09:00 UTC.
    state: 'rolled back outside of the deployment windows, to a proved release and to no other image',
    expected: { verdict: 'completed', cause: 'proved' },
    change: { rollout: { windows: [{ days: ['mon'], from: '09:00', to: '10:00' }] } },
    play: async (stage) => {
      const { world } = stage;
      const digest = await stage.released('v1');
      await stage.released('v2');
      await world.pass(3 * 3_600);
      await unheardPush(stage, 'v3');
      const { cause } = await stage.byHand({ service, image: 'v3', trigger: { kind: 'rollback' } });
      stage.check('what was never proved waits for a window', cause === 'outside-window', cause);
      await world.begin({ service, action: 'rollback' }, 'operate');
      const rollback = () => world.executions().find(({ name }) => name.startsWith('rollback-'))?.arn ?? '';
      await world.until('the rollback begins', () => rollback() !== '');
      const ended = await world.end(rollback());
      await stage.restsOn(digest);
      return ended;
    },
  },
  {
    state: 'rejected while another rollout is under way, by configuration',
    expected: { verdict: 'refused', cause: 'already-rolling-out' },
    change: { rollout: { concurrency: 'reject' } },
    play: async (stage) => {
      await stage.released('v1');
      const first = await stage.pushed('v2');
      await stage.world.pass(3);
      const rejected = await stage.rolledOut('v3');
      await stage.world.end(first.execution);
      await stage.restsOn(first.digest);
      return rejected;
    },
  },
  {
    state: 'approval denied to a push, which is not asked for again',
    expected: { verdict: 'refused', cause: 'approval-denied' },
    change: asking,
    play: async (stage) => {
      const { digest, execution } = await stage.pushed('v1');
      await stage.world.pass(5);
      await stage.operate({ action: 'deny', reason: 'not today' });
      const ended = await stage.world.end(execution);
      await isStarted(stage, digest, 1);
      return ended;
    },
  },
  {
    state: 'a push of a tag that is not deployable, which is refused once',
    expected: { verdict: 'refused', cause: 'tag-not-deployable' },
    change: { rollout: { deployableTags: ['v*'] } },
    play: async (stage) => {
      const ended = await stage.rolledOut('nightly-7');
      await isStarted(stage, ended.digest, 1);
      return ended;
    },
  },
  {
    state: 'a push that waits for its approval for longer than the reconciler waits for a push',
    expected: { verdict: 'refused', cause: 'approval-timed-out' },
    change: { rollout: { approval: { deadlineSeconds: 3_600 } } },
    play: async (stage) => {
      const { digest, execution } = await stage.pushed('v1');
      await isStarted(stage, digest, 1);
      const ended = await stage.world.end(execution);
      await isStarted(stage, digest, 1);
      return ended;
    },
  },
  {
    state: 'a push that waits for its window for longer than the reconciler waits for a push',
    expected: { verdict: 'completed', cause: 'proved' },
    change: { rollout: { windows: [{ days: ['mon'], from: '10:30', to: '17:00' }] } },
    play: async (stage) => {
      const { digest, execution } = await stage.pushed('v1');
      await isStarted(stage, digest, 1);
      return stage.world.end(execution);
    },
  },
  {
    state: 'a push whose start the controller could not admit, which is found and started once more',
    expected: { verdict: 'completed', cause: 'proved' },
    play: async (stage) => {
      const { world } = stage;
      stage.refuse(({ folder, service: api }) => folder === 'admit-rollout' && api === 'ecr', 'ServerException');
      const first = await stage.rolledOut('v1');
      stage.check('it was not admitted', first.cause === 'controller-error', first.cause);
      world.interference = { fateOf: () => undefined };
      await isStarted(stage, first.digest, 2);
      return world.end(world.executions().find(({ name }) => name.startsWith('reconciler-'))?.arn ?? '');
    },
  },
];

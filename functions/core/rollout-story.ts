import { describeWindow } from './deployment-window.ts';
import type { Happening } from './history.ts';
import { shortDigest } from './image-reference.ts';
import type { End, Moved, ProvedTwin, Resting, Rollout, RolloutRecord, Step } from './state.ts';
import { lineAbout, sentence, type Told } from './told.ts';

/** The lines that a rollout adds to the history of its service, each told by whoever has just seen or done it. */

type Named = Pick<Rollout, 'rolloutId'> & { readonly actor?: string };

const lineOf = ({ rolloutId, actor = '' }: Named, told: Told): Happening =>
  lineAbout('rollout', rolloutId, actor, told);

const revision = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);
const tasks = (count: number): string => `${count} ${count === 1 ? 'task' : 'tasks'}`;

type Ended = Named & Pick<RolloutRecord, 'trigger' | 'digest' | 'image'>;

const originOf = ({ digest, image, trigger }: Ended) => ({ digest, image, trigger });

/** What a start passed before it got the service, besides a scan and an approval, which have lines of their own. */
const gatesOf = ({ goal, tag, gates }: Rollout): string => {
  if (goal === 'take-back') return '';
  const passed = [
    ...(tag !== undefined && gates.deployableTags.length > 0
      ? [`its tag '${tag}' is one of ${gates.deployableTags.join(', ')}`]
      : []),
    'it is neither frozen nor held',
    ...(gates.windows.length > 0 ? [`a window is open (${gates.windows.map(describeWindow).join('; ')})`] : []),
  ];
  return `: ${passed.join(', ')}`;
};

/** The scan that a start has passed. */
export const scanLine = (of: Named, { at, reason }: { readonly at: string; readonly reason: string }): Happening =>
  lineOf(of, { what: 'scan', at, source: 'DescribeImageScanFindings', text: sentence(reason) });

/** @param scan how the scan was passed, and when; null where none was asked for. */
export const startLines = (
  rollout: Rollout,
  scan: { readonly at: string; readonly reason: string } | null,
): readonly Happening[] => {
  const { service, digest, startedAt, deadlineAt, deadlineSeconds, settleSeconds, trigger, twins } = rollout;
  const asked: Readonly<Record<Rollout['goal'], string>> = {
    release: `${rollout.image} was asked for.`,
    refresh: `The current release was asked for on the newest templates: ${rollout.image}.`,
    'take-back': 'The way back from what was left half done was asked for.',
  };
  const leasedAtMs = Date.parse(deadlineAt) - 1_000 * (deadlineSeconds + settleSeconds);
  return [
    lineOf(rollout, {
      what: 'asked',
      at: startedAt,
      source: `StartExecution, by ${trigger.kind}`,
      text: asked[rollout.goal],
      detail: originOf(rollout),
    }),
    ...(scan ? [scanLine(rollout, scan)] : []),
    lineOf(rollout, {
      what: 'started',
      at: new Date(leasedAtMs).toISOString(),
      source: 'lease',
      text: `${service} begins to move to ${digest}${gatesOf(rollout)}.`,
      detail: { ...originOf(rollout), twins: twins.map(({ twin }) => twin) },
    }),
  ];
};

/** What the twins are to run. */
export const registeredLine = (
  rollout: Rollout,
  { before, taskDefinitions, deferred }: Pick<Required<RolloutRecord>, 'before' | 'taskDefinitions' | 'deferred'>,
  at: string,
): Happening => {
  const moves = rollout.twins
    .filter(({ twin }) => !deferred.includes(twin))
    .map(({ twin }) => {
      const from: Resting | undefined = before[twin];
      return `${revision(taskDefinitions[twin] ?? '')}${from ? ` (now ${revision(from.taskDefinition)})` : ''}`;
    });
  const away = deferred.length > 0 ? `; ${deferred.join(' and ')} gets it when its site is back` : '';
  return lineOf(rollout, {
    what: 'registered',
    at,
    source: 'RegisterTaskDefinition',
    text: `Registered ${moves.join(' and ')}${away}.`,
    detail: { taskDefinitions, deferred },
  });
};

/** A wave, or a step of the way back, once ECS has taken it. */
export const movedLine = (
  rollout: Rollout,
  { twin, to, back }: Pick<Step, 'twin' | 'to' | 'back'>,
  way: 'forward' | 'back',
  moved: Pick<Moved, 'deployment' | 'desiredCount'> & { readonly kind: 'moved' | 'arrived' },
  at: string,
): Happening => {
  const { taskDefinition } = way === 'back' ? back : to;
  const { kind, desiredCount, deployment } = moved;
  const goes = way === 'back' ? 'goes back to' : 'moves to';
  const does = kind === 'moved' ? goes : 'is already on';
  return lineOf(rollout, {
    what: `${way}#${twin}#${deployment.id}`,
    at,
    source: 'UpdateService',
    text: `${twin} ${does} ${revision(taskDefinition)} with ${tasks(desiredCount)}.`,
    detail: { twin, taskDefinition, desiredCount, deployment: deployment.id },
  });
};

/** A twin that the way back does not touch. */
export const leftLine = (rollout: Rollout, twin: string, reason: string, at: string): Happening =>
  lineOf(rollout, {
    what: `left#${twin}`,
    at,
    source: 'DescribeServices',
    text: `${twin} is left alone: ${sentence(reason)}`,
    detail: { twin },
  });

/** What ended a wait: for a twin, for its probe, or the bake. */
export const waitLine = (
  of: { readonly rolloutId: string; readonly phase: string; readonly twin: string; readonly deployment: string },
  end:
    | { readonly kind: 'done' | 'again'; readonly reason: string }
    | { readonly kind: 'failed'; readonly failure: { readonly reason: string } },
  source: string,
  at: string,
): Happening => {
  const { phase, twin, deployment } = of;
  const { reason } = end.kind === 'failed' ? end.failure : end;
  return lineOf(of, {
    what: `${phase}-${end.kind}#${twin}#${deployment}`,
    at,
    source,
    text: sentence(reason),
    detail: { phase, ...(twin !== '' && { twin }) },
  });
};

/** How the probe of a twin was judged. */
export const probeLine = (rollout: Rollout, twin: string, failure: string, at: string): Happening =>
  lineOf(rollout, {
    what: `probe#${twin}`,
    at,
    source: 'DescribeTasks',
    text: failure === '' ? `The probe of ${twin} proved the release, and is stopped.` : sentence(failure),
    detail: { twin, proved: failure === '' },
  });

export const bakeLine = (rollout: Rollout, at: string): Happening =>
  lineOf(rollout, {
    what: 'bake',
    at,
    source: 'bake',
    text: `Every twin has arrived: until ${rollout.bakeSeconds} s after that no task may fail, no alarm rise and no dead-letter queue grow.`,
    detail: { bakeSeconds: rollout.bakeSeconds },
  });

/** Told once for each reason, however often it is looked at; a key of DynamoDB takes 1,024 bytes. */
export const bakesOnLine = (
  rollout: Rollout,
  { twin, reason }: { readonly twin: string; readonly reason: string },
  at: string,
): Happening =>
  lineOf(rollout, {
    what: `bakes-on#${twin}#${reason.slice(0, 200)}`,
    at,
    source: 'DescribeTasks',
    text: `The bake goes on: ${sentence(reason)}`,
    detail: { twin },
  });

/** @param digests what the running containers of each twin told. */
export const provedLine = (
  rollout: Rollout,
  twins: readonly ProvedTwin[],
  digests: Readonly<Record<string, readonly string[]>>,
  at: string,
): Happening => {
  const told = twins.map(({ twin, tasks: read, desiredCount, probed }) => {
    if (probed) return `a probe proved ${twin}, which ${desiredCount === 0 ? 'rests' : 'rested'} at 0`;
    if (read === 0) return `no task of ${twin} runs, so nothing is proved there`;
    return `${twin} runs ${(digests[twin] ?? []).map(shortDigest).join(' and ')} in ${read} of ${tasks(desiredCount)}`;
  });
  return lineOf(rollout, {
    what: 'proved',
    at,
    source: 'DescribeTasks',
    text: `The bake of ${rollout.bakeSeconds} s is over: ${told.join('; ')}. Alarms are quiet and no dead-letter queue has grown.`,
    detail: { digests, twins },
  });
};

/** Under which the line of a rollout's end stands. */
export const endKey = (rolloutId: string): string =>
  lineAbout('rollout', rolloutId, '', { what: 'ended', at: '', source: '', text: '' }).key;

/** A record gets its end before the line of that is written; its function is tried again within minutes where it fails. */
const toldWithinMs = 15 * 60_000;

/**
 * Which of the recorded rollouts have a line of their end, by its key: all that ended, but those whose lease another one
 * took over from a dead execution and closed without a word.
 */
export const toldEnds = (
  records: readonly Pick<RolloutRecord, 'rolloutId' | 'verdict' | 'cause' | 'endedAt'>[],
  nowMs: number,
): readonly { readonly key: string; readonly what: string }[] =>
  records
    .filter(({ endedAt = '', cause }) => cause !== 'fence-lost' && Date.parse(endedAt) < nowMs - toldWithinMs)
    .map(({ rolloutId, verdict, cause, endedAt }) => ({
      key: endKey(rolloutId),
      what: `rollout ${rolloutId}, which is recorded as ${verdict} (${cause}) at ${endedAt}`,
    }));

export const endLine = (rollout: Ended, end: End, at: string): Happening =>
  lineOf(rollout, {
    what: 'ended',
    at,
    source: `rollout, by ${rollout.trigger.kind}`,
    text: `${end.verdict} (${end.cause}): ${end.reason}`,
    detail: { ...originOf(rollout), verdict: end.verdict, cause: end.cause },
  });

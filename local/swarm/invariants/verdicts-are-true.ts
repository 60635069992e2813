import { describeTruth, type TwinTruth } from '../../rollouts/ground-truth.ts';
import type { EndedRollout, Facts } from '../facts.ts';
import { mayComplete } from '../images.ts';
import { type Invariant, isForeign, moveOf, short } from '../invariant.ts';

/** Causes that may be true of any image: time, room, the controller itself. */
const anybodys = [
  'timed-out',
  'placement-failure',
  'controller-error',
  'circuit-breaker',
  'site-lost',
  'probe-stopped',
];
/** Causes that a good image has only where machines, or the room on them, went away; time runs out by other faults too. */
const needsRoom = ['circuit-breaker', 'placement-failure', 'timed-out'];
const minute = 60_000;

/** Whether as many tasks run as are wanted: a machine that is full, or an image that is gone, may keep some from starting. */
const hasItsTasks = ({ desired, tasks }: TwinTruth): boolean =>
  tasks.filter(({ running }) => running).length >= desired;

/** Whether a twin runs a digest and nothing else; one that has tasks runs at least one of them, unless it has just been given them. */
const twinIsWhollyOn = (facts: Facts, truth: TwinTruth, digest: string | undefined, atMs: number): boolean => {
  const running = truth.tasks.filter((task) => task.running);
  return (
    facts.digestOf(truth.taskDefinition) === digest &&
    running.filter(({ reachable }) => reachable).every((task) => task.digest === digest) &&
    (truth.desired === 0 ||
      running.length > 0 ||
      facts.wasDone('count', atMs - 10 * minute, atMs, truth.twin) ||
      // ECS may have started them anew elsewhere when their machines went away.
      facts.wasDone('cut', atMs, atMs, undefined, 30 * minute) ||
      facts.wasDone('flap', atMs, atMs, undefined, 30 * minute))
  );
};

const lies = (facts: Facts, end: EndedRollout): string | undefined => {
  const { execution, digest, verdict, cause } = end;
  const { startMs, stopMs = startMs, name } = execution;
  const movesOf = (rolloutId: string) =>
    facts.world.ecsWrites.flatMap(({ call }) => {
      const move = moveOf(call);
      return move?.rollout.rolloutId === rolloutId ? [move] : [];
    });
  const moves = movesOf(name);
  const moved = moves.filter(({ kind }) => kind === 'forward').length;
  const tookBack = moves.some(({ kind }) => kind === 'back');
  const closing = facts.closings.get(name);
  const foreign = (twin: string): boolean => facts.wasDone('task-definition', startMs, stopMs, twin);
  const others = closing?.truths.filter(({ twin }) => !foreign(twin)) ?? [];
  const areOn = (wanted: string | undefined, truths = others, atMs = closing?.atMs ?? stopMs): boolean =>
    truths.every((truth) => twinIsWhollyOn(facts, truth, wanted, atMs));
  const twins = closing?.truths.map(describeTruth).join('; ') ?? 'nobody saw the twins then';
  /** Something that takes machines, or the room on them, away. */
  const siteSuffered = (): boolean =>
    facts.wasDone('cut', startMs, stopMs, undefined, 30 * minute) ||
    facts.wasDone('flap', startMs, stopMs, undefined, 30 * minute) ||
    facts.wasDone('count', 0, stopMs) ||
    facts.wasDone('task-definition', 0, stopMs);
  if (end.joined) return facts.joinedEndedSo(end) ? undefined : `${end.joined} did not end so`;
  if (cause === 'controller-error' && !facts.wasStruck(startMs, stopMs)) return 'no fault had struck the controller';
  switch (verdict) {
    case 'completed': {
      if (cause === 'already-current')
        return digest === undefined || facts.stoodOn(digest, startMs, stopMs)
          ? undefined
          : 'the service was never on it meanwhile';
      if (!closing) return 'it completed without ever having held the service';
      const image = facts.imageOf(digest);
      if (image && !mayComplete(image.kind)) return `it completed with an image that is ${image.kind}`;
      // Who takes back what others left half done has no digest of its own: the last proved release is its word.
      if (cause === 'taken-back')
        return !closing.before || areOn(closing.before.digest) ? undefined : `at its end: ${twins}`;
      return areOn(digest) ? undefined : `at its end: ${twins}`;
    }
    case 'deferred':
      if (!facts.rollout.mixedReleasesSafe)
        return 'the service does not declare that its releases may run side by side';
      if (!facts.wasAway(startMs, stopMs)) return 'the site answered all the time';
      if (!closing?.deferred.length) return 'it left no twin to the return of the site';
      return areOn(
        digest,
        others.filter(({ twin }) => !closing.deferred.includes(twin)),
      )
        ? undefined
        : `at its end: ${twins}`;
    case 'nothing-proved':
      // A twin at a site that is away gets the release later, and its reason says so.
      return others.every(({ twin, desired }) => desired === 0 || closing?.deferred.includes(twin))
        ? undefined
        : `at its end: ${twins}`;
    case 'refused':
    case 'superseded':
      if (cause === 'frozen' && !facts.wasDone('freeze', startMs, stopMs)) return 'nobody froze the service';
      if (
        cause === 'site-away' &&
        !facts.wasDone('cut', startMs, stopMs, undefined, 10 * minute) &&
        !facts.wasAway(0, stopMs)
      )
        return 'the site was never away';
      if (cause === 'site-away' && facts.rollout.mixedReleasesSafe)
        return 'the other twin could have gone on without it';
      if (cause === 'held' && !facts.wasHeld(digest ?? facts.standingAt(stopMs), stopMs))
        return 'nobody and no failed rollout holds its digest';
      if (cause === 'percents-deadlock' && !facts.wasDone('count', 0, stopMs)) return 'nobody changed a count';
      if (cause.startsWith('no-fit-') && !siteSuffered() && !facts.wasDone('stack-update', 0, stopMs))
        return 'every machine was there, and no task had grown';
      if (cause === 'image-missing' && !facts.wasDeleted(digest ?? facts.standingAt(stopMs), stopMs))
        return 'nobody deleted its image';
      if (cause === 'fence-lost')
        return facts.wasOvertaken(execution.arn, stopMs) ? undefined : 'nobody had its lease after it';
      if (verdict === 'superseded' && !facts.wasOutdated(execution, stopMs)) return 'nobody had asked for a newer one';
      // A call whose answer was lost may have moved a twin.
      if (cause === 'at-safe-point')
        return moved > 0 || facts.wasStruck(startMs, stopMs) ? undefined : 'it had moved no twin';
      if (moved > 0) return `it moved twins ${moved} times`;
      // Whoever takes the lease of a dead rollout over owes the twins their way back, also where its own release is refused.
      if (!tookBack) return undefined;
      if (!facts.wasLeftBehind(stopMs)) return 'it took twins back that nobody had left half done';
      if (!execution.cause?.includes('taken back')) return `it took twins back, and says: ${execution.cause}`;
      return others
        .filter(({ twin }) => !closing?.deferred.includes(twin))
        .every((truth) => {
          // Before anything was proved the way back leads to where a twin was, which may pin no digest.
          const back = closing?.before?.digest ?? facts.digestOf(truth.taskDefinition);
          return back === undefined || areOn(back, [truth]);
        })
        ? undefined
        : `it took twins back, and at its end: ${twins}`;
    case 'rolled-back': {
      if (cause === 'probe-stopped' && !facts.wasDone('probe-stop', startMs, stopMs)) return 'nobody stopped its probe';
      // A start without an image wants the release that stood then, which may never have run before.
      const wanted = digest ?? facts.standingAt(startMs);
      if (!anybodys.includes(cause) && !facts.causesOf(wanted, stopMs).includes(cause))
        return `its image is ${facts.imageOf(wanted)?.kind ?? 'unknown'}`;
      if (
        needsRoom.includes(cause) &&
        facts.imageOf(wanted)?.kind === 'good' &&
        !siteSuffered() &&
        !(cause === 'timed-out' && (facts.wasStruck(startMs, stopMs) || facts.wasKeptWaiting(startMs, stopMs)))
      )
        return 'its image is good, and every machine was there';
      if (cause === 'site-lost' && !facts.wasAway(startMs, stopMs)) return 'the site answered all the time';
      if (cause === 'site-lost' && facts.rollout.mixedReleasesSafe && moved > 0)
        return 'the other twin could have gone on without it';
      if (cause === 'timed-out' && stopMs - startMs < facts.rollout.deadlineMs) return 'its deadline had not passed';
      const before = closing?.before;
      if (!closing || before?.digest === digest) return undefined;
      // What runs at a lost site is brought back on its return, also where an earlier rollout had lost it.
      const shouldBeBack = ({ twin, taskDefinition }: TwinTruth): boolean =>
        // Somebody had moved it before, and the rollout never came to it: that is where it was.
        !(isForeign(taskDefinition) && !moves.some(({ step }) => step.twin === twin)) &&
        !closing.deferred.includes(twin);
      const back = others.filter(shouldBeBack);
      // Before anything was proved there is no one place to go back to; its own is none.
      if (!before)
        return back.some(({ taskDefinition }) => facts.digestOf(taskDefinition) === digest)
          ? `it still stands there at its end: ${twins}`
          : undefined;
      return areOn(before.digest, back)
        ? undefined
        : `the last proved release is ${short(before.digest)}, and at its end: ${twins}`;
    }
    case 'changed-by-someone-else': {
      const kind = cause === 'desired-count' ? 'count' : 'task-definition';
      return facts.wasDone(kind, startMs, stopMs, undefined, 5 * minute) ? undefined : 'nobody did';
    }
    case 'rollback-failed':
      // What runs on a machine that is cut off is neither stopped nor known to be back.
      if (
        closing?.before &&
        !closing.truths.some(({ twin, taskDefinition }) => foreign(twin) || isForeign(taskDefinition)) &&
        areOn(closing.before.digest) &&
        closing.truths.every(hasItsTasks) &&
        !facts.wasDone('cut', startMs, stopMs)
      )
        return `every twin is back: ${twins}`;
      return facts.wasDone('cut', startMs, stopMs, undefined, 10 * minute) ||
        facts.wasDone('task-definition', startMs, stopMs, undefined, 60 * minute) ||
        facts.wasDeleted(closing?.before?.digest, stopMs) ||
        closing?.truths.some(({ deadlocked }) => deadlocked) ||
        // Without a release that was ever proved the way back leads to where a person has put the service.
        closing?.before === undefined
        ? undefined
        : `nothing was in the way of going back: ${execution.cause}`;
    case 'stopped-by-hand': {
      // Told by the execution that goes on with what the stopped one has left.
      if (!facts.wasDone('stop', 0, stopMs)) return 'nobody stopped it';
      const closed = facts.closedIn(startMs, stopMs);
      if (!closed) return 'it gave no lease back';
      const { truths, before, deferred, atMs } = closed.closing;
      if (cause === 'before-any-change')
        return movesOf(closed.rolloutId).length === 0 ? undefined : `${closed.rolloutId} had moved twins`;
      const back = truths.filter(
        ({ twin, taskDefinition }) => !foreign(twin) && !isForeign(taskDefinition) && !deferred.includes(twin),
      );
      return !before || areOn(before.digest, back, atMs)
        ? undefined
        : `the last proved release is ${short(before.digest)}, and at its end: ${truths.map(describeTruth).join('; ')}`;
    }
    case 'service-deleted':
      return 'nobody deleted a service';
    default:
      return execution.status === 'ABORTED' && facts.wasDone('stop', startMs, stopMs + 1, execution.arn)
        ? undefined
        : 'no such verdict';
  }
};

export const verdictsAreTrue = (): Invariant => ({
  rule: 'a verdict says what was the case',
  atRest: (facts) =>
    facts.ended().flatMap((end) => {
      const lie = lies(facts, end);
      return lie
        ? [`${end.execution.name} of ${short(end.digest)} ended as ${end.verdict} (${end.cause}): ${lie}`]
        : [];
    }),
});

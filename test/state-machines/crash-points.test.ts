import { describe, expect, it } from 'vitest';
import { sha256 } from '../../functions/adapters/history.ts';
import { verifyHistory } from '../../functions/core/history.ts';
import { toldEnds } from '../../functions/core/rollout-story.ts';
import { type Fault, type Outcome, type Push, play } from './faulty-world.ts';

const second: readonly Push[] = [{ version: 'v1' }, { version: 'v2' }];
const broken: readonly Push[] = [{ version: 'v1' }, { version: 'v2', broken: 'crash' }];

/** Plays the same rollout once for each call that it makes, with a fault at that call. */
const atEveryCall = async (
  pushes: readonly Push[],
  fault: Omit<Fault, 'at'>,
  check: (outcome: Outcome, plain: Outcome) => void,
): Promise<void> => {
  const plain = await play(pushes);
  for (const [at, call] of plain.calls.entries()) {
    const outcome = await play(pushes, { ...fault, at });
    try {
      check(outcome, plain);
    } catch (error) {
      throw new Error(`with ${fault.error} ${fault.when} call ${at}, ${call}`, { cause: error });
    }
  }
};

/** What is told of the last rollout, in order, without the ids of it and of its deployments. */
const story = ({ history, records: [last] }: Outcome): readonly string[] =>
  history
    .filter(({ subject }) => subject === last?.rolloutId)
    .map(({ key, subject }) => key.replace(subject, 'id').replace(/ecs-svc\/\d+/, 'deployment'));

const toldOnce = (outcome: Outcome): void => {
  const { history, head, records } = outcome;
  const ended = toldEnds(records, Number.POSITIVE_INFINITY);
  expect(head?.number).toBe(history.length);
  expect(ended.length).toBeGreaterThan(0);
  expect(verifyHistory(history, sha256, { head, ended })).toMatchObject({ kind: 'whole' });
  expect(new Set(outcome.history.map(({ key }) => key)).size).toBe(outcome.history.length);
  expect(outcome.history.at(-1)?.text).toContain(`${outcome.verdict.replace('/', ' (')}): `);
};

const same = (outcome: Outcome, plain: Outcome): void => {
  toldOnce(outcome);
  expect(story(outcome)).toEqual(story(plain));
  expect(outcome.verdict).toBe(plain.verdict);
  expect(outcome.digests).toEqual(plain.digests);
  expect(outcome.counts).toEqual(plain.counts);
  expect(outcome.control.rollout).toBeUndefined();
  expect(outcome.control.release?.digest).toBe(plain.control.release?.digest);
};

const allOrNothing = (outcome: Outcome): void => {
  toldOnce(outcome);
  expect(new Set(outcome.digests).size).toBe(1);
  expect(outcome.counts).toEqual(['3/3', '1/1']);
  expect(outcome.control.rollout).toBeUndefined();
  // What is told to be current is what runs, whatever the verdict.
  expect(outcome.control.release?.digest).toBe(outcome.digests[0]);
  expect(outcome.verdict).toMatch(
    /^(completed\/proved|refused\/controller-error|rolled-back\/(controller-error|crash-after-start))$/,
  );
};

// Some 120 rollouts each, one for each call.
describe('a rollout', { timeout: 240_000 }, () => {
  it('makes at most 14 calls of ECS, and counts each', async () => {
    const { calls, ecsCalls, verdict } = await play(second);
    const ofEcs = calls.filter((call) =>
      /^(?!reconcile-).*:(Describe(Services|Tasks|TaskDefinition|ContainerInstances)|List(Tasks|ContainerInstances)|RegisterTaskDefinition|UpdateService)$/.test(
        call,
      ),
    );
    expect(verdict).toBe('completed/proved');
    expect(ofEcs.length).toBeLessThanOrEqual(14);
    expect(ecsCalls).toBe(ofEcs.length);
  });

  it('ends the same when a function is killed after any of its calls', async () => {
    await atEveryCall(second, { when: 'after', error: 'Runtime.ExitError' }, same);
  });

  it('that fails ends the same when a function is killed before any of its calls', async () => {
    await atEveryCall(broken, { when: 'before', error: 'Runtime.ExitError' }, same);
  });

  it('is all or nothing when any one call is refused', async () => {
    await atEveryCall(second, { when: 'before', error: 'AccessDeniedException' }, allOrNothing);
  });

  it('that fails is all or nothing when the answer of any one call is an error', async () => {
    await atEveryCall(broken, { when: 'after', error: 'AccessDeniedException' }, allOrNothing);
  });

  it('ends with the same verdict when every event of ECS is lost', async () => {
    for (const pushes of [second, broken]) same(await play(pushes, undefined, true), await play(pushes));
  });
});

import { RolloutWorld, service } from '../rollouts/rollout-world.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';

export interface PlayedState {
  readonly state: string;
  readonly expected: { readonly verdict: string; readonly cause: string };
  readonly got: { readonly verdict: string; readonly cause: string };
  /** Virtual seconds from the start of the execution to its verdict. */
  readonly seconds: number;
  /** Calls of the ECS API by functions in that time. */
  readonly ecsCalls: number;
  /** What else was not as it must be; empty when all is right. */
  readonly faults: readonly string[];
}

export const isRight = ({ expected, got, faults }: PlayedState): boolean =>
  expected.verdict === got.verdict && expected.cause === got.cause && faults.length === 0;

/** Plays one scenario in a world of its own. Never rejects: an error is a fault of the played state. */
export const playScenario = async (scenario: Scenario): Promise<PlayedState> => {
  const { state, expected } = scenario;
  const nothing = { state, expected, got: { verdict: 'none', cause: 'none' }, seconds: 0, ecsCalls: 0 };
  try {
    const world = await RolloutWorld.boot(scenario);
    const stage = new Stage(world);
    const ended = await scenario.play(stage);
    const { verdict, cause, seconds } = ended;
    const { startMs, stopMs = startMs } = world.world.cloud.stepFunctions.execution(ended.executionArn);
    const ecsCalls = world.ecsCalls.filter(({ atMs }) => atMs >= startMs && atMs <= stopMs).length;
    const isSentence = /^\S.*[.!?]$/s.test(ended.reason) && !/undefined|null|NaN|\[object|\.\.| {2}/.test(ended.reason);
    stage.check('its reason is a sentence', isSentence, JSON.stringify(ended.reason));
    // A record or an event that says something else than the execution would make one of them a lie.
    const record = await world.record(ended.executionArn);
    if (record?.verdict !== undefined)
      stage.check(
        'the record says the same',
        record.verdict === verdict && record.cause === cause,
        `${record.verdict}/${record.cause}`,
      );
    const told = world.told.findLast(({ rolloutId }) => rolloutId === ended.rolloutId);
    if (told)
      stage.check(
        'the event says the same',
        told.verdict === verdict && told.cause === cause,
        `${told.verdict}/${told.cause}`,
      );
    if (verdict === 'completed' && (record?.proof?.length ?? 0) > 0) {
      await stage.keepsImage(record?.digest ?? '');
      if (!world.disturbed && !scenario.fidelity && world.twins.length === 2)
        await stage.calledEcsSparingly(ended.executionArn);
    }
    const denials = world.world.cloud.iam.denials().map(({ who, action }) => `${who.split('/').at(-1)} ${action}`);
    stage.check('IAM denies nothing', denials.length === 0, denials.join(', '));
    const holder = (await world.control()).rollout;
    stage.check(`nobody holds ${service} afterwards`, holder === undefined, `${holder?.rolloutId} holds it`);
    return { ...nothing, got: { verdict, cause }, seconds, ecsCalls, faults: stage.faults };
  } catch (error) {
    return { ...nothing, faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
};

import { expect, it } from 'vitest';
import { RolloutWorld, service } from '../../local/rollouts/rollout-world.ts';
import type { Fate, FunctionCall } from '../../local/virtual/interference.ts';
import { AwsError } from '../../simulator/cloud/aws-error.ts';

/** A first release whose first UpdateService meets this fate. */
const play = async (fate: Fate) => {
  const world = await RolloutWorld.boot();
  const met: FunctionCall[] = [];
  world.interference = {
    fateOf: (call) => {
      if (call.action !== 'UpdateService') return undefined;
      met.push(call);
      return met.length === 1 ? fate : undefined;
    },
  };
  const executionArn = await world.begin({ service, image: world.push('v1') });
  await world.end(executionArn);
  const { events } = world.world.cloud.stepFunctions.execution(executionArn).history;
  // A function that ended with an error is one to Step Functions too, and its task is tried again.
  const failures = events.flatMap(({ taskFailedEventDetails }) => taskFailedEventDetails?.error ?? []);
  const first = world.ecsWrites.filter(({ call }) => call.action === 'UpdateService').map(({ call }) => call.folder);
  return { tries: met.length, failures, effects: first.length, payload: met[0]?.payload };
};

it('a function that is killed before its call has no effect, and Lambda says that its process ended', async () => {
  const { tries, effects, failures } = await play({ kind: 'killed-before' });
  expect({ tries, effects, failures }).toEqual({ tries: 3, effects: 2, failures: ['Runtime.ExitError'] });
});

it('a function that is killed after its call has had its effect', async () => {
  const { tries, effects, failures } = await play({ kind: 'killed-after' });
  expect({ tries, effects, failures }).toEqual({ tries: 3, effects: 3, failures: ['Runtime.ExitError'] });
});

it('a call that was sent by a process which died then takes effect later', async () => {
  const { tries, effects, failures } = await play({ kind: 'killed-and-late', lateMs: 4_000 });
  expect({ tries, effects, failures }).toEqual({ tries: 3, effects: 3, failures: ['Runtime.ExitError'] });
});

it('a throttled call is tried again by the SDK', async () => {
  const error = new AwsError('ThrottlingException', 'Rate exceeded');
  const { tries, effects, failures } = await play({ kind: 'refused', error });
  expect({ tries, effects, failures }).toEqual({ tries: 3, effects: 2, failures: [] });
});

it('knows what the function was invoked with', async () => {
  const { payload } = await play({ kind: 'killed-before' });
  expect(payload).toMatchObject({ kind: 'forward', rollout: { service } });
});

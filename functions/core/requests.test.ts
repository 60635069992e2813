import { describe, expect, it } from 'vitest';
import {
  BurstRequest,
  burstAccepts,
  explainInput,
  OperationRequest,
  operationAccepts,
  RolloutRequest,
  rolloutAccepts,
} from './requests.ts';
import { freshMemory } from './state.ts';

const wrong = (
  schema: typeof RolloutRequest | typeof BurstRequest | typeof OperationRequest,
  input: object,
): string => {
  const { error } = schema.safeParse(input);
  return error ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') : 'accepted';
};

describe('the input of a rollout', () => {
  it('is a service and exactly one of an image, a refresh and a way back', () => {
    const one = ": needs exactly one of 'image', 'refresh' and 'takeBack'";
    expect(wrong(RolloutRequest, { service: 'shop', image: 'v7' })).toBe('accepted');
    expect(wrong(RolloutRequest, { service: 'shop', refresh: true })).toBe('accepted');
    expect(wrong(RolloutRequest, { service: 'shop', takeBack: true })).toBe('accepted');
    expect(wrong(RolloutRequest, { service: 'shop' })).toBe(one);
    expect(wrong(RolloutRequest, { service: 'shop', image: 'v7', refresh: true })).toBe(one);
    expect(wrong(RolloutRequest, { service: 'shop', refresh: true, takeBack: true })).toBe(one);
  });

  it('may have a trigger, an actor, force, and the field that Step Functions adds to nested starts', () => {
    const more = {
      trigger: { kind: 'pipeline', commit: 'abc' },
      actor: 'ada',
      force: true,
      AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:execution:a',
    };
    expect(RolloutRequest.parse({ service: 'shop', image: 'v7', ...more })).toEqual({
      service: 'shop',
      image: 'v7',
      ...more,
    });
  });

  it.each([
    [{ service: '', image: 'v7' }, 'service: Too small'],
    [{ image: 'v7' }, 'service: Invalid input'],
    [{ service: 'shop', image: '' }, 'image: Too small'],
    [{ service: 'shop', refresh: false }, 'refresh: Invalid input'],
    [{ service: 'shop', takeBack: false }, 'takeBack: Invalid input'],
    [{ service: 'shop', image: 'v7', force: 'yes' }, 'force: Invalid input'],
    [{ service: 'shop', image: 'v7', actor: 7 }, 'actor: Invalid input'],
    [{ service: 'shop', image: 'v7', trigger: {} }, 'trigger.kind: Invalid input'],
    [{ service: 'shop', image: 'v7', tag: 'v7' }, ': Unrecognized key: "tag"'],
  ])('is not %j', (input, sentence) => {
    expect(wrong(RolloutRequest, input)).toContain(sentence);
  });

  it('has the time of a push as an ISO time with its zone, and of anything else whatever it says', () => {
    const of = (trigger: object) => wrong(RolloutRequest, { service: 'shop', image: 'v7', trigger });
    const sentence = 'trigger.time: of a push it is an ISO 8601 time with its zone, such as "2026-11-28T12:00:00Z"';
    for (const push of [{ kind: 'push' }, { kind: 'reconciler', finding: 'push' }]) {
      for (const time of ['2026-11-29', '2026-11-29T12:00:00', 'today', 7, null, ''])
        expect(of({ ...push, time })).toBe(sentence);
      for (const time of ['2026-11-29T12:00:00Z', '2026-11-29T12:00:00.5Z', '2026-11-29T13:00:00+01:00', undefined])
        expect(of({ ...push, time })).toBe('accepted');
    }
    expect(of({ kind: 'ci', time: '2026-11-29' })).toBe('accepted');
  });

  it('that is wrong is told in one sentence: what, where, and what is accepted', () => {
    const { error } = RolloutRequest.safeParse({ service: 'shop', image: '', force: 1 });
    expect(error && explainInput(error, rolloutAccepts)).toBe(
      'The input was not accepted (image: Too small: expected string to have >=1 characters; force: Invalid input: expected boolean, received number). ' +
        'Accepted is {"service": "orders-api", "image": "<tag, digest or full reference>"}, optionally with "force": true, "actor" and "trigger"; ' +
        'instead of "image" it may have "refresh": true or "takeBack": true.',
    );
    const inner = RolloutRequest.safeParse({ service: 'shop', image: 'v7', trigger: {} }).error;
    expect(inner && explainInput(inner, 'this')).toBe(
      'The input was not accepted (trigger.kind: Invalid input: expected string, received undefined). Accepted is this.',
    );
    const whole = RolloutRequest.safeParse('v7').error;
    expect(whole && explainInput(whole, 'this')).toBe(
      'The input was not accepted (input: Invalid input: expected object, received string). Accepted is this.',
    );
  });
});

describe('the input of a burst', () => {
  it.each([
    [{ service: 'op' }, 'accepted'],
    [{ service: 'op', tasks: 1 }, 'accepted'],
    [{ service: 'op', tasks: 0 }, 'tasks: Too small'],
    [{ service: 'op', tasks: 1.5 }, 'tasks: Invalid input'],
    [{ service: 'op', for: 1 }, 'accepted'],
    [{ service: 'op', for: 0 }, 'for: Too small'],
    [{ service: 'op', for: 86_400 }, 'accepted'],
    [{ service: 'op', for: 86_401 }, 'for: Too big'],
    [{ service: 'op', image: 'v7' }, ': Unrecognized key: "image"'],
    [{ service: 'op', handover: { burstId: 'a', generation: 1, memory: freshMemory } }, 'accepted'],
    [
      { service: 'op', handover: { burstId: 'a', generation: 0, memory: freshMemory } },
      'handover.generation: Too small',
    ],
    [{ service: 'op', handover: { burstId: '', generation: 1, memory: freshMemory } }, 'handover.burstId: Too small'],
    [{ service: 'op', handover: { burstId: 'a', generation: 1 } }, 'handover.memory: Invalid input'],
  ])('%j: %s', (input, sentence) => {
    expect(wrong(BurstRequest, input)).toContain(sentence);
  });

  it.each([
    [{ service: 'op', tasks: -1 }, 'tasks: Too small: expected number to be >=1'],
    [{ service: 'op', tasks: Number.NaN }, 'tasks: Invalid input: expected number, received NaN'],
    [{ service: 'op', tasks: '3' }, 'tasks: Invalid input: expected number, received string'],
    [{ service: 'op', for: -60 }, 'for: Too small: expected number to be >=1'],
    [{ service: 'op', for: '10 min' }, 'for: Invalid input: expected number, received string'],
    [{ service: 'op', for: null }, 'for: Invalid input: expected number, received null'],
    [{ tasks: 3 }, 'service: Invalid input: expected string, received undefined'],
  ])('%j is answered with one sentence, of a burst and of an operation', (input, wrong) => {
    const burst = BurstRequest.safeParse(input).error;
    expect(burst && explainInput(burst, burstAccepts)).toBe(
      `The input was not accepted (${wrong}). Accepted is ${burstAccepts}.`,
    );
    const operation = OperationRequest.safeParse({ action: 'burst', ...input }).error;
    expect(operation && explainInput(operation, operationAccepts)).toBe(
      `The input was not accepted (${wrong}). Accepted is ${operationAccepts}.`,
    );
  });

  it('that is accepted is told with its bounds', () => {
    expect(burstAccepts).toBe(
      '{"service": "order-processor"}, optionally with "tasks" (Fargate tasks, at least 1), "for" (seconds, 1 to 86400), "actor" and "trigger"',
    );
  });
});

describe('the input of an operation', () => {
  const service = 'shop';

  it.each([
    { action: 'plan', service, image: 'v7' },
    { action: 'rollback', service },
    { action: 'restart', service },
    { action: 'scale', service, tasks: 0 },
    { action: 'scale', service, tasks: 3, capacity: 'fargate', twin: 'shop-fargate' },
    { action: 'freeze', service, reason: 'x'.repeat(1_000) },
    { action: 'unfreeze', service },
    { action: 'hold', service, image: 'v7' },
    { action: 'release', service, image: 'v7' },
    { action: 'approve', service, rollout: 'r-1' },
    { action: 'deny', service, actor: 'ada', AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn:execution:a' },
  ])('$action is accepted with what it needs', (input) => {
    expect(OperationRequest.parse(input)).toEqual(input);
  });

  it.each([
    [{ action: 'plan', service }, 'image: Invalid input'],
    [{ action: 'rollback', service, image: 'v7' }, ': Unrecognized key: "image"'],
    [{ action: 'restart', service, reason: 'why' }, ': Unrecognized key: "reason"'],
    [{ action: 'scale', service }, 'tasks: Invalid input'],
    [{ action: 'scale', service, tasks: -1 }, 'tasks: Too small'],
    [{ action: 'scale', service, tasks: 1, capacity: 'moon' }, 'capacity: Invalid option'],
    [{ action: 'freeze', service, reason: 'x'.repeat(1_001) }, 'reason: Too big'],
    [{ action: 'unfreeze', service: '' }, 'service: Too small'],
    [{ action: 'hold', service, image: '' }, 'image: Too small'],
    [{ action: 'release', service }, 'image: Invalid input'],
    [{ action: 'approve', service, rollout: '' }, 'rollout: Too small'],
    [{ action: 'deny', service, image: 'v7' }, ': Unrecognized key: "image"'],
    [{ action: 'destroy', service }, 'action: Invalid discriminator value'],
  ])('%j is not accepted', (input, sentence) => {
    expect(wrong(OperationRequest, input)).toContain(sentence);
  });

  it('that is accepted is told for every action', () => {
    for (const { shape } of OperationRequest.options) expect(operationAccepts).toContain(`"${shape.action.value}"`);
  });
});

import { describe, expect, it } from 'vitest';
import { VirtualWorld } from '../../local/virtual/world.ts';
import { sampleMaterial } from '../virtual/material.ts';
import { checkedActions, takeViolations } from './checked-calls.ts';

const minute = 60_000;

/** What the story is known to call; so many services that a check which sees none of them is broken. */
const expected = [
  'cloudwatch:PutMetricAlarm',
  'dynamodb:UpdateItem',
  'ecr:BatchGetImage',
  'ecs:RegisterTaskDefinition',
  'ecs:UpdateService',
  'elasticloadbalancing:CreateTargetGroup',
  'events:PutTargets',
  'iam:CreateRole',
  'lambda:Invoke',
  'sqs:ReceiveMessage',
  'ssm:GetParameter',
  'states:StartExecution',
];

describe('the main job', () => {
  it("asks and answers in the shapes of AWS's service models, from boot to rollback", { timeout: 60_000 }, async () => {
    const verdicts: string[] = [];
    const world = await VirtualWorld.boot(await sampleMaterial(), {
      seed: 1,
      onEvent: (event) => {
        if (event.source === 'spillway' && event.detail.verdict) verdicts.push(String(event.detail.verdict));
      },
    });
    const start = (machine: string, input: object): Promise<unknown> =>
      world.settle(
        world.cloud.call('states', 'StartExecution', {
          stateMachineArn: `arn:aws:states:us-east-1:123456789012:stateMachine:${machine}`,
          input: JSON.stringify(input),
        }),
        minute,
      );
    const next = (count: number): Promise<boolean> => world.until(() => verdicts.length >= count, 60 * minute);
    world.push('order-processor', 'v1');
    await next(1);
    world.push('order-processor', 'v2', 'crash');
    await next(2);
    await start('spillway-burst', { service: 'order-processor', tasks: 1, for: 60 });
    await next(3);
    world.push('order-processor', 'v3');
    await next(4);
    await start('spillway-operate', { action: 'rollback', service: 'order-processor' });
    await next(5);
    expect(verdicts).toEqual(['completed', 'rolled-back', 'recalled', 'completed', 'completed']);
    expect(takeViolations()).toEqual([]);
    expect([...checkedActions()]).toEqual(expect.arrayContaining(expected));
  });
});

import type { DescribeEventBusResponse } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { EventsService } from './events-service.ts';

let world: LoneService<EventsService>;

beforeEach(async () => {
  world = loneService((ctx) => new EventsService(ctx));
  await world.call('CreateEventBus', { Name: 'shared' });
});

const grant = { EventBusName: 'shared', StatementId: 'one', Principal: '210987654321', Action: 'events:PutEvents' };
const Resource = 'arn:aws:events:us-east-1:123456789012:event-bus/shared';

const policy = async (): Promise<unknown> => {
  const { Policy } = await world.call<DescribeEventBusResponse>('DescribeEventBus', { Name: 'shared' });
  return Policy === undefined ? undefined : JSON.parse(Policy);
};

describe('PutPermission and RemovePermission', () => {
  it('write one statement for each id, which a second call replaces', async () => {
    await world.call('PutPermission', grant);
    await world.call('PutPermission', { ...grant, StatementId: 'all', Principal: '*' });
    await world.call('PutPermission', { ...grant, Principal: '333333333333' });
    expect(await policy()).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'all', Effect: 'Allow', Principal: '*', Action: 'events:PutEvents', Resource },
        {
          Sid: 'one',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::333333333333:root' },
          Action: 'events:PutEvents',
          Resource,
        },
      ],
    });
  });

  it('keep a condition, and take a whole policy', async () => {
    const Condition = { Type: 'StringEquals', Key: 'aws:PrincipalOrgID', Value: 'o-1' };
    await world.call('PutPermission', { ...grant, Principal: '*', Condition });
    expect(await policy()).toMatchObject({
      Statement: [{ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
    });
    const whole = { Version: '2012-10-17', Statement: [{ Sid: 'own', Effect: 'Allow', Principal: '*' }] };
    await world.call('PutPermission', { EventBusName: 'shared', Policy: JSON.stringify(whole) });
    expect(await policy()).toEqual(whole);
  });

  it('leave no policy when the last statement goes', async () => {
    await world.call('PutPermission', grant);
    await world.call('RemovePermission', { EventBusName: 'shared', StatementId: 'one' });
    expect(await policy()).toBeUndefined();
    await world.call('PutPermission', grant);
    await world.call('RemovePermission', { EventBusName: 'shared', RemoveAllPermissions: true });
    expect(await policy()).toBeUndefined();
  });

  it.each([
    ['PutPermission', { ...grant, EventBusName: 'gone' }, 'Event bus gone does not exist.'],
    ['PutPermission', { ...grant, Action: 'events:PutRule' }, "Provided value in parameter 'action' is not supported."],
    [
      'PutPermission',
      { ...grant, Principal: 'me' },
      "1 validation error detected: Value 'me' at 'principal' failed to satisfy constraint: Member must satisfy regular expression pattern: (\\d{12}|\\*)",
    ],
    ['RemovePermission', { EventBusName: 'gone', StatementId: 'one' }, 'Event bus gone does not exist.'],
    ['RemovePermission', { EventBusName: 'shared', StatementId: 'one' }, 'EventBus does not have a policy.'],
  ])('%s refuses %j', async (action, input, message) => {
    await expect(world.call(action, input)).rejects.toMatchObject({ message });
  });

  it('does not find a statement that is not there', async () => {
    await world.call('PutPermission', grant);
    await expect(world.call('RemovePermission', { EventBusName: 'shared', StatementId: 'two' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Statement with the provided id does not exist.',
    });
  });
});

describe('a bus as the target of a rule', () => {
  it('gets the event as it is, and asks for nothing but PutEvents on itself', async () => {
    const target = { Id: 'bus', Arn: Resource, RoleArn: 'arn:aws:iam::123456789012:role/pass-on' };
    const EventPattern = JSON.stringify({ source: ['shop'] });
    await world.call('PutRule', { Name: 'pass-on', EventPattern });
    await world.call('PutTargets', { Rule: 'pass-on', Targets: [target] });
    await world.call('PutRule', { Name: 'keep', EventBusName: 'shared', EventPattern });
    const Arn = 'arn:aws:logs:us-east-1:123456789012:log-group:kept';
    await world.call('PutTargets', { Rule: 'keep', EventBusName: 'shared', Targets: [{ Id: 'log', Arn }] });
    const { Entries } = await world.call<{ Entries: { EventId: string }[] }>('PutEvents', {
      Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{"id":1}' }],
    });
    await world.pass(2_000);
    expect(world.logs.map(({ message }) => JSON.parse(message))).toMatchObject([
      { id: Entries[0]?.EventId, source: 'shop', 'detail-type': 'Order', detail: { id: 1 } },
    ]);
    expect(world.asked.at(-1)).toEqual([{ action: 'events:PutEvents', resource: Resource }]);
  });
});

describe('a caller of PutEvents', () => {
  it('is asked for each source and detail type, which a policy may bind (eventbridge userguide, eb-use-conditions)', async () => {
    const entry = { Source: 'shop', DetailType: 'Order', Detail: '{}' };
    await world.call('PutEvents', { Entries: [entry, entry, { ...entry, Source: 'till' }] });
    const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/default';
    expect(world.asked.at(-1)).toEqual(
      ['shop', 'till'].map((source) => ({
        action: 'events:PutEvents',
        resource: bus,
        context: { 'events:source': source, 'events:detail-type': 'Order' },
      })),
    );
  });
});

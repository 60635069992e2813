import type { GetQueueAttributesResult } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { SqsService } from './sqs-service.ts';

const QueueUrl = 'http://127.0.0.1:4566/123456789012/orders';

const start = async (): Promise<LoneService<SqsService>> => {
  const world = loneService((ctx) => new SqsService(ctx));
  await world.call('CreateQueue', { QueueName: 'orders' });
  return world;
};

const policyOf = async (world: LoneService<SqsService>): Promise<unknown> => {
  const { Attributes } = await world.call<GetQueueAttributesResult>('GetQueueAttributes', {
    QueueUrl,
    AttributeNames: ['Policy'],
  });
  return Attributes?.Policy === undefined ? undefined : JSON.parse(Attributes.Policy);
};

const grant = { QueueUrl, Label: 'share', AWSAccountIds: ['210987654321'], Actions: ['SendMessage'] };

describe('AddPermission and RemovePermission', () => {
  it('writes a statement of the label into the queue policy', async () => {
    const world = await start();
    await world.call('AddPermission', grant);
    expect(await policyOf(world)).toEqual({
      Version: '2008-10-17',
      Id: 'arn:aws:sqs:us-east-1:123456789012:orders/SQSDefaultPolicy',
      Statement: [
        {
          Sid: 'share',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::210987654321:root' },
          Action: 'SQS:SendMessage',
          Resource: 'arn:aws:sqs:us-east-1:123456789012:orders',
        },
      ],
    });
  });

  it('keeps statements that were set as a whole policy', async () => {
    const world = await start();
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: { Sid: 'own', Effect: 'Deny' } });
    await world.call('SetQueueAttributes', { QueueUrl, Attributes: { Policy } });
    await world.call('AddPermission', grant);
    expect(await policyOf(world)).toMatchObject({
      Version: '2012-10-17',
      Statement: [{ Sid: 'own' }, { Sid: 'share' }],
    });
  });

  it('takes the policy away with its last statement', async () => {
    const world = await start();
    await world.call('AddPermission', grant);
    await world.call('AddPermission', { ...grant, Label: 'more' });
    await world.call('RemovePermission', { QueueUrl, Label: 'share' });
    expect(await policyOf(world)).toMatchObject({ Statement: [{ Sid: 'more' }] });
    await world.call('RemovePermission', { QueueUrl, Label: 'more' });
    expect(await policyOf(world)).toBeUndefined();
  });

  it.each([
    [{ ...grant, Label: 'taken' }, 'Value taken for parameter Label is invalid. Reason: Already exists.'],
    [
      { ...grant, Actions: ['DeleteQueue'] },
      'Value SQS:DeleteQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action.',
    ],
  ])('refuses %j', async (input, message) => {
    const world = await start();
    await world.call('AddPermission', { ...grant, Label: 'taken' });
    await expect(world.call('AddPermission', input)).rejects.toMatchObject({ message });
  });

  it('does not find a label that is not there', async () => {
    const world = await start();
    await expect(world.call('RemovePermission', { QueueUrl, Label: 'share' })).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message: "Value share for parameter Label is invalid. Reason: can't find label.",
    });
  });
});

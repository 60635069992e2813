import type { GetMetricStreamOutput, ListMetricStreamsOutput } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { CloudWatchService } from './cloudwatch-service.ts';

let world: LoneService<CloudWatchService>;

beforeEach(() => {
  world = loneService((ctx) => new CloudWatchService(ctx));
});

const stream = {
  Name: 'all',
  FirehoseArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/metrics',
  RoleArn: 'arn:aws:iam::123456789012:role/streams',
  OutputFormat: 'json',
};
const Arn = 'arn:aws:cloudwatch:us-east-1:123456789012:metric-stream/all';

const stateOf = async () => (await world.call<GetMetricStreamOutput>('GetMetricStream', { Name: 'all' })).State;

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricStream.html
describe('metric streams', () => {
  it('run from the start, and stay as they are when they are put again', async () => {
    const IncludeFilters = [{ Namespace: 'AWS/ECS' }];
    expect(await world.call('PutMetricStream', { ...stream, IncludeFilters })).toEqual({ Arn });
    const { RoleArn: _, ...listed } = { ...stream, Arn, State: 'running' };
    const { Entries } = await world.call<ListMetricStreamsOutput>('ListMetricStreams');
    expect(Entries).toMatchObject([listed]);
    await world.call('StopMetricStreams', { Names: ['all'] });
    await world.call('PutMetricStream', stream);
    expect(await stateOf()).toBe('stopped');
    await world.call('StartMetricStreams', { Names: ['all'] });
    expect(await world.call('GetMetricStream', { Name: 'all' })).toMatchObject({
      ...stream,
      State: 'running',
      IncludeLinkedAccountsMetrics: false,
    });
  });

  it('have tags', async () => {
    const ResourceARN = Arn;
    await world.call('PutMetricStream', { ...stream, Tags: [{ Key: 'team', Value: 'shop' }] });
    await world.call('TagResource', { ResourceARN, Tags: [{ Key: 'stage', Value: 'test' }] });
    await world.call('UntagResource', { ResourceARN, TagKeys: ['team'] });
    expect(await world.call('ListTagsForResource', { ResourceARN })).toEqual({
      Tags: [{ Key: 'stage', Value: 'test' }],
    });
  });

  it('take filters of one kind', async () => {
    const filters = [{ Namespace: 'AWS/ECS' }];
    await expect(
      world.call('PutMetricStream', { ...stream, IncludeFilters: filters, ExcludeFilters: filters }),
    ).rejects.toMatchObject({ queryCode: 'InvalidParameterCombination' });
  });

  it('are not stopped when one of them is not there', async () => {
    await world.call('PutMetricStream', stream);
    await expect(world.call('StopMetricStreams', { Names: ['all', 'gone'] })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
    expect(await stateOf()).toBe('running');
    await world.call('DeleteMetricStream', { Name: 'all' });
    await world.call('DeleteMetricStream', { Name: 'all' });
    await expect(stateOf()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  });
});

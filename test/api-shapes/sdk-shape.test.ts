import { describe, expect, it } from 'vitest';
import { errorMismatches, mismatches } from './sdk-shape.ts';

describe("a check against the SDK's schemas", () => {
  it('lets an answer pass that has the shape', () => {
    const executionArn = 'arn:aws:states:us-east-1:123456789012:execution:rollout:one';
    expect(mismatches('states', 'StartExecution', 'output', { executionArn, startDate: new Date(0) })).toEqual([]);
    expect(mismatches('ecs', 'DescribeServices', 'output', { services: [{ events: [] }], failures: [] })).toEqual([]);
    expect(mismatches('sqs', 'DeleteMessage', 'output', {})).toEqual([]);
    expect(mismatches('lambda', 'Invoke', 'output', { StatusCode: 200, Payload: new Uint8Array(1) })).toEqual([]);
    const Item = {
      pk: { S: 'a' },
      tags: { L: [{ N: '1' }, { NULL: true }] },
      more: { M: { b: { B: new Uint8Array(1) } } },
    };
    expect(mismatches('dynamodb', 'GetItem', 'output', { Item })).toEqual([]);
  });

  it('finds what a shape requires and an answer lacks', () => {
    expect(
      mismatches('states', 'StartExecution', 'output', { executionArn: undefined, startDate: new Date(0) }),
    ).toEqual(['states:StartExecution, output: executionArn is required, but missing']);
    expect(mismatches('cloudwatch', 'PutMetricAlarm', 'input', { MetricName: 'Depth' })).toContain(
      'cloudwatch:PutMetricAlarm, input: AlarmName is required, but missing',
    );
  });

  it('finds members that no shape knows, however deep', () => {
    const services = [{ deployments: [{ rolloutState: 'COMPLETED', rolledOut: true }] }];
    expect(mismatches('ecs', 'DescribeServices', 'output', { services })).toEqual([
      'ecs:DescribeServices, output: services[0].deployments[0].rolledOut is no member of the shape',
    ]);
    expect(mismatches('sqs', 'DeleteMessage', 'output', { Deleted: true })).toHaveLength(1);
  });

  it('finds wrong types: text for a time, a number for text, a structure for a list, null for anything', () => {
    const services = [{ createdAt: '2026-01-01T00:00:00Z', serviceName: 1, events: {}, deployments: [null] }];
    expect(mismatches('ecs', 'DescribeServices', 'output', { services })).toEqual([
      'ecs:DescribeServices, output: services[0].createdAt must be a Date, but is "2026-01-01T00:00:00Z"',
      'ecs:DescribeServices, output: services[0].serviceName must be a string, but is 1',
      'ecs:DescribeServices, output: services[0].events must be a list, but is an object',
      'ecs:DescribeServices, output: services[0].deployments[0] must be a structure, but is null',
    ]);
    expect(mismatches('lambda', 'Invoke', 'output', { Payload: 'text' })).toHaveLength(1);
  });

  it('holds a union to one member', () => {
    expect(mismatches('dynamodb', 'GetItem', 'output', { Item: { pk: { S: 'a', N: '1' } } })).toEqual([
      'dynamodb:GetItem, output: Item.pk is a union and must have one member, but has 2',
    ]);
  });

  it('takes times as the wire brings them on the way in only', () => {
    expect(
      mismatches('cloudwatch', 'PutMetricData', 'input', {
        Namespace: 'a',
        MetricData: [{ MetricName: 'b', Timestamp: 1 }],
      }),
    ).toEqual([]);
    expect(mismatches('states', 'StartExecution', 'output', { executionArn: 'a', startDate: 1 })).toHaveLength(1);
  });

  it('knows actions and errors by name, and what an error carries', () => {
    const error = (code: string, status = 400, fields = {}) => ({ code, message: 'No.', status, fields });
    expect(mismatches('ecs', 'DescribeService', 'output', {})).toEqual([
      "ecs:DescribeService is no operation of the service's model",
    ]);
    expect(errorMismatches('ecs', 'UpdateService', error('ServiceNotFoundException'))).toEqual([]);
    expect(errorMismatches('ecs', 'UpdateService', error('ThrottlingException'))).toEqual([]);
    expect(errorMismatches('iam', 'GetRole', error('NoSuchEntity', 404))).toEqual([]);
    expect(errorMismatches('iam', 'GetRole', error('NoSuchEntity', 400))).toHaveLength(1);
    expect(errorMismatches('ecs', 'UpdateService', error('ServiceMissingException'))).toHaveLength(1);
    expect(
      errorMismatches('ecs', 'TagResource', error('ServiceNotFoundException', 400, { service: 'a' })),
    ).toHaveLength(1);
  });
});

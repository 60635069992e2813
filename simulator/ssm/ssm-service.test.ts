import type {
  DescribeInstanceInformationResult,
  GetParameterResult,
  GetParametersByPathResult,
} from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { SsmService } from './ssm-service.ts';

const start = () => loneService((ctx) => new SsmService(ctx));

const put = (world: LoneService<SsmService>, Name: string, Value: string, more: object = {}) =>
  world.call('PutParameter', { Name, Value, Type: 'String', ...more });

describe('parameters', () => {
  it('are read with their version, and older versions by number', async () => {
    const world = start();
    expect(await put(world, '/app/color', 'red')).toEqual({ Version: 1, Tier: 'Standard' });
    expect(await put(world, '/app/color', 'blue', { Overwrite: true })).toEqual({ Version: 2, Tier: 'Standard' });
    const read = async (Name: string) => (await world.call<GetParameterResult>('GetParameter', { Name })).Parameter;
    expect(await read('/app/color')).toEqual({
      Name: '/app/color',
      Type: 'String',
      Value: 'blue',
      Version: 2,
      LastModifiedDate: new Date('2026-01-05T09:00:00Z'),
      ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/app/color',
      DataType: 'text',
    });
    expect(await read('/app/color:1')).toMatchObject({ Value: 'red', Selector: ':1' });
    expect(await read('arn:aws:ssm:us-east-1:123456789012:parameter/app/color')).toMatchObject({ Value: 'blue' });
    await expect(read('/app/color:3')).rejects.toMatchObject({ code: 'ParameterVersionNotFound' });
  });

  it('are not overwritten by accident', async () => {
    const world = start();
    await put(world, '/app/color', 'red');
    await expect(put(world, '/app/color', 'blue')).rejects.toMatchObject({ code: 'ParameterAlreadyExists' });
  });

  it('that do not exist have only a name to say so', async () => {
    const world = start();
    await expect(world.call('GetParameter', { Name: '/nothing' })).rejects.toMatchObject({
      code: 'ParameterNotFound',
      message: '',
    });
    await put(world, '/there', 'x');
    expect(await world.call('GetParameters', { Names: ['/there', '/nothing'] })).toMatchObject({
      Parameters: [{ Name: '/there' }],
      InvalidParameters: ['/nothing'],
    });
  });

  it('hold at most 4,096 bytes, or 8,192 in the advanced tier', async () => {
    const world = start();
    await put(world, '/full', 'x'.repeat(4_096));
    await expect(put(world, '/over', 'x'.repeat(4_097))).rejects.toThrow('maximum parameter value of 4096');
    await put(world, '/over', 'x'.repeat(8_192), { Tier: 'Advanced' });
  });

  it('that are secret show their value only with decryption', async () => {
    const world = start();
    await put(world, '/secret', 'hush', { Type: 'SecureString' });
    const value = async (WithDecryption?: boolean) =>
      (await world.call<GetParameterResult>('GetParameter', { Name: '/secret', WithDecryption })).Parameter?.Value;
    expect(await value()).not.toContain('hush');
    expect(await value(true)).toBe('hush');
  });

  it('are listed below a path, one level or all, page by page', async () => {
    const world = start();
    for (const name of ['/app/a', '/app/b', '/app/deep/c', '/apple']) await put(world, name, 'x');
    const list = async (more: object) => {
      const answer = await world.call<GetParametersByPathResult>('GetParametersByPath', { Path: '/app', ...more });
      return [answer.Parameters?.map(({ Name }) => Name), answer.NextToken];
    };
    expect(await list({})).toEqual([['/app/a', '/app/b'], undefined]);
    expect(await list({ Recursive: true, MaxResults: 2 })).toEqual([['/app/a', '/app/b'], '/app/b']);
    expect(await list({ Recursive: true, NextToken: '/app/b' })).toEqual([['/app/deep/c'], undefined]);
  });

  it('ask IAM with one slash before the name', async () => {
    const world = start();
    await put(world, 'plain', 'x');
    expect(world.asked.at(-1)).toEqual([
      { action: 'ssm:PutParameter', resource: 'arn:aws:ssm:us-east-1:123456789012:parameter/plain' },
    ]);
  });
});

describe('machines on premises', () => {
  const machine = { id: 'mi-1', registeredMs: Date.parse('2026-01-05T09:00:00Z'), isLinked: true, linkChangedMs: 0 };
  const list = async (world: LoneService<SsmService>, more: object = {}) =>
    (await world.call<DescribeInstanceInformationResult>('DescribeInstanceInformation', more)).InstanceInformationList;

  it('are Online, and ConnectionLost five minutes after their link was', async () => {
    let current = machine;
    const world = loneService((ctx) => new SsmService(ctx, () => [current]));
    await world.pass(12 * 60_000);
    expect(await list(world)).toMatchObject([
      {
        InstanceId: 'mi-1',
        PingStatus: 'Online',
        LastPingDateTime: new Date('2026-01-05T09:10:00Z'),
        ResourceType: 'ManagedInstance',
        SourceType: 'AWS::SSM::ManagedInstance',
      },
    ]);
    current = { ...machine, isLinked: false, linkChangedMs: world.kernel.now() };
    await world.pass(300_000 - 1);
    expect((await list(world))?.[0]?.PingStatus).toBe('Online');
    await world.pass(1);
    expect((await list(world))?.[0]).toMatchObject({
      PingStatus: 'ConnectionLost',
      LastPingDateTime: new Date('2026-01-05T09:10:00Z'),
    });
  });

  it('are found by id and by status', async () => {
    const world = loneService((ctx) => new SsmService(ctx, () => [machine, { ...machine, id: 'mi-2' }]));
    expect(await list(world, { Filters: [{ Key: 'InstanceIds', Values: ['mi-2'] }] })).toHaveLength(1);
    expect(
      await list(world, { InstanceInformationFilterList: [{ key: 'PingStatus', valueSet: ['ConnectionLost'] }] }),
    ).toEqual([]);
    expect(await list(world, { MaxResults: 5 })).toHaveLength(2);
    await expect(list(world, { Filters: [{ Key: 'AgentVersion', Values: ['1'] }] })).rejects.toMatchObject({
      code: 'NotModelledException',
    });
  });
});

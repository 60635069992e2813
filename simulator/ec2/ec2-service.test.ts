import type { CreateSubnetResult, DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { loneService } from '../cloud/lone-service.ts';
import { ecsWorld } from '../ecs/ecs-world.ts';
import { Ec2Service } from './ec2-service.ts';

const world = (used = 0) => loneService((ctx) => new Ec2Service(ctx, { addressesIn: () => used }));

describe('a subnet', () => {
  test.each([
    ['10.0.0.0/28', 11],
    ['10.0.0.0/24', 251],
    ['10.0.0.0/16', 65_531],
  ])('%s has %i free addresses: AWS keeps five', async (CidrBlock, free) => {
    const { call } = world();
    const { Subnet } = await call<CreateSubnetResult>('CreateSubnet', { VpcId: 'vpc-1', CidrBlock });
    expect(Subnet).toMatchObject({ AvailableIpAddressCount: free, CidrBlock, State: 'available', VpcId: 'vpc-1' });
  });

  test.each(['10.0.0.0/29', '10.0.0.0/15', '10.0.0.0'])('%s is refused', async (CidrBlock) => {
    await expect(world().call('CreateSubnet', { VpcId: 'vpc-1', CidrBlock })).rejects.toMatchObject({
      code: expect.stringMatching(/^Invalid(Subnet\.Range|ParameterValue)$/),
    });
  });

  test('has as many addresses less as tasks and others hold', async () => {
    const { call, service } = world(3);
    const { Subnet } = await call<CreateSubnetResult>('CreateSubnet', { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/28' });
    service.holdAddresses(Subnet?.SubnetId ?? '', 7);
    const { Subnets } = await call<DescribeSubnetsResult>('DescribeSubnets', { SubnetIds: [Subnet?.SubnetId] });
    expect(Subnets).toMatchObject([{ AvailableIpAddressCount: 1 }]);
  });

  test('is found by VPC, zone and tag, and by its id or not at all', async () => {
    const { call } = world();
    const make = (VpcId: string, AvailabilityZone: string, Name: string) =>
      call('CreateSubnet', {
        VpcId,
        AvailabilityZone,
        CidrBlock: '10.0.0.0/24',
        TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: Name }] }],
      });
    await make('vpc-1', 'us-east-1a', 'a');
    await make('vpc-1', 'us-east-1b', 'b');
    await make('vpc-2', 'us-east-1a', 'c');
    const names = async (...Filters: object[]) =>
      (await call<DescribeSubnetsResult>('DescribeSubnets', { Filters })).Subnets?.map(({ Tags }) => Tags?.[0]?.Value);
    expect(await names({ Name: 'vpc-id', Values: ['vpc-1'] })).toEqual(['a', 'b']);
    expect(
      await names({ Name: 'vpc-id', Values: ['vpc-1'] }, { Name: 'availability-zone', Values: ['us-east-1b'] }),
    ).toEqual(['b']);
    expect(await names({ Name: 'tag:Name', Values: ['c'] })).toEqual(['c']);
    await expect(call('DescribeSubnets', { SubnetIds: ['subnet-0'] })).rejects.toMatchObject({
      code: 'InvalidSubnetID.NotFound',
      message: "The subnet ID 'subnet-0' does not exist",
    });
  });
});

test('a task in awsvpc mode holds one address from its start to its end', async () => {
  const { ecs, call, push, until } = await ecsWorld();
  await call('RegisterTaskDefinition', {
    family: 'web',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    containerDefinitions: [{ name: 'main', image: push('web', 'v1') }],
  });
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  const { tasks = [] } = await call<{ tasks?: { taskArn: string }[] }>('RunTask', {
    cluster: 'spillway',
    taskDefinition: 'web',
    launchType: 'FARGATE',
    count: 2,
    networkConfiguration,
  });
  expect([ecs.addressesIn('subnet-1'), ecs.addressesIn('subnet-2')]).toEqual([2, 0]);
  await until(60);
  await call('StopTask', { cluster: 'spillway', task: tasks[0]?.taskArn });
  await until(120);
  expect(ecs.addressesIn('subnet-1')).toBe(1);
});

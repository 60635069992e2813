import type { CreateSubnetResult, DescribeSubnetsResult } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { loneService } from '../cloud/lone-service.ts';
import { type EcsWorld, ecsWorld } from '../ecs/ecs-world.ts';
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

describe('a task in awsvpc mode', () => {
  const run = async (world: EcsWorld, count: number): Promise<readonly string[]> => {
    await world.call('RegisterTaskDefinition', {
      family: 'web',
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
      containerDefinitions: [{ name: 'main', image: world.push('web', 'v1') }],
    });
    const { tasks = [] } = await world.call<{ tasks?: { taskArn: string }[] }>('RunTask', {
      cluster: 'spillway',
      taskDefinition: 'web',
      launchType: 'FARGATE',
      count,
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
    });
    return tasks.map(({ taskArn }) => taskArn);
  };

  test('holds one address from its provisioning to its end', async () => {
    const world = await ecsWorld();
    const [task] = await run(world, 2);
    expect(world.ecs.addressesIn('subnet-1')).toBe(0);
    await world.until(60);
    expect([world.ecs.addressesIn('subnet-1'), world.ecs.addressesIn('subnet-2')]).toEqual([2, 0]);
    await world.call('StopTask', { cluster: 'spillway', task });
    await world.until(120);
    expect(world.ecs.addressesIn('subnet-1')).toBe(1);
  });

  test('fails to start where its subnet has no address left', async () => {
    const hasFreeAddress = (subnetId: string): boolean => world.ecs.addressesIn(subnetId) < 2;
    const world: EcsWorld = await ecsWorld({ subnets: { hasFreeAddress } });
    const tasks = await run(world, 3);
    await world.until(60);
    const described = await world.call<{ tasks: { lastStatus: string; stopCode?: string; stoppedReason?: string }[] }>(
      'DescribeTasks',
      { cluster: 'spillway', tasks },
    );
    expect(described.tasks.map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING', 'STOPPED']);
    expect(described.tasks[2]).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
    });
  });
});

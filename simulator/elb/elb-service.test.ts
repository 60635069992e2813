import type {
  CreateListenerOutput,
  CreateLoadBalancerOutput,
  CreateRuleOutput,
  CreateTargetGroupOutput,
  DescribeListenersOutput,
  DescribeRulesOutput,
  DescribeTagsOutput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { ElbService } from './elb-service.ts';

type World = LoneService<ElbService>;

const notFound = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'No such path' },
};

const make = () => loneService((ctx) => new ElbService(ctx));

const loadBalancer = async (world: World, name = 'web', more: object = {}): Promise<string> => {
  const input = { Name: name, Subnets: ['subnet-1', 'subnet-2'], Type: 'application', ...more };
  const { LoadBalancers } = await world.call<CreateLoadBalancerOutput>('CreateLoadBalancer', input);
  return LoadBalancers?.[0]?.LoadBalancerArn ?? '';
};

const targetGroup = async (world: World, name = 'api', more: object = {}): Promise<string> => {
  const input = { Name: name, Protocol: 'HTTP', Port: 8080, TargetType: 'ip', VpcId: 'vpc-1', ...more };
  const { TargetGroups } = await world.call<CreateTargetGroupOutput>('CreateTargetGroup', input);
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
};

const listener = async (world: World, LoadBalancerArn: string, Port = 80, action: object = notFound) => {
  const input = { LoadBalancerArn, Port, Protocol: 'HTTP', DefaultActions: [action] };
  const { Listeners } = await world.call<CreateListenerOutput>('CreateListener', input);
  return Listeners?.[0]?.ListenerArn ?? '';
};

const forwardTo = (TargetGroupArn: string) => ({ Type: 'forward', TargetGroupArn });

const rule = async (world: World, ListenerArn: string, Priority: number, path: string, action: object) => {
  const input = {
    ListenerArn,
    Priority,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
    Actions: [action],
  };
  const { Rules } = await world.call<CreateRuleOutput>('CreateRule', input);
  return Rules?.[0]?.RuleArn ?? '';
};

describe('load balancers', () => {
  it('are active, with a DNS name, at once', async () => {
    const world = make();
    const arn = await loadBalancer(world);
    expect(arn).toMatch(/^arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer\/app\/web\/[0-9a-f]{16}$/);
    expect(await world.call('DescribeLoadBalancers', { Names: ['web'] })).toMatchObject({
      LoadBalancers: [
        {
          LoadBalancerArn: arn,
          DNSName: expect.stringMatching(/^web-\d+\.us-east-1\.elb\.amazonaws\.com$/),
          State: { Code: 'active' },
          Scheme: 'internet-facing',
          CreatedTime: new Date('2026-01-05T09:00:00Z'),
        },
      ],
    });
  });

  it('answers an equal creation with the same one, and refuses another one of that name', async () => {
    const world = make();
    const arn = await loadBalancer(world);
    expect(await loadBalancer(world)).toBe(arn);
    await expect(loadBalancer(world, 'web', { Scheme: 'internal' })).rejects.toMatchObject({
      code: 'DuplicateLoadBalancerNameException',
    });
  });

  it('refuses fewer than two subnets and other types than application', async () => {
    const world = make();
    await expect(loadBalancer(world, 'web', { Subnets: ['subnet-1'] })).rejects.toMatchObject({
      code: 'ValidationError',
    });
    await expect(loadBalancer(world, 'web', { Type: 'network' })).rejects.toMatchObject({
      code: 'NotModelledException',
    });
  });

  it('can be deleted twice, but not under deletion protection', async () => {
    const world = make();
    const LoadBalancerArn = await loadBalancer(world);
    await listener(world, LoadBalancerArn);
    const protect = (Value: string) =>
      world.call('ModifyLoadBalancerAttributes', {
        LoadBalancerArn,
        Attributes: [{ Key: 'deletion_protection.enabled', Value }],
      });
    await protect('true');
    await expect(world.call('DeleteLoadBalancer', { LoadBalancerArn })).rejects.toMatchObject({
      code: 'OperationNotPermittedException',
    });
    await protect('false');
    await world.call('DeleteLoadBalancer', { LoadBalancerArn });
    await world.call('DeleteLoadBalancer', { LoadBalancerArn });
    await expect(world.call('DescribeLoadBalancers', { LoadBalancerArns: [LoadBalancerArn] })).rejects.toMatchObject({
      code: 'LoadBalancerNotFoundException',
    });
    await expect(world.service.forward(80, new Request('http://a/'))).rejects.toThrow('no load balancer listens');
  });
});

describe('target groups', () => {
  it('check with the defaults of groups of IP targets', async () => {
    const world = make();
    await targetGroup(world);
    const { TargetGroups } = await world.call<DescribeTargetGroupsOutput>('DescribeTargetGroups', { Names: ['api'] });
    expect(TargetGroups).toMatchObject([
      {
        HealthCheckPath: '/',
        HealthCheckPort: 'traffic-port',
        HealthCheckIntervalSeconds: 30,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 5,
        UnhealthyThresholdCount: 2,
        Matcher: { HttpCode: '200' },
        LoadBalancerArns: [],
      },
    ]);
  });

  it('change only in what a request names', async () => {
    const world = make();
    const TargetGroupArn = await targetGroup(world, 'api', { HealthCheckPath: '/healthz' });
    expect(await world.call('ModifyTargetGroup', { TargetGroupArn, HealthCheckIntervalSeconds: 10 })).toMatchObject({
      TargetGroups: [{ HealthCheckPath: '/healthz', HealthCheckIntervalSeconds: 10 }],
    });
    await expect(
      world.call('ModifyTargetGroup', { TargetGroupArn, HealthCheckIntervalSeconds: 5 }),
    ).rejects.toMatchObject({ code: 'ValidationError' });
  });

  it('are not deleted while a rule leads to them', async () => {
    const world = make();
    const balancer = await loadBalancer(world);
    const TargetGroupArn = await targetGroup(world);
    const RuleArn = await rule(world, await listener(world, balancer), 1, '/api/*', forwardTo(TargetGroupArn));
    expect(await world.call('DescribeTargetGroups', { LoadBalancerArn: balancer })).toMatchObject({
      TargetGroups: [{ TargetGroupArn, LoadBalancerArns: [balancer] }],
    });
    await expect(world.call('DeleteTargetGroup', { TargetGroupArn })).rejects.toMatchObject({
      code: 'ResourceInUseException',
    });
    await world.call('DeleteRule', { RuleArn });
    await world.call('DeleteTargetGroup', { TargetGroupArn });
    await expect(world.call('DescribeTargetHealth', { TargetGroupArn })).rejects.toMatchObject({
      code: 'TargetGroupNotFoundException',
    });
  });

  it('belong to one load balancer only', async () => {
    const world = make();
    const group = await targetGroup(world);
    await listener(world, await loadBalancer(world), 80, forwardTo(group));
    await expect(listener(world, await loadBalancer(world, 'other'), 80, forwardTo(group))).rejects.toMatchObject({
      code: 'TargetGroupAssociationLimitException',
    });
  });

  it('refuses attributes that AWS does not know and those that would change what requests meet', async () => {
    const world = make();
    const TargetGroupArn = await targetGroup(world);
    const set = (Key: string, Value: string) =>
      world.call<DescribeTargetGroupAttributesOutput>('ModifyTargetGroupAttributes', {
        TargetGroupArn,
        Attributes: [{ Key, Value }],
      });
    await expect(set('colour', 'red')).rejects.toMatchObject({ code: 'InvalidConfigurationRequestException' });
    await expect(set('stickiness.enabled', 'true')).rejects.toMatchObject({ code: 'NotModelledException' });
    await expect(set('deregistration_delay.timeout_seconds', '3601')).rejects.toMatchObject({
      code: 'InvalidConfigurationRequestException',
    });
    expect((await set('deregistration_delay.timeout_seconds', '3600')).Attributes).toContainEqual({
      Key: 'deregistration_delay.timeout_seconds',
      Value: '3600',
    });
  });

  it('refuses types and protocols that are not modelled by name', async () => {
    const world = make();
    await expect(targetGroup(world, 'api', { TargetType: 'lambda' })).rejects.toThrow('of the type lambda');
    await expect(targetGroup(world, 'api', { Protocol: 'TCP' })).rejects.toThrow('protocol TCP');
  });
});

describe('listeners and rules', () => {
  it('describes rules by priority, the default rule last', async () => {
    const world = make();
    const ListenerArn = await listener(world, await loadBalancer(world));
    const group = await targetGroup(world);
    await rule(world, ListenerArn, 20, '/b', forwardTo(group));
    await rule(world, ListenerArn, 3, '/a', forwardTo(group));
    const { Rules } = await world.call<DescribeRulesOutput>('DescribeRules', { ListenerArn });
    expect(Rules?.map(({ Priority, IsDefault }) => [Priority, IsDefault])).toEqual([
      ['3', false],
      ['20', false],
      ['default', true],
    ]);
    expect(Rules?.[0]).toMatchObject({
      Conditions: [{ Field: 'path-pattern', Values: ['/a'], PathPatternConfig: { Values: ['/a'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: group, ForwardConfig: { TargetGroups: [{ Weight: 1 }] } }],
    });
    expect(Rules?.[2]?.Actions).toEqual([notFound]);
  });

  it('refuses a priority in use, and lets two rules change places', async () => {
    const world = make();
    const ListenerArn = await listener(world, await loadBalancer(world));
    const first = await rule(world, ListenerArn, 1, '/a', notFound);
    const second = await rule(world, ListenerArn, 2, '/b', notFound);
    await expect(rule(world, ListenerArn, 2, '/c', notFound)).rejects.toMatchObject({
      code: 'PriorityInUseException',
      message: "Priority '2' is currently in use",
    });
    const set = (...pairs: [string, number][]) =>
      world.call('SetRulePriorities', {
        RulePriorities: pairs.map(([RuleArn, Priority]) => ({ RuleArn, Priority })),
      });
    await expect(set([first, 2])).rejects.toMatchObject({ code: 'PriorityInUseException' });
    await set([first, 2], [second, 1]);
    const { Rules } = await world.call<DescribeRulesOutput>('DescribeRules', { ListenerArn });
    expect(Rules?.slice(0, 2).map(({ RuleArn }) => RuleArn)).toEqual([second, first]);
  });

  it('leaves the default rule alone', async () => {
    const world = make();
    const ListenerArn = await listener(world, await loadBalancer(world));
    const { Rules } = await world.call<DescribeRulesOutput>('DescribeRules', { ListenerArn });
    const RuleArn = Rules?.[0]?.RuleArn;
    for (const action of ['ModifyRule', 'DeleteRule'])
      await expect(world.call(action, { RuleArn })).rejects.toMatchObject({ code: 'OperationNotPermittedException' });
  });

  it('has one listener for each port of a load balancer', async () => {
    const world = make();
    const LoadBalancerArn = await loadBalancer(world);
    const first = await listener(world, LoadBalancerArn);
    expect(await listener(world, LoadBalancerArn)).toBe(first);
    await expect(listener(world, LoadBalancerArn, 80, forwardTo(await targetGroup(world)))).rejects.toMatchObject({
      code: 'DuplicateListenerException',
    });
    await world.call('ModifyListener', { ListenerArn: first, Port: 81 });
    const { Listeners } = await world.call<DescribeListenersOutput>('DescribeListeners', { LoadBalancerArn });
    expect(Listeners).toMatchObject([{ Port: 81, Protocol: 'HTTP', DefaultActions: [notFound] }]);
  });

  it('refuses actions and conditions that are not modelled by name', async () => {
    const world = make();
    const LoadBalancerArn = await loadBalancer(world);
    await expect(listener(world, LoadBalancerArn, 80, { Type: 'authenticate-oidc' })).rejects.toThrow(
      'the action authenticate-oidc',
    );
    const ListenerArn = await listener(world, LoadBalancerArn);
    await expect(
      world.call('CreateRule', {
        ListenerArn,
        Priority: 1,
        Conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }],
        Actions: [notFound],
      }),
    ).rejects.toThrow('the condition source-ip');
    await expect(rule(world, ListenerArn, 1, '/a', forwardTo('arn:gone'))).rejects.toMatchObject({
      code: 'TargetGroupNotFoundException',
    });
  });

  it('deletes a listener with its rules', async () => {
    const world = make();
    const ListenerArn = await listener(world, await loadBalancer(world));
    const RuleArn = await rule(world, ListenerArn, 1, '/a', notFound);
    await world.call('DeleteListener', { ListenerArn });
    await expect(world.call('DeleteListener', { ListenerArn })).rejects.toMatchObject({
      code: 'ListenerNotFoundException',
    });
    await expect(world.call('DescribeRules', { RuleArns: [RuleArn] })).rejects.toMatchObject({
      code: 'RuleNotFoundException',
    });
  });
});

describe('tags and permissions', () => {
  it('adds, replaces and removes tags', async () => {
    const world = make();
    const arn = await targetGroup(world, 'api', { Tags: [{ Key: 'a', Value: '1' }] });
    const Tags = [
      { Key: 'a', Value: '2' },
      { Key: 'b', Value: '3' },
    ];
    await world.call('AddTags', { ResourceArns: [arn], Tags });
    await world.call('RemoveTags', { ResourceArns: [arn], TagKeys: ['b'] });
    expect(await world.call<DescribeTagsOutput>('DescribeTags', { ResourceArns: [arn] })).toEqual({
      TagDescriptions: [{ ResourceArn: arn, Tags: [{ Key: 'a', Value: '2' }] }],
    });
  });

  it('asks for permission on the resource that the request names', async () => {
    const world = make();
    const TargetGroupArn = await targetGroup(world);
    await world.call('DeleteTargetGroup', { TargetGroupArn });
    expect(world.asked).toEqual([
      [
        {
          action: 'elasticloadbalancing:CreateTargetGroup',
          resource: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/*',
        },
      ],
      [{ action: 'elasticloadbalancing:DeleteTargetGroup', resource: TargetGroupArn }],
    ]);
  });
});

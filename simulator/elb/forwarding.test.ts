import type {
  CreateListenerOutput,
  CreateLoadBalancerOutput,
  CreateTargetGroupOutput,
  DescribeTargetHealthOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it } from 'vitest';
import { type LoneService, loneService } from '../cloud/lone-service.ts';
import { ElbService } from './elb-service.ts';

interface Bed {
  readonly world: LoneService<ElbService>;
  readonly balancer: string;
  readonly listener: string;
  readonly group: string;
  /** Health changes as the registry tells them. */
  readonly told: string[];
}

/** A load balancer whose port 80 leads `/api/*` to the group `api`: checks every 10 s, healthy after 3, unhealthy after 2. */
const start = async (): Promise<Bed> => {
  const world = loneService((ctx) => new ElbService(ctx));
  const { LoadBalancers } = await world.call<CreateLoadBalancerOutput>('CreateLoadBalancer', {
    Name: 'web',
    Subnets: ['subnet-1', 'subnet-2'],
  });
  const balancer = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const group = await newGroup(world, 'api');
  const { Listeners } = await world.call<CreateListenerOutput>('CreateListener', {
    LoadBalancerArn: balancer,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', MessageBody: 'No such path' } },
    ],
  });
  const listener = Listeners?.[0]?.ListenerArn ?? '';
  const told: string[] = [];
  world.service.onHealth((arn, id) => told.push(`${id} ${world.service.health(arn, id)}`));
  const bed = { world, balancer, listener, group, told };
  await newRule(bed, 10, { Field: 'path-pattern', Values: ['/api/*'] }, { Type: 'forward', TargetGroupArn: group });
  return bed;
};

const newGroup = async (world: LoneService<ElbService>, Name: string): Promise<string> => {
  const { TargetGroups } = await world.call<CreateTargetGroupOutput>('CreateTargetGroup', {
    Name,
    Protocol: 'HTTP',
    Port: 8080,
    TargetType: 'ip',
    HealthCheckPath: '/healthz',
    HealthCheckIntervalSeconds: 10,
    HealthyThresholdCount: 3,
  });
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
};

const newRule = ({ world, listener }: Bed, Priority: number, condition: object, action: object) =>
  world.call<{ Rules: { RuleArn: string }[] }>('CreateRule', {
    ListenerArn: listener,
    Priority,
    Conditions: [condition],
    Actions: [action],
  });

interface FakeTask {
  readonly id: string;
  /** Paths of the health checks that reached it. */
  readonly checks: string[];
  readonly requests: Request[];
  /** How it answers a health check: a status, nothing at all, or no connection. */
  check: number | 'hangs' | 'refuses';
  answer: (request: Request) => Promise<Response>;
}

const addTask = ({ world, group }: Pick<Bed, 'world' | 'group'>, id = '10.0.0.1', check: FakeTask['check'] = 200) => {
  const task: FakeTask = { id, checks: [], requests: [], check, answer: async () => new Response(id) };
  world.service.register(group, {
    id,
    port: 8080,
    request: (request) => {
      if (!request.headers.get('user-agent')?.startsWith('ELB-HealthChecker')) {
        task.requests.push(request);
        return task.answer(request);
      }
      task.checks.push(`${request.method} ${new URL(request.url).pathname}`);
      if (task.check === 'hangs') return new Promise(() => undefined);
      if (task.check === 'refuses') return Promise.reject(new Error('connection refused'));
      return Promise.resolve(new Response(null, { status: task.check }));
    },
  });
  return task;
};

const reason = async ({ world, group }: Bed, Targets?: { Id: string }[]) => {
  const { TargetHealthDescriptions } = await world.call<DescribeTargetHealthOutput>('DescribeTargetHealth', {
    TargetGroupArn: group,
    Targets,
  });
  return TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth);
};

const get = ({ world }: Bed, path: string, init?: RequestInit): Promise<Response> =>
  world.service.forward(80, new Request(`http://shop.test${path}`, init));

const text = async (bed: Bed, path: string, init?: RequestInit): Promise<string> => (await get(bed, path, init)).text();

describe('health checks', () => {
  it('lets a new target in after one passed check, made right after registration', async () => {
    const bed = await start();
    const task = addTask(bed);
    expect(bed.world.service.health(bed.group, task.id)).toBe('initial');
    await bed.world.pass(0);
    expect(bed.world.service.health(bed.group, task.id)).toBe('healthy');
    expect(task.checks).toEqual(['GET /healthz']);
    expect(bed.told).toEqual(['10.0.0.1 healthy']);
  });

  it('checks once each interval', async () => {
    const bed = await start();
    const task = addTask(bed);
    await bed.world.pass(29_999);
    expect(task.checks).toHaveLength(3);
    await bed.world.pass(1);
    expect(task.checks).toHaveLength(4);
  });

  it('calls a target unhealthy after exactly the threshold of failures, and healthy after exactly that of passes', async () => {
    const bed = await start();
    const task = addTask(bed);
    await bed.world.pass(5_000);
    task.check = 500;
    await bed.world.pass(10_000);
    expect(bed.world.service.health(bed.group, task.id)).toBe('healthy');
    await bed.world.pass(10_000);
    expect(bed.world.service.health(bed.group, task.id)).toBe('unhealthy');
    expect(await reason(bed)).toEqual([
      {
        State: 'unhealthy',
        Reason: 'Target.ResponseCodeMismatch',
        Description: 'Health checks failed with these codes: [500]',
      },
    ]);
    task.check = 200;
    await bed.world.pass(20_000);
    expect(bed.world.service.health(bed.group, task.id)).toBe('unhealthy');
    await bed.world.pass(10_000);
    expect(bed.world.service.health(bed.group, task.id)).toBe('healthy');
    expect(bed.told).toEqual(['10.0.0.1 healthy', '10.0.0.1 unhealthy', '10.0.0.1 healthy']);
  });

  it('counts failures in a row only', async () => {
    const bed = await start();
    const task = addTask(bed);
    await bed.world.pass(5_000);
    for (const check of [500, 200, 500, 200]) {
      task.check = check;
      await bed.world.pass(10_000);
    }
    expect(bed.told).toEqual(['10.0.0.1 healthy']);
  });

  it('takes a new target for unhealthy only after the threshold of failures', async () => {
    const bed = await start();
    addTask(bed, '10.0.0.1', 'refuses');
    await bed.world.pass(9_999);
    expect(await reason(bed)).toMatchObject([{ State: 'initial', Reason: 'Elb.InitialHealthChecking' }]);
    await bed.world.pass(1);
    expect(await reason(bed)).toMatchObject([{ State: 'unhealthy', Reason: 'Target.FailedHealthChecks' }]);
  });

  it('counts a check that hangs as failed at its timeout, and checks on', async () => {
    const bed = await start();
    const task = addTask(bed, '10.0.0.1', 'hangs');
    await bed.world.pass(14_999);
    expect(bed.world.service.health(bed.group, task.id)).toBe('initial');
    await bed.world.pass(1);
    expect(await reason(bed)).toMatchObject([{ State: 'unhealthy', Reason: 'Target.Timeout' }]);
    expect(task.checks).toHaveLength(2);
    task.check = 200;
    await bed.world.pass(30_000);
    expect(bed.world.service.health(bed.group, task.id)).toBe('healthy');
  });

  it('leaves out what a check answers after its timeout, or after the target began to drain', async () => {
    const bed = await start();
    const answers: ((response: Response) => void)[] = [];
    bed.world.service.register(bed.group, {
      id: '10.0.0.1',
      port: 8080,
      request: () => new Promise((resolve) => answers.push(resolve)),
    });
    await bed.world.pass(7_000);
    answers[0]?.(new Response(null, { status: 200 }));
    await bed.world.pass(3_000);
    expect(bed.world.service.health(bed.group, '10.0.0.1')).toBe('initial');
    bed.world.service.deregister(bed.group, '10.0.0.1', () => undefined);
    answers[1]?.(new Response(null, { status: 200 }));
    await bed.world.pass(60_000);
    expect(bed.world.service.health(bed.group, '10.0.0.1')).toBe('draining');
    expect(answers).toHaveLength(2);
  });

  it('accepts the codes of the matcher only', async () => {
    const bed = await start();
    await bed.world.call('ModifyTargetGroup', { TargetGroupArn: bed.group, Matcher: { HttpCode: '204,300-302' } });
    const states: string[] = [];
    for (const [index, check] of [200, 204, 299, 300, 302, 303].entries()) {
      const task = addTask(bed, `10.0.0.${index}`, check);
      await bed.world.pass(15_000);
      states.push(bed.world.service.health(bed.group, task.id));
    }
    expect(states).toEqual(['unhealthy', 'healthy', 'unhealthy', 'healthy', 'healthy', 'unhealthy']);
  });

  it('checks nothing while no listener leads to the group, and begins when one does', async () => {
    const bed = await start();
    const unused = { ...bed, group: await newGroup(bed.world, 'unused') };
    const task = addTask(unused);
    await bed.world.pass(60_000);
    expect(task.checks).toEqual([]);
    expect(await reason(unused)).toMatchObject([{ State: 'unused', Reason: 'Target.NotInUse' }]);
    const action = { Type: 'forward', TargetGroupArn: unused.group };
    const { Rules } = await newRule(bed, 20, { Field: 'path-pattern', Values: ['/*'] }, action);
    await bed.world.pass(0);
    expect(bed.world.service.health(unused.group, task.id)).toBe('healthy');
    await bed.world.call('DeleteRule', { RuleArn: Rules[0]?.RuleArn });
    await bed.world.pass(60_000);
    expect(task.checks).toHaveLength(1);
    expect(bed.told).toEqual(['10.0.0.1 initial', '10.0.0.1 healthy', '10.0.0.1 unused']);
  });

  it('finds nobody behind an address that only the API names', async () => {
    const bed = await start();
    await bed.world.call('RegisterTargets', { TargetGroupArn: bed.group, Targets: [{ Id: '10.0.0.9' }] });
    await bed.world.pass(10_000);
    expect(await reason(bed)).toMatchObject([{ State: 'unhealthy' }]);
    await bed.world.call('DeregisterTargets', { TargetGroupArn: bed.group, Targets: [{ Id: '10.0.0.9' }] });
    expect(await reason(bed)).toMatchObject([{ State: 'draining' }]);
  });

  it('leaves no timer behind without targets', async () => {
    const bed = await start();
    addTask(bed);
    await bed.world.pass(5_000);
    bed.world.service.deregister(bed.group, '10.0.0.1', () => undefined);
    await bed.world.pass(300_000);
    const before = bed.world.kernel.processed;
    await bed.world.pass(3_600_000);
    expect(bed.world.kernel.processed).toBe(before);
  });
});

describe('deregistration', () => {
  it('drains for the delay, without checks and new requests, and then tells that it is done', async () => {
    const bed = await start();
    await bed.world.call('ModifyTargetGroupAttributes', {
      TargetGroupArn: bed.group,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '20' }],
    });
    const task = addTask(bed);
    await bed.world.pass(5_000);
    let done = 0;
    bed.world.service.deregister(bed.group, task.id, () => {
      done += 1;
    });
    expect(bed.world.service.health(bed.group, task.id)).toBe('draining');
    expect((await get(bed, '/api/a')).status).toBe(503);
    await bed.world.pass(19_999);
    expect([done, task.checks.length, task.requests.length]).toEqual([0, 1, 0]);
    await bed.world.pass(1);
    expect(done).toBe(1);
    expect(await reason(bed)).toEqual([]);
    expect(await reason(bed, [{ Id: task.id }])).toMatchObject([{ State: 'unused', Reason: 'Target.NotRegistered' }]);
  });

  it('takes 300 seconds by default', async () => {
    const bed = await start();
    addTask(bed);
    let done = false;
    bed.world.service.deregister(bed.group, '10.0.0.1', () => {
      done = true;
    });
    await bed.world.pass(299_999);
    expect(done).toBe(false);
    await bed.world.pass(1);
    expect(done).toBe(true);
  });

  it('is done at once for a target, or a group, that is not there', async () => {
    const bed = await start();
    let done = 0;
    const count = (): void => {
      done += 1;
    };
    bed.world.service.deregister(bed.group, '10.0.0.7', count);
    bed.world.service.deregister('arn:gone', '10.0.0.7', count);
    await bed.world.pass(0);
    expect(done).toBe(2);
  });

  it('is done although the group is deleted meanwhile', async () => {
    const bed = await start();
    addTask(bed);
    let done = false;
    bed.world.service.deregister(bed.group, '10.0.0.1', () => {
      done = true;
    });
    await bed.world.call('DeleteLoadBalancer', { LoadBalancerArn: bed.balancer });
    await bed.world.call('DeleteTargetGroup', { TargetGroupArn: bed.group });
    await bed.world.pass(300_000);
    expect(done).toBe(true);
  });
});

describe('forwarding', () => {
  it('hands on method, path, query, headers and body, and adds who asked', async () => {
    const bed = await start();
    const task = addTask(bed);
    let body = '';
    task.answer = async (request) => {
      body = await request.text();
      return Response.json({ ok: true }, { status: 201, headers: { 'x-from': 'task' } });
    };
    const response = await get(bed, '/api/orders/a%20b?q=1&q=%2F', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' },
      body: '{"sku":"a"}',
    });
    expect([response.status, response.headers.get('x-from'), await response.json()]).toEqual([
      201,
      'task',
      { ok: true },
    ]);
    const [request] = task.requests;
    const url = new URL(request?.url ?? '');
    expect([request?.method, url.pathname, url.search, body]).toEqual([
      'POST',
      '/api/orders/a%20b',
      '?q=1&q=%2F',
      '{"sku":"a"}',
    ]);
    const headers = Object.fromEntries(request?.headers ?? []);
    expect(headers).toEqual({
      'content-type': 'application/json',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-695b7d90-[0-9a-f]{24}$/),
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-port': '80',
      'x-forwarded-proto': 'http',
    });
  });

  it('keeps the trace of the caller', async () => {
    const bed = await start();
    const task = addTask(bed);
    await get(bed, '/api/a', { headers: { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678' } });
    expect(task.requests[0]?.headers.get('x-amzn-trace-id')).toMatch(
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678$/,
    );
  });

  it('drops headers with invalid names only when the load balancer is told to', async () => {
    const bed = await start();
    const task = addTask(bed);
    const ask = () => get(bed, '/api/a', { headers: { x_bad: '1', 'x-good': '2' } });
    await ask();
    await bed.world.call('ModifyLoadBalancerAttributes', {
      LoadBalancerArn: bed.balancer,
      Attributes: [{ Key: 'routing.http.drop_invalid_header_fields.enabled', Value: 'true' }],
    });
    await ask();
    expect(task.requests.map(({ headers }) => [headers.get('x_bad'), headers.get('x-good')])).toEqual([
      ['1', '2'],
      [null, '2'],
    ]);
  });

  it('takes healthy targets in turn and leaves out the others', async () => {
    const bed = await start();
    addTask(bed, '10.0.0.1');
    addTask(bed, '10.0.0.2', 500);
    addTask(bed, '10.0.0.3');
    await bed.world.pass(15_000);
    const answers = [];
    for (let index = 0; index < 4; index += 1) answers.push(await text(bed, '/api/a'));
    expect(answers.sort()).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.3', '10.0.0.3']);
  });

  it('fails open: with no healthy target all get requests', async () => {
    const bed = await start();
    addTask(bed, '10.0.0.1', 500);
    addTask(bed, '10.0.0.2', 500);
    await bed.world.pass(15_000);
    expect([await text(bed, '/api/a'), await text(bed, '/api/a')].sort()).toEqual(['10.0.0.1', '10.0.0.2']);
  });

  it('answers 503 without a target, 502 when the target is not reached, 504 when it does not answer', async () => {
    const bed = await start();
    const none = await get(bed, '/api/a');
    expect([none.status, none.statusText, none.headers.get('server')]).toEqual([
      503,
      'Service Temporarily Unavailable',
      'awselb/2.0',
    ]);
    const task = addTask(bed);
    task.answer = () => Promise.reject(new Error('connection reset'));
    expect((await get(bed, '/api/a')).status).toBe(502);
    task.answer = () => new Promise(() => undefined);
    let status = 0;
    const asked = get(bed, '/api/a').then((response) => {
      status = response.status;
    });
    await bed.world.pass(59_999);
    expect(status).toBe(0);
    await bed.world.pass(1);
    await asked;
    expect(status).toBe(504);
    expect(task.requests.at(-1)?.signal.aborted).toBe(true);
  });

  it('counts the idle timeout from the last piece of a body that still comes in', async () => {
    const bed = await start();
    const task = addTask(bed);
    task.answer = () => new Promise(() => undefined);
    let receivedMs = bed.world.kernel.now();
    let status = 0;
    const asked = bed.world.service
      .forward(80, new Request('http://shop.test/api/a', { method: 'POST', body: '{}' }), () => receivedMs)
      .then((response) => {
        status = response.status;
      });
    await bed.world.pass(45_000);
    receivedMs = bed.world.kernel.now();
    await bed.world.pass(59_999);
    expect(status).toBe(0);
    await bed.world.pass(1);
    await asked;
    expect(status).toBe(504);
  });

  it('ends the request to the task when the client goes away, and counts that as its own 4XX', async () => {
    const bed = await start();
    const task = addTask(bed);
    task.answer = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const client = new AbortController();
    const asked = get(bed, '/api/a', { signal: client.signal });
    await bed.world.pass(1_000);
    client.abort();
    expect((await asked).status).toBe(460);
    expect(bed.world.metrics.map(({ name }) => name)).toEqual(['HTTPCode_ELB_4XX_Count']);
  });

  it('counts requests as CloudWatch shows them', async () => {
    const bed = await start();
    const task = addTask(bed);
    await get(bed, '/api/a');
    task.answer = async () => new Response(null, { status: 500 });
    await get(bed, '/api/a');
    task.answer = () => Promise.reject(new Error('connection reset'));
    await get(bed, '/api/a');
    const LoadBalancer = bed.balancer.split(':loadbalancer/')[1];
    const ofBalancer = bed.world.metrics.filter(({ dimensions }) => !('TargetGroup' in dimensions));
    expect(ofBalancer.map(({ name, dimensions }) => [name, dimensions.LoadBalancer])).toEqual([
      ['RequestCount', LoadBalancer],
      ['HTTPCode_Target_2XX_Count', LoadBalancer],
      ['RequestCount', LoadBalancer],
      ['HTTPCode_Target_5XX_Count', LoadBalancer],
      ['HTTPCode_ELB_5XX_Count', LoadBalancer],
    ]);
  });
});

describe('rules', () => {
  const says = (MessageBody: string) => ({
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '200', MessageBody },
  });

  it('answers with the default action when no rule holds', async () => {
    const bed = await start();
    const response = await get(bed, '/nowhere');
    expect([response.status, await response.text()]).toEqual([404, 'No such path']);
  });

  it('takes the rule with the lowest number first', async () => {
    const bed = await start();
    await newRule(bed, 9, { Field: 'path-pattern', Values: ['/api/a*'] }, says('nine'));
    await newRule(bed, 1, { Field: 'path-pattern', Values: ['/api/ab'] }, says('one'));
    expect([await text(bed, '/api/ab'), await text(bed, '/api/ac')]).toEqual(['one', 'nine']);
  });

  it.each([
    ['/img/*', '/img/', true],
    ['/img/*', '/img/a/b.png', true],
    ['/img/*', '/img', false],
    ['/img/*', '/IMG/a', false],
    ['/img/*', '/other/img/a', false],
    ['/a?c', '/abc', true],
    ['/a?c', '/ac', false],
    ['/a.c', '/abc', false],
    ['/a', '/a?query=1', true],
  ])('the path pattern %s and %s: %s', async (pattern, path, holds) => {
    const bed = await start();
    await newRule(bed, 1, { Field: 'path-pattern', Values: [pattern] }, says('rule'));
    expect((await text(bed, path)) === 'rule').toBe(holds);
  });

  it('looks at host, method and header; all conditions of a rule must hold', async () => {
    const bed = await start();
    await bed.world.call('CreateRule', {
      ListenerArn: bed.listener,
      Priority: 1,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['*.TEST', 'a.example'] } },
        { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PUT', 'POST'] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kind', Values: ['beta*'] } },
      ],
      Actions: [says('rule')],
    });
    const ask = (method: string, kind: string, host = 'shop.test:8080') =>
      text(bed, '/', { method, headers: { 'x-kind': kind, host } });
    expect(await ask('POST', 'Beta-1')).toBe('rule');
    expect(await ask('POST', 'beta', 'A.example')).toBe('rule');
    expect(await ask('DELETE', 'beta')).toBe('No such path');
    expect(await ask('POST', 'gamma')).toBe('No such path');
    expect(await ask('POST', 'beta', 'b.example')).toBe('No such path');
  });

  it('redirects with the parts of the request', async () => {
    const bed = await start();
    const RedirectConfig = { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301', Path: '/new/#{path}' };
    await newRule(bed, 1, { Field: 'path-pattern', Values: ['/old*'] }, { Type: 'redirect', RedirectConfig });
    const response = await get(bed, '/old/a?b=1');
    expect([response.status, response.headers.get('location')]).toEqual([301, 'https://shop.test:443/new/old/a?b=1']);
  });

  it('shares requests among groups by weight', async () => {
    const bed = await start();
    const second = { ...bed, group: await newGroup(bed.world, 'second') };
    const TargetGroups = [
      { TargetGroupArn: bed.group, Weight: 9 },
      { TargetGroupArn: second.group, Weight: 1 },
    ];
    await newRule(
      bed,
      1,
      { Field: 'path-pattern', Values: ['/w'] },
      { Type: 'forward', ForwardConfig: { TargetGroups } },
    );
    addTask(bed, '10.0.0.1');
    addTask(second, '10.0.0.2');
    let first = 0;
    for (let index = 0; index < 1_000; index += 1) if ((await text(bed, '/w')) === '10.0.0.1') first += 1;
    expect(first).toBeGreaterThan(850);
    expect(first).toBeLessThan(950);
  });
});

import { describe, expect, it } from 'vitest';
import { FakeCloud } from './fake-cloud.ts';
import type { JsonObject } from './json.ts';

interface Request {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: JsonObject;
  readonly OldResourceProperties?: JsonObject;
}

const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:spillway-provision-twin';

/** A function that answers each request at once, or after `delayMs`, or not at all. */
const world = (answer: (request: Request) => JsonObject | undefined, delayMs = 0) => {
  const requests: Request[] = [];
  const cloud: FakeCloud = new FakeCloud({
    'lambda:Invoke': (input) => {
      const request = JSON.parse(new TextDecoder().decode(input.Payload as Uint8Array)) as Request;
      requests.push(request);
      const body = answer(request);
      const token = request.ResponseURL.split('/').at(-1) as string;
      if (body) cloud.kernel.after(delayMs, 'answer', () => void cloud.service.respond(token, JSON.stringify(body)));
      return { StatusCode: 202 };
    },
  });
  return { cloud, requests };
};

const twin = (properties: JsonObject, attributes: JsonObject = {}) => ({
  Type: 'Custom::SpillwayTwin',
  Properties: { ServiceToken: functionArn, ...properties },
  ...attributes,
});

const parameter = (Value: unknown, more: JsonObject = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: 'p', Value },
  ...more,
});

const success = (PhysicalResourceId: string, Data: JsonObject = {}) => ({
  Status: 'SUCCESS',
  PhysicalResourceId,
  Data,
});

/** Fails the stack after the twin has changed. */
const failing = { Type: 'Custom::Failing', DependsOn: 'Twin', Properties: { ServiceToken: functionArn } };

const fails = (request: Request): boolean =>
  request.ResourceType === 'Custom::Failing' && request.RequestType === 'Create';

const kinds = (requests: readonly Request[]) =>
  requests.map((request) => [request.RequestType, request.LogicalResourceId, request.PhysicalResourceId]);

describe('custom resources', () => {
  it('are made by the function that ServiceToken names, with every scalar as text', async () => {
    const { cloud, requests } = world(() => success('twin-1', { Arn: 'arn:twin', Nested: { Name: 'n' } }), 5_000);
    const result = await cloud.deploy(
      { Twin: twin({ Count: 0, Enabled: true, List: [1, { Two: 2 }], Absent: { Ref: 'AWS::NoValue' } }) },
      {
        Outputs: {
          Ref: { Value: { Ref: 'Twin' } },
          Arn: { Value: { 'Fn::GetAtt': ['Twin', 'Arn'] } },
          Name: { Value: { 'Fn::GetAtt': ['Twin', 'Nested.Name'] } },
        },
      },
    );
    expect(result.outputs).toEqual({ Ref: 'twin-1', Arn: 'arn:twin', Name: 'n' });
    expect(requests).toEqual([
      {
        RequestType: 'Create',
        ServiceToken: functionArn,
        ResponseURL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4566\/_cloudformation\/response\/[0-9a-f-]{36}$/),
        StackId: result.stackId,
        RequestId: expect.any(String),
        LogicalResourceId: 'Twin',
        ResourceType: 'Custom::SpillwayTwin',
        ResourceProperties: { ServiceToken: functionArn, Count: '0', Enabled: 'true', List: ['1', { Two: '2' }] },
      },
    ]);
    expect(cloud.inputsOf('lambda:Invoke')[0]).toMatchObject({ FunctionName: functionArn, InvocationType: 'Event' });
  });

  it('are told the old properties in an update, and nothing when nothing changed', async () => {
    const { cloud, requests } = world(() => success('twin-1'));
    await cloud.deploy({ Twin: twin({ Count: 1 }) });
    await cloud.deploy({ Twin: twin({ Count: 2 }) });
    await cloud.deploy({ Twin: twin({ Count: 2 }), Other: twin({}) });
    expect(kinds(requests)).toEqual([
      ['Create', 'Twin', undefined],
      ['Update', 'Twin', 'twin-1'],
      ['Create', 'Other', undefined],
    ]);
    expect(requests[1]).toMatchObject({
      ResourceProperties: { ServiceToken: functionArn, Count: '2' },
      OldResourceProperties: { ServiceToken: functionArn, Count: '1' },
    });
  });

  it('are replaced when the function answers another physical id: the old one is deleted at the end', async () => {
    const { cloud, requests } = world((request) => success(`twin-${request.ResourceProperties.Count}`));
    await cloud.deploy({ Twin: twin({ Count: 1 }) });
    await cloud.deploy({ Twin: twin({ Count: 2 }), After: parameter({ Ref: 'Twin' }) });
    expect(kinds(requests)).toEqual([
      ['Create', 'Twin', undefined],
      ['Update', 'Twin', 'twin-1'],
      ['Delete', 'Twin', 'twin-1'],
    ]);
    expect(requests[2]?.ResourceProperties).toEqual({ ServiceToken: functionArn, Count: '1' });
    expect(cloud.inputsOf('ssm:PutParameter')[0]).toMatchObject({ Value: 'twin-2' });
  });

  it('get an update back to the old properties when a stack update fails after them', async () => {
    const { cloud, requests } = world((request) =>
      fails(request) ? { Status: 'FAILED', Reason: 'no luck', PhysicalResourceId: 'f' } : success('twin-1'),
    );
    await cloud.deploy({ Twin: twin({ Count: 1 }) });
    requests.length = 0;
    const result = await cloud.deploy({ Twin: twin({ Count: 2 }), Failing: failing });
    expect(result).toMatchObject({ ok: false, status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(result.failures).toEqual([
      {
        logicalId: 'Failing',
        type: 'Custom::Failing',
        reason: `Received response status [FAILED] from custom resource. Message returned: no luck (RequestId: ${requests[1]?.RequestId})`,
      },
    ]);
    expect(kinds(requests)).toEqual([
      ['Update', 'Twin', 'twin-1'],
      ['Create', 'Failing', undefined],
      ['Update', 'Twin', 'twin-1'],
      ['Delete', 'Failing', 'f'],
    ]);
    expect(requests[2]).toMatchObject({
      ResourceProperties: { Count: '1' },
      OldResourceProperties: { Count: '2' },
    });
    expect(await cloud.deploy({ Twin: twin({ Count: 1 }) })).toMatchObject({ changed: false });
  });

  it('that failed in their own update are asked to go back too', async () => {
    const { cloud, requests } = world((request) =>
      request.ResourceProperties.Count === '2' ? { Status: 'FAILED', Reason: 'two is bad' } : success('twin-1'),
    );
    await cloud.deploy({ Twin: twin({ Count: 1 }) });
    const result = await cloud.deploy({ Twin: twin({ Count: 2 }) });
    expect(result.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(requests.slice(1).map((request) => request.ResourceProperties.Count)).toEqual(['2', '1']);
  });

  it('replaced by an update that fails later are brought back, and the new one is deleted', async () => {
    const { cloud, requests } = world((request) =>
      fails(request)
        ? { Status: 'FAILED', PhysicalResourceId: 'f' }
        : success(`twin-${request.ResourceProperties.Count}`),
    );
    await cloud.deploy({ Twin: twin({ Count: 1 }) });
    requests.length = 0;
    await cloud.deploy({ Twin: twin({ Count: 2 }), Failing: failing });
    expect(kinds(requests)).toEqual([
      ['Update', 'Twin', 'twin-1'],
      ['Create', 'Failing', undefined],
      ['Update', 'Twin', 'twin-2'],
      ['Delete', 'Failing', 'f'],
      ['Delete', 'Twin', 'twin-2'],
    ]);
  });

  it('that do not answer in time fail, and what they may have made is deleted', async () => {
    const { cloud, requests } = world((request) => (request.RequestType === 'Create' ? undefined : success('x')));
    const startMs = cloud.kernel.now();
    const result = await cloud.deploy({ Twin: twin({ ServiceTimeout: 120 }) });
    expect(result.status).toBe('ROLLBACK_COMPLETE');
    expect(result.failures[0]?.reason).toContain(
      `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requests[0]?.RequestId}].`,
    );
    expect(cloud.kernel.now() - startMs).toBeGreaterThanOrEqual(120_000);
    expect(cloud.kernel.now() - startMs).toBeLessThan(121_000);
    expect(kinds(requests)).toEqual([
      ['Create', 'Twin', undefined],
      ['Delete', 'Twin', expect.stringMatching(/^Test-Twin-/)],
    ]);
    const late = requests[0]?.ResponseURL.split('/').at(-1) as string;
    expect(cloud.service.respond(late, '{"Status":"SUCCESS"}')).toBe(false);
  });

  it('wait for an hour unless they say otherwise', async () => {
    const { cloud } = world((request) => (request.RequestType === 'Create' ? undefined : success('x')));
    const startMs = cloud.kernel.now();
    await cloud.deploy({ Twin: twin({}) });
    expect(cloud.kernel.now() - startMs).toBeGreaterThanOrEqual(3_600_000);
  });

  it('that wait are given up as soon as another resource fails', async () => {
    const { cloud, requests } = world((request) =>
      fails(request)
        ? { Status: 'FAILED', PhysicalResourceId: 'f' }
        : request.RequestType === 'Create'
          ? undefined
          : success('x'),
    );
    const startMs = cloud.kernel.now();
    const result = await cloud.deploy({ Twin: twin({}), Failing: { ...failing, DependsOn: [] } });
    expect(cloud.kernel.now() - startMs).toBeLessThan(1_000);
    expect(result.failures.map((failure) => failure.logicalId)).toEqual(['Failing']);
    expect(requests.filter((request) => request.RequestType === 'Delete')).toHaveLength(2);
  });

  it('cannot move to another function, and are left alone by the rollback of such a try', async () => {
    const { cloud, requests } = world(() => success('twin-1'));
    await cloud.deploy({ Twin: twin({}) });
    const result = await cloud.deploy({ Twin: twin({ ServiceToken: `${functionArn}-2` }) });
    expect(result).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      failures: [{ reason: 'Modifying service token is not allowed.' }],
    });
    expect(requests).toHaveLength(1);
  });

  it('fail a stack that asks them for what they did not answer', async () => {
    const { cloud } = world(() => success('twin-1'));
    const result = await cloud.deploy({ Twin: twin({}), P: parameter({ 'Fn::GetAtt': ['Twin', 'Arn'] }) });
    expect(result.failures[0]?.reason).toContain(
      "CustomResource attribute error: Vendor response doesn't contain Arn attribute in object",
    );
  });

  it('are deleted with the stack, by the properties they had', async () => {
    const { cloud, requests } = world(() => success('twin-1'));
    await cloud.deploy({ Twin: twin({ Count: 3 }) });
    await cloud.settle(cloud.service.delete(cloud.service.stack('Test'), undefined));
    expect(requests[1]).toMatchObject({
      RequestType: 'Delete',
      PhysicalResourceId: 'twin-1',
      ResourceProperties: { Count: '3' },
    });
  });
});

import { describe, expect, it } from 'vitest';
import { loneService } from '../cloud/lone-service.ts';
import type { Caller, Permission, PolicyDocument } from '../cloud/service.ts';
import { IamService } from './iam-service.ts';

const roleArn = 'arn:aws:iam::123456789012:role/worker';
const worker: Caller = {
  kind: 'role',
  roleArn,
  sessionName: 's-1',
  arn: 'arn:aws:sts::123456789012:assumed-role/worker/s-1',
};
const queue = 'arn:aws:sqs:us-east-1:123456789012:orders';
const variable = (name: string): string => `\${${name}}`;
const trust = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

/** A role `worker` with these statements in one inline policy. */
const world = async (...statements: readonly unknown[]) => {
  const lone = loneService((ctx) => new IamService(ctx));
  await lone.call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: trust });
  if (statements.length > 0)
    await lone.call('PutRolePolicy', {
      RoleName: 'worker',
      PolicyName: 'inline',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    });
  const may = (
    action: string,
    resource: string,
    how: { context?: Permission['context']; caller?: Caller; resourcePolicy?: PolicyDocument } = {},
  ): boolean => {
    try {
      lone.service.authorize(how.caller ?? worker, [{ action, resource, context: how.context }], how.resourcePolicy);
      return true;
    } catch {
      return false;
    }
  };
  return { ...lone, may };
};

const allow = (action: string | string[], resource: string | string[], condition?: unknown) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...(condition ? { Condition: condition } : {}),
});

describe('IAM policies of a role', () => {
  it('refuse with the sentence of AWS what no statement allows', async () => {
    const { service } = await world(allow('ecs:DescribeServices', '*'));
    const resource = 'arn:aws:ecs:us-east-1:123456789012:service/spillway/web-ui-fargate';
    expect(() => service.authorize(worker, [{ action: 'ecs:UpdateService', resource }], undefined)).toThrow(
      `User: ${worker.arn} is not authorized to perform: ecs:UpdateService on resource: ${resource} because no identity-based policy allows the ecs:UpdateService action`,
    );
  });

  it('let an explicit deny win over every allow', async () => {
    const { service, may } = await world(allow('sqs:*', '*'), {
      Effect: 'Deny',
      Action: 'sqs:ReceiveMessage',
      Resource: queue,
    });
    expect(may('sqs:SendMessage', queue)).toBe(true);
    expect(may('sqs:ReceiveMessage', `${queue}-dlq`)).toBe(true);
    expect(() => service.authorize(worker, [{ action: 'sqs:ReceiveMessage', resource: queue }], undefined)).toThrow(
      'with an explicit deny in an identity-based policy',
    );
  });

  it('match actions without regard to case and with wildcards', async () => {
    const { may } = await world(allow(['sqs:get*', 'ECS:Describe?asks'], '*'));
    expect(may('sqs:GetQueueUrl', queue)).toBe(true);
    expect(may('ecs:DescribeTasks', '*')).toBe(true);
    expect(may('ecs:DescribeServices', '*')).toBe(false);
  });

  it('keep a wildcard within its part of an ARN', async () => {
    const { may } = await world(
      allow('sqs:SendMessage', 'arn:aws:sqs:*:orders'),
      allow('dynamodb:GetItem', 'arn:aws:dynamodb:*:*:table/*'),
    );
    expect(may('sqs:SendMessage', queue)).toBe(false);
    expect(may('dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:123456789012:table/orders')).toBe(true);
    expect(may('dynamodb:GetItem', 'arn:aws:dynamodb:us-east-1:123456789012:table/orders/index/a')).toBe(true);
  });

  it('refuse an action without resource-level permissions where only named resources are granted', async () => {
    const { may } = await world(allow('ecs:ListTasks', 'arn:aws:ecs:us-east-1:123456789012:cluster/spillway'));
    expect(may('ecs:ListTasks', '*')).toBe(false);
  });

  it('understand NotAction and NotResource', async () => {
    const { may } = await world(
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
      { Effect: 'Deny', Action: 'sqs:*', NotResource: `${queue}*` },
    );
    expect(may('iam:PassRole', roleArn)).toBe(false);
    expect(may('sqs:SendMessage', `${queue}-dlq`)).toBe(true);
    expect(may('sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:other')).toBe(false);
  });

  it('hold a grant to its conditions', async () => {
    const { may } = await world(
      allow('iam:PassRole', '*', { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }),
      allow('ecs:RunTask', '*', { ArnLike: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/spill*' } }),
      allow('ssm:GetParameter', '*', {
        StringEqualsIfExists: { 'ssm:tier': 'advanced' },
        Bool: { 'aws:SecureTransport': 'true' },
      }),
    );
    const passTo = (service: string) => may('iam:PassRole', roleArn, { context: { 'iam:PassedToService': service } });
    expect(passTo('ecs-tasks.amazonaws.com')).toBe(true);
    expect(passTo('lambda.amazonaws.com')).toBe(false);
    expect(may('iam:PassRole', roleArn)).toBe(false);
    const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/spillway';
    expect(may('ecs:RunTask', '*', { context: { 'ecs:Cluster': cluster } })).toBe(true);
    expect(may('ssm:GetParameter', '*')).toBe(true);
    expect(may('ssm:GetParameter', '*', { context: { 'ssm:tier': 'standard' } })).toBe(false);
  });

  it('treat sets of values by their quantifier', async () => {
    const { may } = await world(
      allow('dynamodb:GetItem', '*', { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id', 'status'] } }),
      allow('dynamodb:Query', '*', { 'ForAnyValue:StringEquals': { 'dynamodb:Attributes': ['id'] } }),
    );
    const asking = (action: string, ...values: string[]) =>
      may(action, '*', { context: { 'dynamodb:Attributes': values } });
    expect(asking('dynamodb:GetItem', 'id', 'status')).toBe(true);
    expect(asking('dynamodb:GetItem', 'id', 'card')).toBe(false);
    expect(asking('dynamodb:Query', 'card', 'id')).toBe(true);
    expect(asking('dynamodb:Query', 'card')).toBe(false);
  });

  it('let negated operators hold for a missing key, and Null tell whether there is one', async () => {
    const { may } = await world(
      allow('s3:a', '*', { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } }),
      allow('s3:b', '*', { Null: { 'aws:SourceVpc': 'true' } }),
      allow('s3:c', '*', { Null: { 'aws:SourceVpc': 'false' } }),
    );
    expect([may('s3:a', '*'), may('s3:b', '*'), may('s3:c', '*')]).toEqual([true, true, false]);
  });

  it('compare numbers, dates and addresses', async () => {
    const { may } = await world(
      allow('x:number', '*', { NumericLessThanEquals: { 'x:n': '10' } }),
      allow('x:date', '*', { DateLessThan: { 'aws:CurrentTime': '2026-01-05T09:00:00Z' } }),
      allow('x:today', '*', { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-01-05T09:00:00Z' } }),
      allow('x:ip', '*', { IpAddress: { 'aws:SourceIp': ['10.1.0.0/16'] } }),
    );
    expect(may('x:number', '*', { context: { 'x:n': '10' } })).toBe(true);
    expect(may('x:number', '*', { context: { 'x:n': '11' } })).toBe(false);
    expect(may('x:date', '*')).toBe(false);
    expect(may('x:today', '*')).toBe(true);
    expect(may('x:ip', '*', { context: { 'aws:SourceIp': '10.1.255.1' } })).toBe(true);
    expect(may('x:ip', '*', { context: { 'aws:SourceIp': '10.2.0.1' } })).toBe(false);
  });

  it('put policy variables in the place of their names, and do not apply where one has no value', async () => {
    const { may } = await world(
      allow('sqs:SendMessage', `arn:aws:sqs:us-east-1:${variable('aws:PrincipalAccount')}:orders`),
      allow('sqs:ReceiveMessage', `arn:aws:sqs:us-east-1:123456789012:${variable('aws:PrincipalTag/queue')}`),
    );
    expect(may('sqs:SendMessage', queue)).toBe(true);
    expect(may('sqs:ReceiveMessage', queue)).toBe(false);
  });

  it('take effect at once when they change', async () => {
    const { call, may } = await world(allow('sqs:SendMessage', queue));
    expect(may('sqs:SendMessage', queue)).toBe(true);
    await call('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'inline' });
    expect(may('sqs:SendMessage', queue)).toBe(false);
    await call('AttachRolePolicy', {
      RoleName: 'worker',
      PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
    });
    expect(may('logs:PutLogEvents', 'arn:aws:logs:us-east-1:123456789012:log-group:x')).toBe(true);
  });

  it('follow the default version of a managed policy of the account', async () => {
    const { call, may } = await world();
    const document = (action: string) => JSON.stringify({ Statement: [allow(action, '*')] });
    const { Policy } = await call<{ Policy: { Arn: string } }>('CreatePolicy', {
      PolicyName: 'shared',
      PolicyDocument: document('sqs:SendMessage'),
    });
    await call('AttachRolePolicy', { RoleName: 'worker', PolicyArn: Policy.Arn });
    expect(may('sqs:SendMessage', queue)).toBe(true);
    await call('CreatePolicyVersion', {
      PolicyArn: Policy.Arn,
      PolicyDocument: document('sqs:ReceiveMessage'),
      SetAsDefault: true,
    });
    expect(may('sqs:SendMessage', queue)).toBe(false);
    expect(may('sqs:ReceiveMessage', queue)).toBe(true);
  });
});

describe('resource policies', () => {
  const policy = (statement: Record<string, unknown>): PolicyDocument => ({
    Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue, ...statement }],
  });
  const rule = 'arn:aws:events:us-east-1:123456789012:rule/push';
  const events: Caller = { kind: 'service', principal: 'events.amazonaws.com', sourceArn: rule };

  it('alone decide for AWS services, by their principal and the ARN they act for', async () => {
    const { may, service } = await world(allow('sqs:*', '*'));
    const named = policy({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': rule } },
    });
    expect(may('sqs:SendMessage', queue, { caller: events, resourcePolicy: named })).toBe(true);
    expect(
      may('sqs:SendMessage', queue, { caller: { ...events, sourceArn: `${rule}-2` } as Caller, resourcePolicy: named }),
    ).toBe(false);
    expect(
      may('sqs:SendMessage', queue, {
        caller: { ...events, principal: 'sns.amazonaws.com' } as Caller,
        resourcePolicy: named,
      }),
    ).toBe(false);
    expect(() => service.authorize(events, [{ action: 'sqs:SendMessage', resource: queue }], undefined)).toThrow(
      'because no resource-based policy allows the sqs:SendMessage action',
    );
  });

  it('grant to a role that they name, while naming the account only leaves it to the policies of the role', async () => {
    const { may } = await world();
    const by = (principal: unknown) =>
      may('sqs:SendMessage', queue, { resourcePolicy: policy({ Principal: principal }) });
    expect(by({ AWS: roleArn })).toBe(true);
    expect(by({ AWS: worker.arn })).toBe(true);
    expect(by('*')).toBe(true);
    expect(by({ AWS: 'arn:aws:iam::123456789012:root' })).toBe(false);
    expect(by({ AWS: 'arn:aws:iam::123456789012:role/other' })).toBe(false);
  });

  it('deny what the role itself allows', async () => {
    const { may } = await world(allow('sqs:*', '*'));
    const onlyFromSite = policy({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    });
    const from = (address: string) =>
      may('sqs:SendMessage', queue, { resourcePolicy: onlyFromSite, context: { 'aws:SourceIp': address } });
    expect(from('203.0.113.7')).toBe(true);
    expect(from('198.51.100.7')).toBe(false);
  });
});

describe('what IAM remembers', () => {
  it('lists each refused call once with its count and the statement that came nearest', async () => {
    const { service, may } = await world(allow('ecs:DescribeServices', '*'), {
      Sid: 'Move',
      ...allow('ecs:UpdateService', 'arn:aws:ecs:us-east-1:123456789012:service/spillway/a'),
    });
    const resource = 'arn:aws:ecs:us-east-1:123456789012:service/spillway/b';
    may('ecs:UpdateService', resource);
    may('ecs:UpdateService', resource, { caller: { ...worker, sessionName: 's-2', arn: `${worker.arn}2` } as Caller });
    expect(service.denials()).toMatchObject([
      {
        who: roleArn,
        action: 'ecs:UpdateService',
        resource,
        count: 2,
        nearestGrant: {
          sid: 'Move',
          origin: 'inline policy inline of role worker',
          miss: 'its resources are arn:aws:ecs:us-east-1:123456789012:service/spillway/a',
        },
      },
    ]);
  });

  it('never asks anything of an operator', async () => {
    const { may, service } = await world();
    expect(
      may('iam:DeleteRole', roleArn, { caller: { kind: 'operator', arn: 'arn:aws:iam::123456789012:root' } }),
    ).toBe(true);
    expect(service.denials()).toEqual([]);
  });
});

describe('IAM entities', () => {
  it('refuses AWS managed policies that it does not hold, by name', async () => {
    const { call } = await world();
    await expect(
      call('AttachRolePolicy', { RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
    ).rejects.toThrow('arn:aws:iam::aws:policy/ReadOnlyAccess');
  });

  it('refuses malformed policies with the words of IAM', async () => {
    const { call } = await world();
    const put = (document: unknown) =>
      call('PutRolePolicy', {
        RoleName: 'worker',
        PolicyName: 'p',
        PolicyDocument: typeof document === 'string' ? document : JSON.stringify(document),
      });
    await expect(put('{')).rejects.toMatchObject({ code: 'MalformedPolicyDocument' });
    await expect(put({ Statement: [{ Effect: 'Allow', Action: 'sqs:*' }] })).rejects.toThrow(
      'Policy statement must contain resources.',
    );
    await expect(put({ Statement: [allow('SendMessage', '*')] })).rejects.toThrow('must be prefaced by a vendor');
    await expect(put({ Statement: [allow('sqs:*', 'orders')] })).rejects.toThrow('must be in ARN format or "*".');
    await expect(put({ Statement: [{ ...allow('sqs:*', '*'), Principal: '*' }] })).rejects.toThrow(
      'should not specify a principal',
    );
    await expect(put({ Statement: [allow('sqs:*', '*', { StringIs: { a: 'b' } })] })).rejects.toThrow(
      'Invalid Condition type : StringIs.',
    );
  });

  it('deletes a role only when nothing hangs on it', async () => {
    const { call } = await world(allow('sqs:*', '*'));
    await expect(call('DeleteRole', { RoleName: 'worker' })).rejects.toMatchObject({ code: 'DeleteConflict' });
    await call('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'inline' });
    await call('DeleteRole', { RoleName: 'worker' });
    await expect(call('GetRole', { RoleName: 'worker' })).rejects.toMatchObject({ code: 'NoSuchEntity', status: 404 });
  });
});

import { describe, expect, it } from 'vitest';
import { loneService } from '../cloud/lone-service.ts';
import type { Caller } from '../cloud/service.ts';
import { IamService } from '../iam/iam-service.ts';
import { StsService } from './sts-service.ts';

const trust = (principal: unknown): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  });

const world = () => {
  let iam: IamService | undefined;
  const sts = loneService((ctx) => {
    iam = new IamService(ctx);
    return new StsService(ctx, iam);
  });
  const role = (name: string, trustPolicy: string): string => {
    const service = iam as IamService;
    const call = { caller: { kind: 'operator', arn: 'arn:aws:iam::123456789012:root' }, requestId: 'r' } as const;
    service.actions.CreateRole.run(service, { RoleName: name, AssumeRolePolicyDocument: trustPolicy }, call);
    return `arn:aws:iam::123456789012:role/${name}`;
  };
  return { ...sts, iam: iam as IamService, role };
};

const session = (roleArn: string): Caller => ({
  kind: 'role',
  roleArn,
  sessionName: 's-1',
  arn: `arn:aws:sts::123456789012:assumed-role/${roleArn.split('/').pop()}/s-1`,
});

describe('STS', () => {
  it('knows the holder of a key until the very moment the session ends, and then says that it expired', async () => {
    const { service, role, pass } = world();
    const arn = role('worker', trust({ Service: 'ecs-tasks.amazonaws.com' }));
    const keys = service.issue(arn, 'task-1', 60_000);
    expect(service.callerOf(keys.accessKeyId)).toEqual({
      kind: 'role',
      roleArn: arn,
      sessionName: 'task-1',
      arn: 'arn:aws:sts::123456789012:assumed-role/worker/task-1',
    });
    await pass(59_999);
    expect(service.callerOf(keys.accessKeyId)).toBeDefined();
    await pass(1);
    expect(() => service.callerOf(keys.accessKeyId)).toThrow('The security token included in the request is expired');
    expect(service.callerOf('AKIAIOSFODNN7EXAMPLE')).toBeUndefined();
  });

  it('refuses to issue a session of a role that does not exist', () => {
    const { service } = world();
    expect(() => service.issue('arn:aws:iam::123456789012:role/gone', 's', 1)).toThrow('does not exist');
  });

  it('lets a role be assumed by whom its trust policy names', async () => {
    const { role, call } = world();
    const worker = role('worker', trust({ Service: 'lambda.amazonaws.com' }));
    const target = role('target', trust({ AWS: worker }));
    const answer = await call<{ AssumedRoleUser: { Arn: string } }>(
      'AssumeRole',
      { RoleArn: target, RoleSessionName: 'hop' },
      { caller: session(worker) },
    );
    expect(answer.AssumedRoleUser.Arn).toBe('arn:aws:sts::123456789012:assumed-role/target/hop');
  });

  it('wants the own policies of the caller too where the trust policy names only the account', async () => {
    const { role, call, iam } = world();
    const worker = role('worker', trust({ Service: 'lambda.amazonaws.com' }));
    const target = role('target', trust({ AWS: 'arn:aws:iam::123456789012:root' }));
    const attempt = () => call('AssumeRole', { RoleArn: target, RoleSessionName: 'hop' }, { caller: session(worker) });
    await expect(attempt()).rejects.toThrow(
      `User: arn:aws:sts::123456789012:assumed-role/worker/s-1 is not authorized to perform: sts:AssumeRole on resource: ${target}`,
    );
    iam
      .role('worker')
      .inlinePolicies.set(
        'hop',
        JSON.stringify({ Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: target } }),
      );
    iam.policiesChanged('worker');
    await expect(attempt()).resolves.toBeDefined();
  });

  it('refuses an AWS service that the trust policy does not name', async () => {
    const { role, call } = world();
    const target = role('target', trust({ Service: 'lambda.amazonaws.com' }));
    const as = (principal: string) =>
      call('AssumeRole', { RoleArn: target, RoleSessionName: 'hop' }, { caller: { kind: 'service', principal } });
    await expect(as('lambda.amazonaws.com')).resolves.toBeDefined();
    await expect(as('ecs-tasks.amazonaws.com')).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  it('answers who calls', async () => {
    const { role, call } = world();
    const worker = role('worker', trust({ Service: 'lambda.amazonaws.com' }));
    await expect(call('GetCallerIdentity', {}, { caller: session(worker) })).resolves.toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:sts::123456789012:assumed-role/worker/s-1',
    });
  });
});

import { beforeEach, expect, it } from 'vitest';
import type { TaskSpec } from '../../simulator/cloud/ports.ts';
import { TaskEndpoints } from './task-endpoints.ts';

const task = (id: string, withRole = true): TaskSpec => ({
  taskArn: `arn:aws:ecs:us-east-1:123456789012:task/spillway/${id}`,
  launchType: 'EXTERNAL',
  family: 'order-processor-external',
  revision: 7,
  serviceName: 'order-processor-external',
  managedInstanceId: 'mi-1',
  containers: [
    {
      name: 'order-processor',
      image: 'registry/order-processor@sha256:aa',
      repository: 'order-processor',
      digest: 'sha256:aa',
      entryPoint: undefined,
      command: undefined,
      workingDirectory: undefined,
      environment: {},
      containerPorts: [8080],
      log: () => undefined,
    },
  ],
  credentials: withRole
    ? () => ({
        accessKeyId: `ASIA-${id}`,
        secretAccessKey: 'secret',
        sessionToken: 'session',
        expiration: new Date(Date.UTC(2026, 0, 5, 9)),
        roleArn: 'arn:aws:iam::123456789012:role/worker',
        sessionName: id,
      })
    : undefined,
  agent: async (request) => ({ status: 200, body: { asked: request, by: id } }),
});

let endpoints: TaskEndpoints;
beforeEach(() => {
  endpoints = new TaskEndpoints({ endpoint: 'http://127.0.0.1:4566', cluster: 'spillway' });
});

it('gives a task its role’s credentials against its own token', () => {
  const access = endpoints.open(task('aa01'));
  expect(access.credentialsUri).toBe('http://127.0.0.1:4566/_spillway/credentials/aa01');
  expect(endpoints.answer('/_spillway/credentials/aa01', access.authorizationToken)).toEqual({
    status: 200,
    body: {
      RoleArn: 'arn:aws:iam::123456789012:role/worker',
      AccessKeyId: 'ASIA-aa01',
      SecretAccessKey: 'secret',
      Token: 'session',
      Expiration: '2026-01-05T09:00:00.000Z',
    },
  });
});

it('refuses without a token, with a wrong one and with that of another task', () => {
  endpoints.open(task('aa01'));
  const other = endpoints.open(task('bb02'));
  for (const token of [undefined, '', 'guess', other.authorizationToken])
    expect(endpoints.answer('/_spillway/credentials/aa01', token)).toMatchObject({ status: 403 });
});

it('knows nobody after the task has ended, and no paths beside its own', () => {
  const { authorizationToken } = endpoints.open(task('aa01'));
  endpoints.close(task('aa01').taskArn);
  expect(endpoints.answer('/_spillway/credentials/aa01', authorizationToken)).toMatchObject({ status: 404 });
  expect(endpoints.answer('/_spillway/credentials/../health', authorizationToken)).toBeUndefined();
});

it('has no credentials for a task without a role', () => {
  const { authorizationToken } = endpoints.open(task('aa01', false));
  expect(endpoints.answer('/_spillway/credentials/aa01', authorizationToken)).toMatchObject({ status: 404 });
});

it('tells a task what it is, as the metadata endpoint of version 4 does', () => {
  const { metadataUri } = endpoints.open(task('aa01'));
  const { pathname } = new URL(metadataUri);
  expect(endpoints.answer(`${pathname}/task`, undefined)).toMatchObject({
    status: 200,
    body: { Cluster: 'spillway', TaskARN: task('aa01').taskArn, LaunchType: 'EXTERNAL', Revision: '7' },
  });
  expect(endpoints.answer(pathname, undefined)).toMatchObject({
    body: { Name: 'order-processor', ImageID: 'sha256:aa' },
  });
});

it('passes what a task asks its agent on to that task’s agent, by a path that only the task knows', async () => {
  const { agentUri } = endpoints.open(task('aa01'));
  const { pathname } = new URL(agentUri);
  expect(pathname).not.toContain('aa01');
  const body = { ProtectionEnabled: true };
  expect(await endpoints.askAgent('PUT', `${pathname}/task-protection/v1/state`, body)).toEqual({
    status: 200,
    body: { asked: { method: 'PUT', path: '/task-protection/v1/state', body }, by: 'aa01' },
  });
  expect(await endpoints.askAgent('PUT', '/_spillway/agent/guess/task-protection/v1/state', body)).toBeUndefined();
});

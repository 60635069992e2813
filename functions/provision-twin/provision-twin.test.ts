import { describe, expect, it } from 'vitest';
import { create } from './provision-twin.ts';

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A provisioner before an ECS that answers as told, and the answers that CloudFormation got. */
const provisioner = (fail: Readonly<Record<string, Error>> = {}, existing?: object) => {
  const calls: Call[] = [];
  const answers: Record<string, unknown>[] = [];
  const send = async (command: { readonly input: Call['input']; readonly constructor: { readonly name: string } }) => {
    const { name } = command.constructor;
    calls.push({ name: name.replace('Command', ''), input: command.input });
    const error = fail[name.replace('Command', '')];
    if (error) throw error;
    return name === 'DescribeServicesCommand'
      ? { services: existing ? [existing] : [] }
      : { service: { serviceArn: 'arn:service' } };
  };
  const handler = create({
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
    clients: {
      ecs: { send } as never,
      http: async (_url, init) => {
        answers.push(JSON.parse(init.body) as Record<string, unknown>);
        return { status: 200 };
      },
    },
    clock: { now: () => 0 },
  });
  return { handler, calls, answers };
};

const properties = {
  ServiceToken: 'arn',
  Cluster: 'spillway',
  ServiceName: 'shop-fargate',
  LaunchType: 'FARGATE',
  TaskDefinition: 'arn:template:1',
  DeploymentConfiguration: { MinimumHealthyPercent: '100' },
};
const event = (more: object) => ({
  RequestType: 'Create',
  ResponseURL: 'https://answer.example/1',
  StackId: 'stack',
  RequestId: '4a1b2c3d-0000-4000-8000-000000000001',
  LogicalResourceId: 'Twin',
  ResourceProperties: properties,
  ...more,
});
const named = (name: string, message = ''): Error => Object.assign(new Error(message), { name });

describe('a twin', () => {
  it('is created at count 0 with a token, so that a repeated request makes one', async () => {
    const { handler, calls, answers } = provisioner();
    await handler(event({}));
    expect(calls).toEqual([
      {
        name: 'CreateService',
        input: {
          cluster: 'spillway',
          serviceName: 'shop-fargate',
          launchType: 'FARGATE',
          taskDefinition: 'arn:template:1',
          deploymentConfiguration: { minimumHealthyPercent: 100 },
          desiredCount: 0,
          clientToken: '4a1b2c3d-0000-4000-8000-000000000001',
        },
      },
    ]);
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'spillway/shop-fargate' }]);
  });

  it('is sent only what changed, and neither template nor count', async () => {
    const { handler, calls } = provisioner();
    await handler(
      event({
        RequestType: 'Update',
        PhysicalResourceId: 'spillway/shop-fargate',
        OldResourceProperties: properties,
        ResourceProperties: {
          ...properties,
          TaskDefinition: 'arn:template:2',
          DeploymentConfiguration: { MinimumHealthyPercent: '50' },
        },
      }),
    );
    expect(calls).toEqual([
      {
        name: 'UpdateService',
        input: { cluster: 'spillway', service: 'shop-fargate', deploymentConfiguration: { minimumHealthyPercent: 50 } },
      },
    ]);
  });

  it('is not called at all when only its template changed, nor when a stack rolls that back', async () => {
    const { handler, calls, answers } = provisioner();
    const changed = { ...properties, TaskDefinition: 'arn:template:2' };
    const update = { RequestType: 'Update', PhysicalResourceId: 'spillway/shop-fargate' };
    await handler(event({ ...update, OldResourceProperties: properties, ResourceProperties: changed }));
    await handler(event({ ...update, OldResourceProperties: changed, ResourceProperties: properties }));
    expect(calls).toEqual([]);
    expect(answers.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
  });

  it('with a new name is a new service under a new id', async () => {
    const { handler, calls, answers } = provisioner();
    const renamed = { ...properties, ServiceName: 'shop-cloud' };
    await handler(
      event({
        RequestType: 'Update',
        PhysicalResourceId: 'spillway/shop-fargate',
        OldResourceProperties: properties,
        ResourceProperties: renamed,
      }),
    );
    expect(calls.map(({ name }) => name)).toEqual(['CreateService']);
    expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'spillway/shop-cloud' }]);
  });

  it('that was deleted by hand is made again by the next change', async () => {
    const { handler, calls } = provisioner({ UpdateService: named('ServiceNotFoundException') });
    const changed = { ...properties, DeploymentConfiguration: { MinimumHealthyPercent: '50' } };
    await handler(
      event({
        RequestType: 'Update',
        PhysicalResourceId: 'spillway/shop-fargate',
        OldResourceProperties: properties,
        ResourceProperties: changed,
      }),
    );
    expect(calls.map(({ name }) => name)).toEqual(['UpdateService', 'CreateService']);
  });

  it('is deleted with its tasks, and one that is gone counts as deleted', async () => {
    const gone = { RequestType: 'Delete', PhysicalResourceId: 'spillway/shop-fargate' };
    const { handler, calls } = provisioner();
    await handler(event(gone));
    expect(calls).toEqual([
      { name: 'DeleteService', input: { cluster: 'spillway', service: 'shop-fargate', force: true } },
    ]);
    const missing = provisioner({ DeleteService: named('ServiceNotFoundException') });
    await missing.handler(event(gone));
    expect(missing.answers).toMatchObject([{ Status: 'SUCCESS' }]);
  });
});

describe('a failure', () => {
  it('is told to CloudFormation with its reason and is not thrown', async () => {
    const { handler, answers } = provisioner({ CreateService: named('AccessDeniedException', 'not allowed') });
    await handler(event({}));
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: 'AccessDeniedException: not allowed' }]);
  });

  it('to create leaves an id whose deletion touches no service of that name', async () => {
    const { handler, calls, answers } = provisioner({ CreateService: named('AccessDeniedException') });
    await handler(event({}));
    await handler(event({ RequestType: 'Delete', PhysicalResourceId: answers[0]?.PhysicalResourceId }));
    expect(calls.map(({ name }) => name)).toEqual(['CreateService']);
    expect(answers[1]).toMatchObject({ Status: 'SUCCESS' });
  });

  it('is a service of that name that someone else made', async () => {
    const taken = named('InvalidParameterException', 'Creation of service was not idempotent.');
    const running = { desiredCount: 3, launchType: 'FARGATE', taskDefinition: 'arn:other:1' };
    const { handler, answers } = provisioner({ CreateService: taken }, running);
    await handler(event({}));
    expect(answers).toMatchObject([{ Status: 'FAILED' }]);
    expect(answers[0]?.Reason).toContain('exists already');
  });

  it('is a changed launch type, which ECS cannot do', async () => {
    const { handler, calls, answers } = provisioner();
    const moved = { ...properties, LaunchType: 'EXTERNAL' };
    await handler(
      event({
        RequestType: 'Update',
        PhysicalResourceId: 'spillway/shop-fargate',
        OldResourceProperties: properties,
        ResourceProperties: moved,
      }),
    );
    expect(calls).toEqual([]);
    expect(answers[0]?.Reason).toContain('launch type');
  });

  it('is a property that nobody knows', async () => {
    const { handler, answers } = provisioner();
    await handler(event({ ResourceProperties: { ...properties, DesiredCount: '3' } }));
    expect(answers[0]?.Reason).toContain('desiredCount');
  });
});

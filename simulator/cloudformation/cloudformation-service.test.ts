import { describe, expect, it } from 'vitest';
import { AwsError } from '../cloud/aws-error.ts';
import { FakeCloud, failing } from './fake-cloud.ts';
import type { JsonObject } from './json.ts';

const queue = (name: string, more: JsonObject = {}, attributes: JsonObject = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { QueueName: name, ...more },
  ...attributes,
});
const url = (name: string): string => `http://127.0.0.1:4566/123456789012/${name}`;

/** The statuses of a stack or a resource, oldest first. */
const statuses = async (cloud: FakeCloud, logicalId: string): Promise<readonly string[]> => {
  const { StackEvents } = (await cloud.api('DescribeStackEvents', { StackName: 'Test' })) as {
    StackEvents: { LogicalResourceId: string; ResourceStatus: string }[];
  };
  return StackEvents.filter((event) => event.LogicalResourceId === logicalId)
    .map((event) => event.ResourceStatus)
    .reverse();
};

const reasons = async (cloud: FakeCloud, status: string): Promise<readonly string[]> => {
  const { StackEvents } = (await cloud.api('DescribeStackEvents', { StackName: 'Test' })) as {
    StackEvents: { ResourceStatus: string; ResourceStatusReason?: string }[];
  };
  return StackEvents.filter((event) => event.ResourceStatus === status).map(
    (event) => event.ResourceStatusReason ?? '',
  );
};

describe('creating a stack', () => {
  it('makes each resource after those it mentions, and answers outputs', async () => {
    const cloud = new FakeCloud();
    const result = await cloud.deploy(
      {
        Policy: {
          Type: 'AWS::SQS::QueuePolicy',
          Properties: { Queues: [{ Ref: 'Main' }], PolicyDocument: { Statement: [] } },
        },
        Main: queue('main', {
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 5 },
        }),
        Dead: queue('dead'),
      },
      { Outputs: { Url: { Value: { Ref: 'Main' } }, Arn: { Value: { 'Fn::GetAtt': 'Main.Arn' } } } },
    );
    expect(cloud.inputsOf('sqs:CreateQueue').map((input) => input.QueueName)).toEqual(['dead', 'main']);
    expect(cloud.inputsOf('sqs:CreateQueue')[1]).toMatchObject({
      Attributes: {
        RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":5}',
      },
    });
    expect(cloud.inputsOf('sqs:SetQueueAttributes')).toEqual([
      { QueueUrl: url('main'), Attributes: { Policy: '{"Statement":[]}' } },
    ]);
    expect(result).toMatchObject({
      ok: true,
      changed: true,
      status: 'CREATE_COMPLETE',
      outputs: { Url: url('main'), Arn: 'arn:aws:sqs:us-east-1:123456789012:main' },
    });
    expect(await statuses(cloud, 'Main')).toEqual(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE']);
  });

  it('tells the default bus each status of the stack', async () => {
    const cloud = new FakeCloud();
    const { stackId } = await cloud.deploy({ Main: queue('main') });
    expect(cloud.events.map((event) => [event.source, event.detailType, event.resources, event.detail])).toEqual(
      ['CREATE_IN_PROGRESS', 'CREATE_COMPLETE'].map((status) => [
        'aws.cloudformation',
        'CloudFormation Stack Status Change',
        [stackId],
        {
          'stack-id': stackId,
          'status-details': { status, 'status-reason': status === 'CREATE_IN_PROGRESS' ? 'User Initiated' : '' },
          'client-request-token': '',
        },
      ]),
    );
  });

  it('rolls back what was made when one resource fails, later ones first', async () => {
    const cloud = new FakeCloud({
      'ssm:PutParameter': failing('ParameterAlreadyExists', 'The parameter already exists.'),
    });
    const result = await cloud.deploy({
      Dead: queue('dead'),
      Main: queue('main', {}, { DependsOn: 'Dead' }),
      Wrong: {
        Type: 'AWS::SSM::Parameter',
        DependsOn: ['Main'],
        Properties: { Name: 'p', Type: 'String', Value: 'v' },
      },
      Never: queue('never', {}, { DependsOn: 'Wrong' }),
    });
    expect(result).toMatchObject({ ok: false, status: 'ROLLBACK_COMPLETE' });
    expect(result.failures).toMatchObject([{ logicalId: 'Wrong', type: 'AWS::SSM::Parameter' }]);
    expect(result.failures[0]?.reason).toMatch(
      /^Resource handler returned message: "The parameter already exists\." \(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: AlreadyExists\)$/,
    );
    expect(await reasons(cloud, 'ROLLBACK_IN_PROGRESS')).toEqual([
      'The following resource(s) failed to create: [Wrong]. Rollback requested by user.',
    ]);
    expect(cloud.inputsOf('sqs:DeleteQueue')).toEqual([{ QueueUrl: url('main') }, { QueueUrl: url('dead') }]);
  });

  it('is tried again from nothing by the next deploy', async () => {
    const cloud = new FakeCloud({ 'sqs:CreateQueue': failing('InvalidAttributeValue', 'no') });
    await cloud.deploy({ Main: queue('main') });
    delete cloud.answers['sqs:CreateQueue'];
    cloud.answers['sqs:CreateQueue'] = { QueueUrl: url('main') };
    expect(await cloud.deploy({ Main: queue('main') })).toMatchObject({ ok: true, status: 'CREATE_COMPLETE' });
  });

  it('gives one history for one seed', async () => {
    const play = async (seed: number): Promise<string> => {
      const cloud = new FakeCloud({}, seed);
      await cloud.deploy({ A: queue('a'), B: { Type: 'AWS::SQS::Queue' }, C: queue('c') });
      return cloud.kernel.traceHash();
    };
    expect(await play(3)).toBe(await play(3));
  });
});

describe('updating a stack', () => {
  it('says that there is nothing to do', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({ Main: queue('main') });
    expect(await cloud.deploy({ Main: queue('main') })).toMatchObject({ ok: true, changed: false });
    await expect(
      cloud.api('UpdateStack', {
        StackName: 'Test',
        TemplateBody: JSON.stringify({ Resources: { Main: queue('main') } }),
      }),
    ).rejects.toThrow('No updates are to be performed.');
  });

  it('sends only what changed, and leaves alone what did not', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({ A: queue('a', { VisibilityTimeout: 30 }), B: queue('b') });
    cloud.calls.length = 0;
    const result = await cloud.deploy({ A: queue('a', { VisibilityTimeout: 60 }), B: queue('b') });
    expect(result.status).toBe('UPDATE_COMPLETE');
    expect(cloud.calls).toEqual([
      { name: 'sqs:SetQueueAttributes', input: { QueueUrl: url('a'), Attributes: { VisibilityTimeout: '60' } } },
    ]);
  });

  it('replaces before it deletes, and removes what is no longer in the template', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({ A: queue('a'), Gone: queue('gone') });
    cloud.calls.length = 0;
    await cloud.deploy({ A: queue('a2') });
    expect(cloud.calls.map((call) => [call.name, call.input.QueueName ?? call.input.QueueUrl])).toEqual([
      ['sqs:CreateQueue', 'a2'],
      ['sqs:DeleteQueue', url('gone')],
      ['sqs:DeleteQueue', url('a')],
    ]);
    const { StackResources } = (await cloud.api('DescribeStackResources', { StackName: 'Test' })) as {
      StackResources: { PhysicalResourceId: string }[];
    };
    expect(StackResources.map((resource) => resource.PhysicalResourceId)).toEqual([url('a2')]);
  });

  it('keeps what the policies of the template retain', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({
      A: queue('a', {}, { UpdateReplacePolicy: 'Retain' }),
      B: queue('b', {}, { DeletionPolicy: 'Retain' }),
      C: queue('c', {}, { DeletionPolicy: 'RetainExceptOnCreate' }),
    });
    cloud.calls.length = 0;
    await cloud.deploy({ A: queue('a2', {}, { UpdateReplacePolicy: 'Retain' }) });
    expect(cloud.names()).toEqual(['sqs:CreateQueue']);
    expect(await statuses(cloud, 'B')).toContain('DELETE_SKIPPED');
  });

  it('puts everything back when a resource fails, and deletes what it had made', async () => {
    const cloud = new FakeCloud({
      'ssm:PutParameter': (input) => {
        if (input.Value === 'bad') throw new AwsError('ValidationException', 'bad value');
        return {};
      },
    });
    const parameter = (Value: string) => ({
      Type: 'AWS::SSM::Parameter',
      DependsOn: ['Changed', 'Replaced', 'New'],
      Properties: { Name: 'p', Type: 'String', Value },
    });
    const before = {
      Changed: queue('changed', { VisibilityTimeout: 30 }),
      Replaced: queue('replaced'),
      Parameter: { ...parameter('good'), DependsOn: [] },
    };
    await cloud.deploy(before);
    cloud.calls.length = 0;
    const result = await cloud.deploy({
      Changed: queue('changed', { VisibilityTimeout: 60 }),
      Replaced: queue('replaced2'),
      New: queue('new'),
      Parameter: parameter('bad'),
    });
    expect(result).toMatchObject({ ok: false, status: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await statuses(cloud, 'Test')).toEqual([
      'CREATE_IN_PROGRESS',
      'CREATE_COMPLETE',
      'UPDATE_IN_PROGRESS',
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(cloud.inputsOf('sqs:SetQueueAttributes').map((input) => input.Attributes)).toEqual([
      { VisibilityTimeout: '60' },
      { VisibilityTimeout: '30' },
    ]);
    expect(cloud.inputsOf('ssm:PutParameter').map((input) => input.Value)).toEqual(['bad', 'good']);
    expect(
      cloud
        .inputsOf('sqs:DeleteQueue')
        .map((input) => input.QueueUrl)
        .sort(),
    ).toEqual([url('new'), url('replaced2')]);
    // The stack is what it was: the same template is no change.
    expect(await cloud.deploy(before)).toMatchObject({ changed: false });
  });

  it('refuses to change the type of a resource, and to touch a stack that is busy', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({ A: queue('a') });
    await expect(cloud.deploy({ A: { Type: 'AWS::SSM::Parameter', Properties: {} } })).rejects.toThrow(
      'Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]',
    );
    const update = (name: string) =>
      cloud.api('UpdateStack', { StackName: 'Test', TemplateBody: JSON.stringify({ Resources: { A: queue(name) } }) });
    await update('b');
    await expect(update('c')).rejects.toThrow(/^Stack:arn.* is in UPDATE_IN_PROGRESS state and can not be updated\.$/);
  });

  it('keeps parameters that a later deploy does not give', async () => {
    const cloud = new FakeCloud();
    const template = { Parameters: { Seconds: { Type: 'Number', Default: 30 } } };
    const resources = { A: queue('a', { VisibilityTimeout: { Ref: 'Seconds' } }) };
    await cloud.deploy(resources, template, { parameters: { Seconds: '45' } });
    cloud.calls.length = 0;
    await cloud.deploy({ ...resources, B: queue('b') }, template);
    expect(cloud.names()).toEqual(['sqs:CreateQueue']);
  });
});

describe('deleting a stack', () => {
  it('deletes later resources first, and takes for deleted what is gone', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({ A: queue('a'), B: queue('b', {}, { DependsOn: 'A' }) });
    cloud.answers['sqs:DeleteQueue'] = failing('QueueDoesNotExist', 'gone');
    await cloud.api('DeleteStack', { StackName: 'Test' });
    await cloud.kernel.run({ untilMs: cloud.kernel.now() + 10_000 });
    expect(cloud.inputsOf('sqs:DeleteQueue').map((input) => input.QueueUrl)).toEqual([url('b'), url('a')]);
    await expect(cloud.api('DescribeStacks', { StackName: 'Test' })).rejects.toThrow(
      'Stack with id Test does not exist',
    );
  });
});

describe('cross-stack exports', () => {
  const exporting = (value: unknown) => ({ Outputs: { Url: { Value: value, Export: { Name: 'Base:Url' } } } });
  const importing = {
    P: {
      Type: 'AWS::SSM::Parameter',
      Properties: { Name: 'p', Type: 'String', Value: { 'Fn::ImportValue': 'Base:Url' } },
    },
  };

  it('carry values between stacks', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({ A: queue('a') }, exporting({ Ref: 'A' }), { stackName: 'Base' });
    await cloud.deploy(importing);
    expect(cloud.inputsOf('ssm:PutParameter')[0]).toMatchObject({ Value: url('a') });
    expect(await cloud.api('ListExports', {})).toMatchObject({ Exports: [{ Name: 'Base:Url', Value: url('a') }] });
  });

  it('must exist', async () => {
    const cloud = new FakeCloud();
    await expect(cloud.deploy(importing)).rejects.toMatchObject({
      code: 'ValidationError',
      message: 'No export named Base:Url found.',
    });
  });

  it('cannot be removed, changed or deleted while a stack imports them', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({ A: queue('a') }, exporting({ Ref: 'A' }), { stackName: 'Base' });
    await cloud.deploy(importing);
    const removed = await cloud.deploy({ A: queue('a') }, {}, { stackName: 'Base' });
    expect(removed).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      outputs: { Url: url('a') },
    });
    const changed = await cloud.deploy({ A: queue('a2') }, exporting({ Ref: 'A' }), { stackName: 'Base' });
    expect(changed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    const base = cloud.service.stack('Base');
    expect(
      base.events.filter((event) => event.status === 'UPDATE_ROLLBACK_IN_PROGRESS').map((event) => event.reason),
    ).toEqual([
      'Cannot delete export Base:Url as it is in use by Test.',
      'Cannot update export Base:Url as it is in use by Test.',
    ]);
    expect(await cloud.settle(cloud.service.delete(base, undefined))).toMatchObject({
      status: 'DELETE_FAILED',
      statusReason: 'Delete canceled. Cannot delete export Base:Url as it is in use by Test.',
    });
    await cloud.deploy({ Other: queue('other') });
    expect(await cloud.settle(cloud.service.delete(base, undefined))).toMatchObject({ status: 'DELETE_COMPLETE' });
  });
});

describe('what a template cannot be', () => {
  const refused = async (resources: JsonObject, more: JsonObject = {}): Promise<string> => {
    const cloud = new FakeCloud();
    try {
      await cloud.deploy(resources, more);
    } catch (error) {
      expect(cloud.names().filter((name) => name !== 'ssm:GetParameter')).toEqual([]);
      return `${(error as AwsError).code}: ${(error as AwsError).message}`;
    }
    return 'accepted';
  };

  it('is told before anything is made, in the words of AWS', async () => {
    expect(await refused({ A: queue('a', { X: { Ref: 'Missing' } }) })).toBe(
      'ValidationError: Template format error: Unresolved resource dependencies [Missing] in the Resources block of the template',
    );
    expect(await refused({ A: queue('a'), B: queue('b', { X: { 'Fn::GetAtt': ['A', 'Colour'] } }) })).toBe(
      'ValidationError: Template error: resource A does not support attribute type Colour in Fn::GetAtt',
    );
    expect(await refused({ A: queue('a', { X: { 'Fn::Sub': `$\{Gone.Arn}` } }) })).toBe(
      'ValidationError: Template error: instance of Fn::GetAtt references undefined resource Gone',
    );
    expect(
      await refused({
        A: queue('a', { X: { Ref: 'B' } }),
        B: queue('b', { X: { Ref: 'C' } }),
        C: queue('c', {}, { DependsOn: 'A' }),
      }),
    ).toBe('ValidationError: Circular dependency between resources: [A, B, C]');
    expect(await refused({})).toBe(
      'ValidationError: Template format error: At least one Resources member must be defined.',
    );
    expect(await refused({ A: queue('a') }, { Transform: 'AWS::Serverless-2016-10-31' })).toContain(
      'NotModelledException',
    );
    expect(await refused({ A: queue('a', { X: { 'Fn::Transform': {} } }) })).toContain('Fn::Transform');
    expect(await refused({ A: queue('a') }, { Parameters: { P: { Type: 'String' } } })).toBe(
      'ValidationError: Parameters: [P] must have values',
    );
    expect(
      await refused(
        { A: queue('a') },
        { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/none' } } },
      ),
    ).toBe('ValidationError: Unable to fetch parameters [/none] from parameter store for this account.');
  });

  it('holds what the rules assert, and takes the account for bootstrapped', async () => {
    const rules = (versions: string[]) => ({
      Parameters: {
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
      },
      Rules: {
        CheckBootstrapVersion: {
          Assertions: [
            {
              Assert: { 'Fn::Not': [{ 'Fn::Contains': [versions, { Ref: 'BootstrapVersion' }] }] },
              AssertDescription: 'CDK bootstrap stack version 6 required.',
            },
          ],
        },
      },
    });
    expect(await refused({ A: queue('a') }, rules(['1', '2', '3', '4', '5']))).toBe('accepted');
    expect(await refused({ A: queue('a') }, rules(['30']))).toContain('CDK bootstrap stack version 6 required.');
  });

  it('asks for the capability to make IAM resources', async () => {
    const cloud = new FakeCloud();
    const body = (properties: JsonObject) =>
      JSON.stringify({ Resources: { R: { Type: 'AWS::IAM::Role', Properties: properties } } });
    const create = (properties: JsonObject, capability?: string) =>
      cloud.api('CreateStack', {
        StackName: 'Test',
        TemplateBody: body(properties),
        Capabilities: capability ? [capability] : [],
      });
    await expect(create({})).rejects.toThrow('Requires capabilities : [CAPABILITY_IAM]');
    await expect(create({ RoleName: 'r' }, 'CAPABILITY_IAM')).rejects.toThrow('[CAPABILITY_NAMED_IAM]');
  });
});

describe('what CloudFormation knows besides', () => {
  it('tells the metadata of a resource by its physical id', async () => {
    const cloud = new FakeCloud();
    await cloud.deploy({
      F: {
        Type: 'AWS::Lambda::Function',
        Metadata: { 'spillway:entry': 'functions/a/index.ts' },
        Properties: { FunctionName: 'spillway-a', Code: { S3Bucket: 'assets', S3Key: 'a.zip' } },
      },
    });
    expect(cloud.service.metadataOf('AWS::Lambda::Function', 'spillway-a')).toEqual({
      'spillway:entry': 'functions/a/index.ts',
    });
    expect(cloud.service.metadataOf('AWS::Lambda::Function', 'other')).toBeUndefined();
    expect(cloud.inputsOf('lambda:CreateFunction')[0]).toMatchObject({ Code: { S3Bucket: 'assets', S3Key: 'a.zip' } });
  });

  it('lists types and properties that nothing carries out, and makes them inert', async () => {
    const cloud = new FakeCloud();
    const result = await cloud.deploy(
      { Cdn: { Type: 'AWS::CloudFront::Distribution' }, A: queue('a', { Colour: 'blue' }) },
      { Outputs: { Domain: { Value: { 'Fn::GetAtt': ['Cdn', 'DomainName'] } } } },
    );
    expect(result.ok).toBe(true);
    expect(result.outputs.Domain).toMatch(/^Test-Cdn-[0-9A-F]{12}\.DomainName$/);
    expect(cloud.service.unmodelled()).toEqual([
      { what: 'AWS::CloudFront::Distribution', where: ['Test/Cdn'] },
      { what: 'AWS::SQS::Queue: Colour', where: ['Test/A'] },
    ]);
  });

  it('fills dynamic references in at the last moment, and does not take a new value for a change', async () => {
    const cloud = new FakeCloud({
      'ssm:GetParameter': (input) => ({ Parameter: { Value: input.Name === '/seconds' ? '45' : '' } }),
      'secretsmanager:GetSecretValue': { SecretString: '{"user":"ada"}' },
    });
    const resources = {
      A: queue('a', { VisibilityTimeout: '{{resolve:ssm:/seconds}}' }),
      P: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Name: 'p', Value: 'is {{resolve:secretsmanager:db:SecretString:user}}' },
      },
    };
    await cloud.deploy(resources);
    expect(cloud.inputsOf('sqs:CreateQueue')[0]).toMatchObject({ Attributes: { VisibilityTimeout: '45' } });
    expect(cloud.inputsOf('ssm:PutParameter')[0]).toMatchObject({ Value: 'is ada' });
    cloud.answers['ssm:GetParameter'] = { Parameter: { Value: '90' } };
    await cloud.deploy({ ...resources, B: queue('b') });
    expect(cloud.names()).not.toContain('sqs:SetQueueAttributes');
  });
});

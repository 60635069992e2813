import { describe, expect, it } from 'vitest';
import { ecsWorld, externalDefinition, fargateDefinition, healthCheck } from './ecs-world.ts';
import { matchesExpression } from './placement-expression.ts';

const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/api:v1';

describe('registering a task definition', () => {
  it.each([
    [
      'Fargate without awsvpc',
      { ...fargateDefinition('api', image), networkMode: 'bridge' },
      /only supports network mode/,
    ],
    ['external with awsvpc', { ...externalDefinition('api', image), networkMode: 'awsvpc' }, /network mode 'awsvpc'/],
    [
      'both at once',
      { ...fargateDefinition('api', image), requiresCompatibilities: ['FARGATE', 'EXTERNAL'] },
      /network mode 'awsvpc'/,
    ],
    ['Fargate without cpu', { ...fargateDefinition('api', image), cpu: undefined }, /requires that 'cpu' be defined/],
    [
      'a size that Fargate lacks',
      { ...fargateDefinition('api', image), memory: '4096' },
      /No Fargate configuration exists/,
    ],
    [
      'an ECR image on Fargate without execution role',
      { ...fargateDefinition('api', image), executionRoleArn: undefined },
      /execution role ARN to support ECR images/,
    ],
    ['no memory at all', externalDefinition('api', image, { memory: undefined }), /'memory' or 'memoryReservation'/],
    [
      'secrets without execution role',
      externalDefinition('api', image, { secrets: [{ name: 'A', valueFrom: 'a' }] }),
      /must also specify a value for 'executionRoleArn'/,
    ],
    [
      'a health check more often than every 5 s',
      externalDefinition('api', image, { healthCheck: { ...healthCheck, interval: 4 } }),
      /interval .* between 5 and 300/,
    ],
    [
      'a stop timeout beyond 120 s on Fargate',
      fargateDefinition('api', image, { stopTimeout: 121 }),
      /maximum value on Fargate is 120/,
    ],
    [
      'no essential container',
      externalDefinition('api', image, { essential: false }),
      /at least one essential container/,
    ],
    ['no family', { ...externalDefinition('', image) }, /Family should not be null or empty/],
  ])('is refused for %s', async (_what, input, message) => {
    const world = await ecsWorld();
    const refusal = await world.refusal('RegisterTaskDefinition', input);
    expect(refusal).toMatch(/^ClientException: /);
    expect(refusal).toMatch(message);
  });

  it('allows an external container to take as long as it likes to stop (ContainerDefinition.stopTimeout)', async () => {
    const world = await ecsWorld();
    expect(await world.refusal('RegisterTaskDefinition', externalDefinition('api', image, { stopTimeout: 3600 }))).toBe(
      'no error',
    );
  });

  it('fills in the host port: any with a bridge, the container port in a network of its own', async () => {
    const world = await ecsWorld();
    const hostPort = async (definition: object): Promise<unknown> => {
      const { taskDefinition } = await world.call<{
        taskDefinition: { containerDefinitions: { portMappings: { hostPort?: number }[] }[] };
      }>('RegisterTaskDefinition', definition);
      return taskDefinition.containerDefinitions[0]?.portMappings[0]?.hostPort;
    };
    expect(await hostPort(externalDefinition('api', image, { portMappings: [{ containerPort: 8080 }] }))).toBe(0);
    expect(await hostPort(fargateDefinition('api', image))).toBe(8080);
  });

  it('counts revisions, resolves a family to its newest ACTIVE one, and lists them (RegisterTaskDefinition)', async () => {
    const world = await ecsWorld();
    for (let index = 0; index < 3; index += 1) {
      await world.call('RegisterTaskDefinition', externalDefinition('api', image));
    }
    await world.call('DeregisterTaskDefinition', { taskDefinition: 'api:3' });
    const { taskDefinition } = await world.call<{ taskDefinition: Record<string, unknown> }>('DescribeTaskDefinition', {
      taskDefinition: 'api',
    });
    expect(taskDefinition).toMatchObject({
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/api:2',
      revision: 2,
      status: 'ACTIVE',
      compatibilities: ['EXTERNAL', 'EC2'],
      requiresCompatibilities: ['EXTERNAL'],
      containerDefinitions: [{ cpu: 256, essential: true, environment: [], portMappings: [] }],
    });
    const list = async (input: Record<string, unknown>): Promise<(string | undefined)[]> =>
      (await world.call<{ taskDefinitionArns: string[] }>('ListTaskDefinitions', input)).taskDefinitionArns.map((arn) =>
        arn.split('/').at(-1),
      );
    expect(await list({ familyPrefix: 'api', sort: 'DESC' })).toEqual(['api:2', 'api:1']);
    expect(await list({ status: 'INACTIVE' })).toEqual(['api:3']);
    expect(await world.call('ListTaskDefinitionFamilies', { familyPrefix: 'a' })).toMatchObject({ families: ['api'] });
    expect(await world.refusal('DeregisterTaskDefinition', { taskDefinition: 'api:9' })).toBe(
      'ClientException: The specified task definition does not exist.',
    );
  });

  it('asks for the right to pass its roles to ECS tasks', async () => {
    const world = await ecsWorld();
    await world.call('RegisterTaskDefinition', fargateDefinition('api', image));
    expect(world.asked.at(-1)).toEqual([
      { action: 'ecs:RegisterTaskDefinition', resource: '*' },
      {
        action: 'iam:PassRole',
        resource: 'arn:aws:iam::123456789012:role/execution',
        context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
      },
    ]);
  });
});

describe('an expression of the cluster query language (cluster-query-language)', () => {
  const values: Readonly<Record<string, string>> = {
    'attribute:site': 'berlin',
    'attribute:ecs.capability.external': '',
    agentConnected: 'true',
    runningTasksCount: '2',
  };
  const subjectValue = (subject: string): string | undefined => values[subject];

  it.each([
    ['attribute:site == berlin', true],
    ['attribute:site != berlin', false],
    ['attribute:site in [madrid, berlin]', true],
    ['attribute:site not_in [madrid, berlin]', false],
    ['attribute:ecs.capability.external exists', true],
    ['attribute:gpu !exists', true],
    ['attribute:site == madrid or (attribute:site == berlin and attribute:gpu exists)', false],
    ['attribute:site == madrid or not (attribute:gpu exists)', true],
    ['agentConnected == true and runningTasksCount > 1', true],
    ['runningTasksCount >= 3', false],
    ['runningTasksCount < 3 and runningTasksCount <= 2', true],
  ])('%s is %s', (expression, holds) => {
    expect(matchesExpression(expression, subjectValue)).toBe(holds);
  });

  it('is refused when it cannot be read', () => {
    expect(() => matchesExpression('attribute:site ==', subjectValue)).toThrow(
      'Invalid placement constraint expression',
    );
  });
});

import { isObject } from '../json.ts';
import { camelCase, coercion, list, lowerTagList, text } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

const coerce = coercion(
  [
    'containerPort',
    'hardLimit',
    'hostPort',
    'interval',
    'memoryReservation',
    'retries',
    'sizeInGiB',
    'softLimit',
    'startPeriod',
    'startTimeout',
    'stopTimeout',
    'timeout',
  ],
  [
    'disableNetworking',
    'enableFaultInjection',
    'enabled',
    'essential',
    'initProcessEnabled',
    'interactive',
    'privileged',
    'pseudoTerminal',
    'readOnly',
    'readonlyRootFilesystem',
  ],
);

/** CPU and memory are text for a task and numbers for a container. */
const container = (value: unknown): unknown => {
  const members = camelCase(value, coerce);
  if (!isObject(members)) return members;
  const numbers = ['cpu', 'memory'].filter((name) => members[name] !== undefined);
  return { ...members, ...Object.fromEntries(numbers.map((name) => [name, Number(members[name])])) };
};

/** A revision never changes: whatever changes in the template registers a new one. */
export const ecsTaskDefinition: ResourceProvider = {
  type: 'AWS::ECS::TaskDefinition',
  attributes: ['TaskDefinitionArn'],
  replacedBy: 'all',
  create: async (context, properties) => {
    const { ContainerDefinitions: _, Tags: __, ...rest } = properties;
    const { taskDefinition } = await context.call<{ taskDefinition: { taskDefinitionArn: string } }>(
      'ecs',
      'RegisterTaskDefinition',
      {
        ...(camelCase(rest, coerce) as object),
        family: text(properties, 'Family') ?? context.name({ maxLength: 255 }),
        containerDefinitions: list(properties, 'ContainerDefinitions').map(container),
        ...(properties.Cpu === undefined ? {} : { cpu: String(properties.Cpu) }),
        ...(properties.Memory === undefined ? {} : { memory: String(properties.Memory) }),
        ...(properties.Tags === undefined ? {} : { tags: lowerTagList(properties) }),
      },
    );
    const arn = taskDefinition.taskDefinitionArn;
    return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
  },
  update: async (_context, { before }) => before,
  delete: async (context, existing) => {
    await context.call('ecs', 'DeregisterTaskDefinition', { taskDefinition: existing.physicalId });
  },
};

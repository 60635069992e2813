import { isObject, type JsonObject } from '../json.ts';
import { list, number, pick, tagRecord, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

/** What UpdateFunctionConfiguration takes, and CreateFunction too. */
const configured = [
  'DeadLetterConfig',
  'Description',
  'Environment',
  'EphemeralStorage',
  'FileSystemConfigs',
  'Handler',
  'ImageConfig',
  'KmsKeyArn',
  'Layers',
  'LoggingConfig',
  'Role',
  'Runtime',
  'SnapStart',
  'TracingConfig',
  'VpcConfig',
];

const numbers = ['MemorySize', 'Timeout'];

/** Environment variables are text, whatever the template made of them. */
const environment = (value: unknown): JsonObject => {
  const variables = isObject(value) && isObject(value.Variables) ? value.Variables : {};
  return { Variables: Object.fromEntries(Object.entries(variables).map(([name, item]) => [name, String(item)])) };
};

const configuration = (properties: Properties): JsonObject => ({
  ...pick(properties, ...configured),
  ...(properties.Environment === undefined ? {} : { Environment: environment(properties.Environment) }),
  ...Object.fromEntries(
    numbers.filter((name) => properties[name] !== undefined).map((name) => [name, number(properties, name)]),
  ),
});

/** What a property is when it is taken out of the template. */
const removed: JsonObject = {
  Description: '',
  Environment: { Variables: {} },
  KmsKeyArn: '',
  Layers: [],
  MemorySize: 128,
  Timeout: 3,
  TracingConfig: { Mode: 'PassThrough' },
};

const bringConcurrency = async (
  context: ResourceContext,
  FunctionName: string,
  before: number | undefined,
  after: number | undefined,
): Promise<void> => {
  if (before === after) return;
  if (after === undefined) await context.call('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  else await context.call('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: after });
};

export const lambdaFunction: ResourceProvider = {
  type: 'AWS::Lambda::Function',
  properties: [
    ...configured,
    ...numbers,
    'Architectures',
    'Code',
    'FunctionName',
    'PackageType',
    'RecursiveLoop',
    'ReservedConcurrentExecutions',
    'RuntimeManagementConfig',
    'Tags',
  ],
  attributes: ['Arn', 'SnapStartResponse', 'SnapStartResponse.ApplyOn', 'SnapStartResponse.OptimizationStatus'],
  replacedBy: ['FunctionName', 'PackageType'],
  create: async (context, properties) => {
    const FunctionName = text(properties, 'FunctionName') ?? context.name();
    const { FunctionArn } = await context.call<{ FunctionArn: string }>('lambda', 'CreateFunction', {
      FunctionName,
      Code: properties.Code,
      ...configuration(properties),
      ...pick(properties, 'Architectures', 'PackageType'),
      ...(properties.Tags === undefined ? {} : { Tags: tagRecord(properties) }),
    });
    context.made(FunctionName);
    await bringConcurrency(context, FunctionName, undefined, number(properties, 'ReservedConcurrentExecutions'));
    return { physicalId: FunctionName, attributes: { Arn: FunctionArn } };
  },
  update: async (context, { before, properties, changed }) => {
    const FunctionName = before.physicalId;
    if (changed.has('Code') || changed.has('Architectures'))
      await context.call('lambda', 'UpdateFunctionCode', {
        FunctionName,
        ...(isObject(properties.Code) ? properties.Code : {}),
        ...pick(properties, 'Architectures'),
      });
    const changes = [...configured, ...numbers].filter((name) => changed.has(name));
    if (changes.length > 0) {
      const all: JsonObject = { ...removed, ...configuration(properties) };
      await context.call('lambda', 'UpdateFunctionConfiguration', { FunctionName, ...pick(all, ...changes) });
    }
    await bringConcurrency(
      context,
      FunctionName,
      number(before.properties, 'ReservedConcurrentExecutions'),
      number(properties, 'ReservedConcurrentExecutions'),
    );
    if (changed.has('Tags') && list(properties, 'Tags').length > 0)
      await context.call('lambda', 'TagResource', { Resource: before.attributes.Arn, Tags: tagRecord(properties) });
    return before;
  },
  delete: async (context, existing) => {
    await context.call('lambda', 'DeleteFunction', { FunctionName: existing.physicalId });
  },
};

import { type Broken, constraints } from './errors.ts';

/** What the service model of EventBridge says of a member. */
interface Constraint {
  readonly required?: true;
  /** Of a text, its length; of a number, the number; of a list, how many items. */
  readonly min?: number;
  readonly max?: number;
  /** As the model spells it, which is how errors quote it. The whole text must match. */
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  readonly items?: Constraint;
  readonly members?: Members;
}

type Members = Readonly<Record<string, Constraint>>;

const namePattern = '[\\.\\-_A-Za-z0-9]+';
const busPattern = '[/\\.\\-_A-Za-z0-9]+';
const busOrArnPattern = '(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[/\\.\\-_A-Za-z0-9]+';

const name: Constraint = { pattern: namePattern, min: 1, max: 64 };
const requiredName: Constraint = { ...name, required: true };
const arn: Constraint = { min: 1, max: 1600 };
const requiredArn: Constraint = { ...arn, required: true };
const busOrArn: Constraint = { pattern: busOrArnPattern, min: 1, max: 1600 };
const description: Constraint = { max: 512 };
const kmsKey: Constraint = { pattern: '^[a-zA-Z0-9_\\-/:]*$', max: 2048 };
const tags: Constraint = {
  items: { members: { Key: { required: true, min: 1, max: 128 }, Value: { required: true, max: 256 } } },
};
const pages: Members = { NextToken: { min: 1, max: 2048 }, Limit: { min: 1, max: 100 } };
const onRule: Members = { Name: requiredName, EventBusName: busOrArn };
const busSettings: Members = {
  Description: description,
  KmsKeyIdentifier: kmsKey,
  DeadLetterConfig: { members: { Arn: arn } },
  LogConfig: {
    members: { IncludeDetail: { oneOf: ['NONE', 'FULL'] }, Level: { oneOf: ['OFF', 'ERROR', 'INFO', 'TRACE'] } },
  },
};
const authorizationType: Constraint = { oneOf: ['BASIC', 'OAUTH_CLIENT_CREDENTIALS', 'API_KEY'] };

const requests: Readonly<Record<string, Members>> = {
  CreateConnection: {
    Name: requiredName,
    Description: description,
    AuthorizationType: { ...authorizationType, required: true },
    KmsKeyIdentifier: kmsKey,
  },
  CreateEventBus: { Name: { required: true, pattern: busPattern, min: 1, max: 256 }, ...busSettings, Tags: tags },
  DeauthorizeConnection: { Name: requiredName },
  DeleteConnection: { Name: requiredName },
  DeleteEventBus: { Name: { required: true, pattern: busPattern, min: 1, max: 256 } },
  DeleteRule: onRule,
  DescribeConnection: { Name: requiredName },
  DescribeEventBus: { Name: busOrArn },
  DescribeRule: onRule,
  DisableRule: onRule,
  EnableRule: onRule,
  ListConnections: { NamePrefix: name, ...pages },
  ListEventBuses: { NamePrefix: { pattern: busPattern, min: 1, max: 256 }, ...pages },
  ListRuleNamesByTarget: { TargetArn: requiredArn, EventBusName: busOrArn, ...pages },
  ListRules: { NamePrefix: name, EventBusName: busOrArn, ...pages },
  ListTagsForResource: { ResourceARN: requiredArn },
  ListTargetsByRule: { Rule: requiredName, EventBusName: busOrArn, ...pages },
  PutPermission: {
    EventBusName: { pattern: namePattern, min: 1, max: 256 },
    Action: { pattern: 'events:[a-zA-Z]+', min: 1, max: 64 },
    Principal: { pattern: '(\\d{12}|\\*)', min: 1, max: 12 },
    StatementId: { pattern: '[a-zA-Z0-9-_]+', min: 1, max: 64 },
  },
  PutRule: {
    Name: requiredName,
    ScheduleExpression: { max: 256 },
    EventPattern: { max: 4096 },
    State: { oneOf: ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] },
    Description: description,
    RoleArn: arn,
    EventBusName: busOrArn,
    Tags: tags,
  },
  PutTargets: {
    Rule: requiredName,
    EventBusName: busOrArn,
    Targets: {
      required: true,
      min: 1,
      max: 100,
      items: {
        members: {
          Id: requiredName,
          Arn: requiredArn,
          RoleArn: arn,
          Input: { max: 8192 },
          InputPath: { max: 256 },
          InputTransformer: { members: { InputTemplate: { required: true, min: 1, max: 8192 } } },
          EcsParameters: {
            members: {
              TaskDefinitionArn: requiredArn,
              TaskCount: { min: 1 },
              LaunchType: { oneOf: ['EC2', 'FARGATE', 'EXTERNAL'] },
            },
          },
          SqsParameters: { members: { MessageGroupId: { max: 100 } } },
          DeadLetterConfig: { members: { Arn: arn } },
          RetryPolicy: {
            members: {
              MaximumRetryAttempts: { min: 0, max: 185 },
              MaximumEventAgeInSeconds: { min: 60, max: 86_400 },
            },
          },
        },
      },
    },
  },
  RemovePermission: {
    StatementId: { pattern: '[a-zA-Z0-9-_]+', min: 1, max: 64 },
    EventBusName: { pattern: namePattern, min: 1, max: 256 },
  },
  RemoveTargets: {
    Rule: requiredName,
    EventBusName: busOrArn,
    Ids: { required: true, min: 1, max: 100, items: name },
  },
  TagResource: { ResourceARN: requiredArn, Tags: { ...tags, required: true } },
  TestEventPattern: { EventPattern: { required: true, max: 4096 }, Event: { required: true } },
  UntagResource: { ResourceARN: requiredArn, TagKeys: { required: true, items: { min: 1, max: 128 } } },
  UpdateConnection: {
    Name: requiredName,
    Description: description,
    AuthorizationType: authorizationType,
    KmsKeyIdentifier: kmsKey,
  },
  UpdateEventBus: { Name: { pattern: busPattern, min: 1, max: 256 }, ...busSettings },
};

/**
 * What AWS's framework checks before an action looks at its request: all that is wrong, in one error.
 * The limits are those of the service model (API version 2015-10-07).
 * @throws AwsError `ValidationException`
 */
export const checkRequest = (action: string, input: unknown): void => {
  const found = inMembers(requests[action] ?? {}, (input ?? {}) as Readonly<Record<string, unknown>>, '');
  if (found.length > 0) throw constraints(found);
};

const inMembers = (members: Members, input: Readonly<Record<string, unknown>>, path: string): readonly Broken[] =>
  Object.entries(members).flatMap(([member, constraint]) =>
    inValue(constraint, input[member], `${path}${member.charAt(0).toLowerCase()}${member.slice(1)}`),
  );

const inValue = (constraint: Constraint, value: unknown, member: string): readonly Broken[] => {
  const { required, min, max, pattern, oneOf, items, members } = constraint;
  if (value === undefined || value === null)
    return required ? [{ value: undefined, member, rule: 'Member must not be null' }] : [];
  const broken = (rule: string): readonly Broken[] => [{ value: spelled(value), member, rule }];
  const size = typeof value === 'number' ? value : ((value as { readonly length?: number }).length ?? 0);
  const kind = typeof value === 'number' ? 'value' : 'length';
  return [
    ...(oneOf && !oneOf.includes(String(value))
      ? broken(`Member must satisfy enum value set: [${oneOf.join(', ')}]`)
      : []),
    ...(pattern && !new RegExp(`^(?:${pattern})$`).test(String(value))
      ? broken(`Member must satisfy regular expression pattern: ${pattern}`)
      : []),
    ...(max !== undefined && size > max ? broken(`Member must have ${kind} less than or equal to ${max}`) : []),
    ...(min !== undefined && size < min ? broken(`Member must have ${kind} greater than or equal to ${min}`) : []),
    ...(items && Array.isArray(value)
      ? value.flatMap((item: unknown, index) => inValue(items, item, `${member}.${index + 1}.member`))
      : []),
    ...(members ? inMembers(members, value as Readonly<Record<string, unknown>>, `${member}.`) : []),
  ];
};

const spelled = (value: unknown): string =>
  Array.isArray(value) ? `[${value.map(String).join(', ')}]` : String(value);

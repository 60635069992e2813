import type { ServiceName } from '../cloud/service.ts';

/** The name of each service's shape in AWS's models: the part of `X-Amz-Target` before the dot, and of an RPC path. */
export const serviceByShape: Readonly<Record<string, ServiceName>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonEC2ContainerRegistry_V20150921: 'ecr',
  AmazonSQS: 'sqs',
  CodePipeline_20150709: 'codepipeline',
  DynamoDB_20120810: 'dynamodb',
  AWSEvents: 'events',
  GraniteServiceVersion20100801: 'cloudwatch',
  AWSStepFunctions: 'states',
  AmazonSimpleNotificationService: 'sns',
  AmazonSSM: 'ssm',
  ServiceQuotasV20190624: 'servicequotas',
  secretsmanager: 'secretsmanager',
  Logs_20140328: 'logs',
  CloudFormation: 'cloudformation',
  AWSSecurityTokenServiceV20110615: 'sts',
  AWSIdentityManagementV20100508: 'iam',
  ElasticLoadBalancing_v10: 'elasticloadbalancing',
};

export const serviceOfShape = (shape: string): ServiceName | undefined => serviceByShape[shape];

/** Services whose older clients know errors by another name, which the answer carries in `x-amzn-query-error`. */
export const queryCompatible: ReadonlySet<ServiceName> = new Set(['sqs', 'cloudwatch']);

/** Members that the models declare as blobs. JSON and form bodies carry those as base64 text. */
const blobMembers: Readonly<Partial<Record<ServiceName, ReadonlySet<string>>>> = {
  dynamodb: new Set(['B', 'BS']),
  sns: new Set(['BinaryValue']),
  sqs: new Set(['BinaryValue', 'BinaryListValues']),
  secretsmanager: new Set(['SecretBinary']),
  ecr: new Set(['layerPartBlob']),
  lambda: new Set(['ZipFile']),
};

const toBytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** Turns base64 text into bytes wherever the service's model says blob; everything else stays as it is. */
export const readBlobs = (service: ServiceName, value: unknown): unknown => {
  const members = blobMembers[service];
  return members ? walk(members, value) : value;
};

const walk = (members: ReadonlySet<string>, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => walk(members, item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (!members.has(name)) return [name, walk(members, member)];
      if (typeof member === 'string') return [name, toBytes(member)];
      // A list of blobs; but a map may have a key that is named like the member, and then holds objects.
      if (Array.isArray(member) && member.every((item) => typeof item === 'string')) return [name, member.map(toBytes)];
      return [name, walk(members, member)];
    }),
  );
};

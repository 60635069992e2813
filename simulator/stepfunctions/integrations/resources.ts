/** How a task waits for its service's work: not at all, for a job's end, or for somebody who holds its token. */
export type WaitPattern = 'request-response' | 'sync' | 'wait-for-task-token';

/** A task's `Resource`, taken apart. */
export type TaskResource =
  | { readonly kind: 'lambda-function'; readonly functionArn: string }
  | {
      readonly kind: 'service';
      /** As events show it: `lambda`, `aws-sdk:ecs`. */
      readonly resourceType: string;
      /** As events show it: `invoke.waitForTaskToken`, `updateService`. */
      readonly resource: string;
      /** Without the suffix that says how to wait. */
      readonly api: string;
      readonly pattern: WaitPattern;
    };

/** The optimized integrations that the simulator has, with the ways in which each may wait. */
export const optimizedIntegrations: Readonly<Record<string, readonly string[]>> = {
  'lambda:invoke': ['', 'waitForTaskToken'],
  'dynamodb:getItem': [''],
  'dynamodb:putItem': [''],
  'dynamodb:updateItem': [''],
  'dynamodb:deleteItem': [''],
  'events:putEvents': ['', 'waitForTaskToken'],
  'sns:publish': ['', 'waitForTaskToken'],
  'sqs:sendMessage': ['', 'waitForTaskToken'],
  'states:startExecution': ['', 'sync', 'sync:2', 'waitForTaskToken'],
  'ecs:runTask': ['', 'sync', 'waitForTaskToken'],
};

/** Services of the simulator by the name that `aws-sdk` resources use. */
export const sdkServices = [
  'cloudformation',
  'cloudwatch',
  'cloudwatchlogs',
  'codepipeline',
  'dynamodb',
  'ec2',
  'ecr',
  'ecs',
  'elasticloadbalancingv2',
  'eventbridge',
  'iam',
  'lambda',
  'secretsmanager',
  'servicequotas',
  'sfn',
  'sns',
  'sqs',
  'ssm',
  'sts',
] as const;

export type SdkServiceName = (typeof sdkServices)[number];

const functionArn = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[^.]+$/;
const sdkResource = /^arn:aws[a-z-]*:states:::aws-sdk:([a-z0-9]+):([A-Za-z0-9]+)(?:\.(waitForTaskToken))?$/;
const optimizedResource = /^arn:aws[a-z-]*:states:::([a-z]+):([A-Za-z]+)(?:\.(sync|sync:2|waitForTaskToken))?$/;

/** @returns undefined for a resource that no file of this folder runs. */
export const parseResource = (arn: string): TaskResource | undefined => {
  if (functionArn.test(arn)) return { kind: 'lambda-function', functionArn: arn };
  const sdk = sdkResource.exec(arn);
  if (sdk) {
    const [, service = '', api = '', suffix] = sdk;
    if (!(sdkServices as readonly string[]).includes(service)) return undefined;
    return serviceResource(`aws-sdk:${service}`, api, suffix);
  }
  const [, service = '', api = '', suffix] = optimizedResource.exec(arn) ?? [];
  const suffixes = optimizedIntegrations[`${service}:${api}`];
  return suffixes?.includes(suffix ?? '') ? serviceResource(service, api, suffix) : undefined;
};

export const isIntegration = (arn: string): boolean => parseResource(arn) !== undefined;

const serviceResource = (resourceType: string, api: string, suffix: string | undefined): TaskResource => ({
  kind: 'service',
  resourceType,
  resource: suffix === undefined ? api : `${api}.${suffix}`,
  api,
  pattern: suffix === undefined ? 'request-response' : suffix === 'waitForTaskToken' ? 'wait-for-task-token' : 'sync',
});

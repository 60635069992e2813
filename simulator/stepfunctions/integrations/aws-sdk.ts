import type { ServiceName } from '../../cloud/service.ts';
import type { Json } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { parsePayload } from './lambda-payload.ts';
import type { SdkServiceName } from './resources.ts';
import { fromApi, toApiCase } from './sdk-case.ts';
import type { ErrorStyle } from './service-errors.ts';

interface SdkService {
  readonly service: ServiceName;
  /** The service's name in the Java SDK 2, in errors. */
  readonly client: string;
  /** Whether the service's API names its members in camelCase. */
  readonly camelCase: boolean;
  readonly models: readonly string[];
}

const service = (name: ServiceName, client: string, camelCase = false, models: readonly string[] = []): SdkService => ({
  service: name,
  client,
  camelCase,
  models,
});

const services: Readonly<Record<SdkServiceName, SdkService>> = {
  cloudformation: service('cloudformation', 'CloudFormation'),
  cloudwatch: service('cloudwatch', 'CloudWatch', false, ['ValidationException']),
  cloudwatchlogs: service('logs', 'CloudWatchLogs', true, [
    'AccessDeniedException',
    'ThrottlingException',
    'ValidationException',
  ]),
  codepipeline: service('codepipeline', 'CodePipeline', true),
  dynamodb: service('dynamodb', 'DynamoDb', false, [
    'InternalServerError',
    'RequestLimitExceeded',
    'ThrottlingException',
  ]),
  ec2: service('ec2', 'Ec2'),
  ecr: service('ecr', 'Ecr', true, ['ValidationException']),
  ecs: service('ecs', 'Ecs', true, ['AccessDeniedException']),
  elasticloadbalancingv2: service('elasticloadbalancing', 'ElasticLoadBalancingV2'),
  eventbridge: service('events', 'EventBridge', false, ['AccessDeniedException', 'ThrottlingException']),
  iam: service('iam', 'Iam'),
  lambda: service('lambda', 'Lambda'),
  secretsmanager: service('secretsmanager', 'SecretsManager'),
  servicequotas: service('servicequotas', 'ServiceQuotas'),
  sfn: service('states', 'Sfn', true, ['ValidationException']),
  sns: service('sns', 'Sns'),
  sqs: service('sqs', 'Sqs'),
  ssm: service('ssm', 'Ssm', false, [
    'AccessDeniedException',
    'InternalServerError',
    'ThrottlingException',
    'ValidationException',
  ]),
  sts: service('sts', 'Sts'),
};

/** `arn:aws:states:::aws-sdk:<service>:<action>`: any action, with PascalCase parameters whatever the API's own case. */
export const awsSdk = (name: SdkServiceName, api: string): Integration => {
  const target = services[name];
  const style: ErrorStyle = {
    prefix: target.client,
    generic: `${target.client}Exception`,
    service: target.client,
    generation: 2,
    models: target.models,
  };
  const action = api.charAt(0).toUpperCase() + api.slice(1);
  const invokes = name === 'lambda' && action === 'Invoke';
  return {
    request: async (run: TaskRun): Promise<Json> => {
      const input = target.camelCase ? toApiCase(run.arguments) : run.arguments;
      const answer = await callService(run, target.service, action, invokes ? encodePayload(input) : input, style);
      const output = fromApi(answer, target.camelCase);
      return invokes ? decodePayload(output) : output;
    },
  };
};

const encodePayload = (input: Json): unknown => {
  const { Payload: payload, ...rest } = input as { Payload?: Json };
  if (payload === undefined) return rest;
  return {
    ...rest,
    Payload: new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  };
};

const decodePayload = (output: Json): Json => {
  const { Payload: payload, ...rest } = output as { Payload?: Json };
  return payload === undefined ? rest : { ...rest, Payload: parsePayload(String(payload)) };
};

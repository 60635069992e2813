import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as codepipeline from '@aws-sdk/client-codepipeline';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as events from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as secretsManager from '@aws-sdk/client-secrets-manager';
import * as serviceQuotas from '@aws-sdk/client-service-quotas';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import { AwsError } from '../../simulator/cloud/aws-error.ts';
import type { Cloud } from '../../simulator/cloud/cloud.ts';
import { copied } from '../../simulator/cloud/copied.ts';
import type { ApiCall, Caller, ServiceName } from '../../simulator/cloud/service.ts';
import type { Fate, FunctionCall } from './interference.ts';

/**
 * The seam of virtual time: plain service clients whose `send` is answered by the simulator in this process. Handlers
 * and adapters cannot tell the difference: commands are the SDK's, and so are the exception classes.
 */

const services = {
  cloudwatch: { name: 'cloudwatch', module: cloudwatch },
  codepipeline: { name: 'codepipeline', module: codepipeline },
  dynamodb: { name: 'dynamodb', module: dynamodb },
  ec2: { name: 'ec2', module: ec2 },
  ecr: { name: 'ecr', module: ecr },
  ecs: { name: 'ecs', module: ecs },
  events: { name: 'events', module: events },
  iam: { name: 'iam', module: iam },
  logs: { name: 'logs', module: logs },
  secretsManager: { name: 'secretsmanager', module: secretsManager },
  serviceQuotas: { name: 'servicequotas', module: serviceQuotas },
  sfn: { name: 'states', module: sfn },
  sns: { name: 'sns', module: sns },
  sqs: { name: 'sqs', module: sqs },
  ssm: { name: 'ssm', module: ssm },
} as const satisfies Record<string, { name: ServiceName; module: object }>;

export type ClientName = keyof typeof services;

export interface VirtualClient {
  // The SDK's `send` is overloaded for each command; the composition root casts to the client's own type.
  readonly send: (command: SdkCommand, options?: { readonly abortSignal?: AbortSignal }) => Promise<never>;
}

interface SdkCommand {
  readonly input: unknown;
}

/** The SDK's standard retry mode: three attempts, for throttling and for faults of the service. */
const attemptsMax = 3;
const throttlingCodes = new Set(['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestThrottled']);

/** What stands between the clients of one process and AWS. Its answer may have killed the process. */
export interface Gate {
  readonly fateOf: (call: SentCall) => Fate | undefined;
  readonly onEffect: (call: SentCall, answer: unknown) => void;
}

export type SentCall = Pick<FunctionCall, 'service' | 'action' | 'input'>;

/** Clients of one caller. `alive` turns false when the process that holds them has died: its calls then never return. */
export const virtualClients = (
  cloud: Cloud,
  caller: () => Caller,
  alive: () => boolean,
  gate?: Gate,
): Readonly<Record<ClientName, VirtualClient>> => {
  const client = (key: ClientName): VirtualClient => ({
    send: (command, options) =>
      send(cloud, key, caller(), alive, command, options?.abortSignal, gate) as Promise<never>,
  });
  return {
    cloudwatch: client('cloudwatch'),
    codepipeline: client('codepipeline'),
    dynamodb: client('dynamodb'),
    ec2: client('ec2'),
    ecr: client('ecr'),
    ecs: client('ecs'),
    events: client('events'),
    iam: client('iam'),
    logs: client('logs'),
    secretsManager: client('secretsManager'),
    serviceQuotas: client('serviceQuotas'),
    sfn: client('sfn'),
    sns: client('sns'),
    sqs: client('sqs'),
    ssm: client('ssm'),
  };
};

const never = new Promise<never>(() => undefined);

const send = async (
  cloud: Cloud,
  key: ClientName,
  caller: Caller,
  alive: () => boolean,
  command: SdkCommand,
  signal: AbortSignal | undefined,
  gate: Gate | undefined,
): Promise<unknown> => {
  const action = actionOf(command);
  const { name } = services[key];
  for (let attempt = 1; ; attempt += 1) {
    await latency(cloud, name);
    if (!alive()) return never;
    if (signal?.aborted) throw abortError();
    if (!cloud.reaches(caller)) return unanswered(cloud, alive);
    try {
      const call = { service: name, action, input: copied(command.input), caller, signal };
      const output = gate ? await throughGate(cloud, gate, call) : await cloud.dispatcher.call(call);
      if (!alive()) return never;
      if (signal?.aborted) throw abortError();
      // What was asked for is done; its answer is lost on a link that was cut meanwhile.
      if (!cloud.reaches(caller)) return unanswered(cloud, alive);
      await latency(cloud, name);
      if (!alive()) return never;
      return { ...(copied(output) as object), $metadata: { httpStatusCode: 200, attempts: attempt } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (!alive()) return never;
      const retryable = throttlingCodes.has(error.code) || error.status >= 500;
      if (!retryable || error.code === 'NotModelledException' || attempt >= attemptsMax)
        throw sdkError(key, error, attempt);
      // Full jitter up to 100 ms * 2^attempt, as the SDK does.
      const delayMs = cloud.kernel.draw('sdk-retry') * 100 * 2 ** attempt;
      await new Promise<void>((resolve) => void cloud.kernel.after(delayMs, 'sdk-retry', resolve));
    }
  }
};

/** How long a call waits on a cut link before the client gives up: a connection time-out of a few seconds. */
const unansweredMs = 5_000;

const unanswered = async (cloud: Cloud, alive: () => boolean): Promise<never> => {
  await new Promise<void>((resolve) => void cloud.kernel.after(unansweredMs, 'unanswered', resolve));
  if (!alive()) return never;
  throw Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' });
};

const throughGate = async (cloud: Cloud, gate: Gate, call: ApiCall): Promise<unknown> => {
  const fate = gate.fateOf(call);
  if (fate?.kind === 'killed-before') return never;
  if (fate?.kind === 'refused') throw fate.error;
  if (fate?.kind === 'stale') return fate.answer;
  if (fate?.kind === 'killed-and-late')
    await new Promise<void>((resolve) => void cloud.kernel.after(fate.lateMs, 'late-call', resolve));
  const answer = await cloud.dispatcher.call(call);
  gate.onEffect(call, answer);
  if (fate?.kind === 'answer-lost') throw fate.error;
  return answer;
};

const actions = new WeakMap<object, string>();

const actionOf = (command: SdkCommand): string => {
  const kind = command.constructor;
  let action = actions.get(kind);
  if (action === undefined) {
    action = kind.name.replace(/Command$/, '');
    actions.set(kind, action);
  }
  return action;
};

/** Half of a call's answering time: 5 to 15 ms each way. */
const latency = (cloud: Cloud, service: string): Promise<void> =>
  new Promise((resolve) => {
    cloud.kernel.after(5 + 10 * cloud.kernel.draw(`latency/${service}`), 'network', resolve);
  });

const abortError = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' });

/** The SDK's own exception class where the service's model has one, its generic service exception otherwise. */
const sdkError = (key: ClientName, error: AwsError, attempts: number): Error => {
  const exports = services[key].module as Readonly<Record<string, unknown>>;
  const options = { message: error.message, $metadata: { httpStatusCode: error.status, attempts } };
  const known = exports[error.code];
  if (isErrorClass(known)) return Object.assign(new known(options), error.fields);
  const generic = Object.values(exports).find(
    (value) =>
      isErrorClass(value) &&
      /ServiceException$/.test(value.name) &&
      Object.getPrototypeOf(value).name === 'ServiceException',
  );
  const Base = (isErrorClass(generic) ? generic : Error) as SdkErrorClass;
  return Object.assign(
    new Base({ ...options, name: error.code, $fault: error.status >= 500 ? 'server' : 'client' }),
    { name: error.code },
    error.fields,
  );
};

type SdkErrorClass = new (options: object) => Error;
const isErrorClass = (value: unknown): value is SdkErrorClass =>
  typeof value === 'function' && (value === Error || value.prototype instanceof Error);

import type { CreateFunctionRequest, UpdateFunctionConfigurationRequest } from '@aws-sdk/client-lambda';
import { AwsError, notModelled } from '../cloud/aws-error.ts';
import type { FunctionSettings } from './model.ts';

type Request = CreateFunctionRequest | UpdateFunctionConfigurationRequest;

const invalid = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

/** The settings after a request; what it leaves out stays as it was, or gets AWS's default. @throws AwsError */
export const settingsAfter = (
  name: string,
  before: FunctionSettings | undefined,
  request: Request,
  code: Pick<FunctionSettings, 'codePath' | 'codeSha256'>,
): FunctionSettings => {
  refuse(request);
  const timeoutSeconds = request.Timeout ?? before?.timeoutSeconds ?? 3;
  const memoryMb = request.MemorySize ?? before?.memoryMb ?? 128;
  if (timeoutSeconds < 1 || timeoutSeconds > 900)
    throw constraint(
      timeoutSeconds,
      'timeout',
      `Member must have value ${timeoutSeconds < 1 ? 'greater than or equal to 1' : 'less than or equal to 900'}`,
    );
  if (memoryMb < 128 || memoryMb > 10_240)
    throw constraint(
      memoryMb,
      'memorySize',
      `Member must have value ${memoryMb < 128 ? 'greater than or equal to 128' : 'less than or equal to 10240'}`,
    );
  const environment = { ...(request.Environment ? request.Environment.Variables : before?.environment) };
  for (const key of Object.keys(environment)) {
    if (reserved.has(key))
      throw invalid(
        `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${key}`,
      );
  }
  const handler = request.Handler ?? before?.handler;
  const runtime = request.Runtime ?? before?.runtime;
  if (!handler || !runtime)
    throw invalid('Runtime and Handler are mandatory parameters for functions created with deployment packages.');
  if (!runtime.startsWith('nodejs')) throw notModelled(`the Lambda runtime ${runtime}`);
  return {
    handler,
    runtime,
    roleArn: request.Role ?? before?.roleArn ?? '',
    description: request.Description ?? before?.description ?? '',
    timeoutSeconds,
    memoryMb,
    environment,
    codePath: code.codePath,
    codeSha256: code.codeSha256,
    architectures: ('Architectures' in request ? request.Architectures : undefined) ??
      before?.architectures ?? ['x86_64'],
    tracingMode: request.TracingConfig?.Mode ?? before?.tracingMode ?? 'PassThrough',
    ephemeralStorageMb: request.EphemeralStorage?.Size ?? before?.ephemeralStorageMb ?? 512,
    logGroup: request.LoggingConfig?.LogGroup ?? before?.logGroup ?? `/aws/lambda/${name}`,
    logFormat: request.LoggingConfig?.LogFormat ?? before?.logFormat ?? 'Text',
    vpc: request.VpcConfig ?? before?.vpc,
  };
};

/** Environment variables that Lambda sets itself. */
const reserved = new Set(
  (
    'AWS_REGION AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_VERSION ' +
    'AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME AWS_LAMBDA_INITIALIZATION_TYPE ' +
    'AWS_LAMBDA_RUNTIME_API AWS_ACCESS_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LAMBDA_TASK_ROOT ' +
    'LAMBDA_RUNTIME_DIR _HANDLER'
  ).split(' '),
);

/** What would change how a function runs and is not modelled is refused by name. */
const refuse = (request: Request): void => {
  if (request.DeadLetterConfig?.TargetArn) throw notModelled('dead-letter queues of functions');
  if (request.Layers?.length) throw notModelled('Lambda layers');
  if (request.FileSystemConfigs?.length) throw notModelled('file systems of functions');
  if (request.SnapStart?.ApplyOn && request.SnapStart.ApplyOn !== 'None') throw notModelled('Lambda SnapStart');
  if (request.ImageConfig) throw notModelled('functions from images');
  if ('PackageType' in request && request.PackageType === 'Image') throw notModelled('functions from images');
  if ('DurableConfig' in request && request.DurableConfig) throw notModelled('durable functions');
};

const constraint = (value: number, member: string, rule: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );

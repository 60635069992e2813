import { createHash } from 'node:crypto';
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { AwsError } from '../cloud/aws-error.ts';
import type { CredentialIssuer, FunctionHost, FunctionSpec } from '../cloud/ports.ts';
import type { ActionDefinition, PolicyDocument, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { addPermission } from './actions/add-permission.ts';
import { createAlias } from './actions/create-alias.ts';
import { createFunction } from './actions/create-function.ts';
import { deleteAlias } from './actions/delete-alias.ts';
import { deleteFunction } from './actions/delete-function.ts';
import { deleteFunctionConcurrency } from './actions/delete-function-concurrency.ts';
import { deleteFunctionEventInvokeConfig } from './actions/delete-function-event-invoke-config.ts';
import { getAlias } from './actions/get-alias.ts';
import { getFunction } from './actions/get-function.ts';
import { getFunctionConcurrency } from './actions/get-function-concurrency.ts';
import { getFunctionConfiguration } from './actions/get-function-configuration.ts';
import { getFunctionEventInvokeConfig } from './actions/get-function-event-invoke-config.ts';
import { getPolicy } from './actions/get-policy.ts';
import { invoke } from './actions/invoke.ts';
import { listAliases } from './actions/list-aliases.ts';
import { listFunctions } from './actions/list-functions.ts';
import { listTags } from './actions/list-tags.ts';
import { listVersionsByFunction } from './actions/list-versions-by-function.ts';
import { publishVersion } from './actions/publish-version.ts';
import { putFunctionConcurrency } from './actions/put-function-concurrency.ts';
import { putFunctionEventInvokeConfig } from './actions/put-function-event-invoke-config.ts';
import { removePermission } from './actions/remove-permission.ts';
import { tagResource } from './actions/tag-resource.ts';
import { updateAlias } from './actions/update-alias.ts';
import { updateFunctionCode } from './actions/update-function-code.ts';
import { updateFunctionConfiguration } from './actions/update-function-configuration.ts';
import { EnvironmentPool } from './environment-pool.ts';
import { splitFunctionName } from './function-names.ts';
import { Invoker } from './invoker.ts';
import type { FunctionSettings, FunctionVersion, LambdaFunction, Resolved } from './model.ts';

export interface LambdaPorts {
  readonly host: FunctionHost;
  readonly credentials: CredentialIssuer;
  /** The folder that holds the code of an asset; undefined when there is no such object. */
  readonly code: (bucket: string, key: string) => string | undefined;
}

/** AWS Lambda: functions from assets, versions, aliases and permissions; runs them through the host. */
export class LambdaService implements SimulatedService {
  readonly name = 'lambda';
  readonly ctx: ServiceContext;
  readonly ports: LambdaPorts;
  readonly functions = new Map<string, LambdaFunction>();
  readonly invoker: Invoker;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<LambdaService, any, any>>> = {
    AddPermission: addPermission,
    CreateAlias: createAlias,
    CreateFunction: createFunction,
    DeleteAlias: deleteAlias,
    DeleteFunction: deleteFunction,
    DeleteFunctionConcurrency: deleteFunctionConcurrency,
    DeleteFunctionEventInvokeConfig: deleteFunctionEventInvokeConfig,
    GetAlias: getAlias,
    GetFunction: getFunction,
    GetFunctionConcurrency: getFunctionConcurrency,
    GetFunctionConfiguration: getFunctionConfiguration,
    GetFunctionEventInvokeConfig: getFunctionEventInvokeConfig,
    GetPolicy: getPolicy,
    Invoke: invoke,
    ListAliases: listAliases,
    ListFunctions: listFunctions,
    ListTags: listTags,
    ListVersionsByFunction: listVersionsByFunction,
    PublishVersion: publishVersion,
    PutFunctionConcurrency: putFunctionConcurrency,
    PutFunctionEventInvokeConfig: putFunctionEventInvokeConfig,
    RemovePermission: removePermission,
    TagResource: tagResource,
    UpdateAlias: updateAlias,
    UpdateFunctionCode: updateFunctionCode,
    UpdateFunctionConfiguration: updateFunctionConfiguration,
  };

  constructor(ctx: ServiceContext, ports: LambdaPorts) {
    this.ctx = ctx;
    this.ports = ports;
    this.invoker = new Invoker(ctx);
  }

  arnOf(name: string): string {
    return `arn:aws:lambda:${this.ctx.region}:${this.ctx.accountId}:function:${name}`;
  }

  /** The ARN that IAM is asked about, existing or not. */
  arnOfGiven(functionName: string | undefined, qualifier?: string): string {
    const split = splitFunctionName(functionName ?? '');
    const effective = qualifier ?? split.qualifier;
    return effective ? `${this.arnOf(split.name)}:${effective}` : this.arnOf(split.name);
  }

  /** @throws AwsError */
  function(functionName: string | undefined): LambdaFunction {
    const { name } = splitFunctionName(functionName ?? '');
    const fn = this.functions.get(name);
    if (!fn) throw notFound(this.arnOf(name));
    return fn;
  }

  /** The version that a name and a qualifier mean. @throws AwsError */
  resolve(functionName: string | undefined, given?: string): Resolved {
    const split = splitFunctionName(functionName ?? '');
    if (given && split.qualifier && given !== split.qualifier)
      throw new AwsError(
        'InvalidParameterValueException',
        'The derived qualifier from the function name does not match the specified qualifier.',
      );
    const qualifier = given ?? split.qualifier;
    const arn = this.arnOfGiven(functionName, given);
    const fn = this.functions.get(split.name);
    if (!fn) throw notFound(arn);
    const number = qualifier === undefined ? '$LATEST' : (fn.aliases.get(qualifier)?.functionVersion ?? qualifier);
    const version = number === '$LATEST' ? fn.latest : fn.published.get(number);
    if (!version) throw notFound(arn);
    return { fn, version, qualifier, arn };
  }

  /** The resource policy of what a call means: each qualifier has its own. */
  policyOf(functionName: string | undefined, given?: string): PolicyDocument | undefined {
    const split = splitFunctionName(functionName ?? '');
    const statements = this.functions.get(split.name)?.policies.get(given ?? split.qualifier ?? '');
    return statements?.length ? { Version: '2012-10-17', Statement: structuredClone(statements) } : undefined;
  }

  /** The folder of a function's code, and a stand-in for its hash: the asset's name is one. @throws AwsError */
  locateCode(code: { readonly S3Bucket?: string; readonly S3Key?: string }): {
    readonly codePath: string;
    readonly codeSha256: string;
  } {
    const path = this.ports.code(code.S3Bucket ?? '', code.S3Key ?? '');
    if (path === undefined)
      throw new AwsError(
        'InvalidParameterValueException',
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
      );
    return {
      codePath: path,
      codeSha256: createHash('sha256')
        .update(code.S3Key ?? '')
        .digest('base64'),
    };
  }

  makeVersion(name: string, version: string, settings: FunctionSettings): FunctionVersion {
    const spec: FunctionSpec = {
      name,
      arn: version === '$LATEST' ? this.arnOf(name) : `${this.arnOf(name)}:${version}`,
      handler: settings.handler,
      codePath: settings.codePath,
      environment: {
        ...settings.environment,
        AWS_REGION: this.ctx.region,
        AWS_DEFAULT_REGION: this.ctx.region,
        AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
        AWS_LAMBDA_FUNCTION_NAME: name,
        AWS_LAMBDA_FUNCTION_VERSION: version,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
        AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        LAMBDA_TASK_ROOT: '/var/task',
        _HANDLER: settings.handler,
      },
      timeoutSeconds: settings.timeoutSeconds,
      memoryMb: settings.memoryMb,
      roleArn: settings.roleArn,
      logGroup: settings.logGroup,
    };
    return {
      version,
      settings,
      pool: new EnvironmentPool(this.ctx, this.ports, spec, version),
      modifiedMs: this.ctx.kernel.now(),
      revisionId: this.ctx.kernel.uuid('lambda-revision'),
    };
  }

  /** Replaces `$LATEST`; environments with the old code or settings take no further invocation. */
  replaceLatest(fn: LambdaFunction, settings: FunctionSettings): void {
    fn.latest.pool.close();
    fn.latest = this.makeVersion(fn.name, '$LATEST', settings);
  }

  /** A version as AWS answers it. */
  view(fn: LambdaFunction, version: FunctionVersion, arn?: string): FunctionConfiguration {
    const { settings } = version;
    const qualified = version.version === '$LATEST' ? fn.arn : `${fn.arn}:${version.version}`;
    return {
      FunctionName: fn.name,
      FunctionArn: arn ?? qualified,
      Runtime: settings.runtime as FunctionConfiguration['Runtime'],
      Role: settings.roleArn,
      Handler: settings.handler,
      CodeSize: 0,
      Description: settings.description,
      Timeout: settings.timeoutSeconds,
      MemorySize: settings.memoryMb,
      LastModified: new Date(version.modifiedMs).toISOString().replace('Z', '+0000'),
      CodeSha256: settings.codeSha256,
      Version: version.version,
      ...(settings.vpc ? { VpcConfig: structuredClone(settings.vpc) } : {}),
      ...(Object.keys(settings.environment).length > 0
        ? { Environment: { Variables: { ...settings.environment } } }
        : {}),
      TracingConfig: { Mode: settings.tracingMode as 'Active' | 'PassThrough' },
      RevisionId: version.revisionId,
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
      Architectures: [...settings.architectures] as FunctionConfiguration['Architectures'],
      EphemeralStorage: { Size: settings.ephemeralStorageMb },
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: settings.logFormat, LogGroup: settings.logGroup },
    };
  }
}

const notFound = (arn: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404, fields: { Type: 'User' } });

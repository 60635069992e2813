import { AwsError } from '../cloud/aws-error.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { isObject, type JsonObject } from './json.ts';
import type {
  Properties,
  PropertyChange,
  Provisioned,
  ResourceContext,
  ResourceProvider,
} from './resource-provider.ts';

/** One hour, unless ServiceTimeout says otherwise (CloudFormation template reference, AWS::CloudFormation::CustomResource). */
const defaultTimeoutSeconds = 3_600;

interface Pending {
  readonly requestId: string;
  readonly resolve: (response: CustomResourceResponse) => void;
}

interface CustomResourceResponse {
  readonly Status?: string;
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: JsonObject;
}

export interface CustomResourceOptions {
  readonly kernel: Kernel;
  /** `http://127.0.0.1:4566`: what the response URLs begin with. */
  readonly responseUrlBase: string;
}

/** Resources that a Lambda function of the user makes: the request goes out by Invoke, the answer comes in by URL. */
export class CustomResources {
  readonly #options: CustomResourceOptions;
  readonly #pending = new Map<string, Pending>();

  constructor(options: CustomResourceOptions) {
    this.#options = options;
  }

  static handles(type: string): boolean {
    return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
  }

  /**
   * Takes the answer that a function put to a response URL.
   * @returns false when nobody waits for it (any more).
   * @throws AwsError `ValidationError` when the body is no JSON object.
   */
  respond(token: string, body: unknown): boolean {
    const pending = this.#pending.get(token);
    if (!pending) return false;
    const response = parseBody(body);
    this.#pending.delete(token);
    pending.resolve(response);
    return true;
  }

  provider(type: string): ResourceProvider {
    return {
      type,
      replacedBy: [],
      check: (change) => {
        if (change.changed.has('ServiceToken'))
          throw new AwsError('ValidationError', 'Modifying service token is not allowed.');
      },
      create: (context, properties) => this.#create(context, properties),
      update: (context, change) => this.#update(context, change),
      delete: async (context, existing) => {
        await this.#request(context, existing.properties, {
          RequestType: 'Delete',
          PhysicalResourceId: existing.physicalId,
          ResourceProperties: stringify(existing.properties),
        });
      },
    };
  }

  async #create(context: ResourceContext, properties: Properties): Promise<Provisioned> {
    // A function that never answers may have made something all the same: it is asked to delete what has this id.
    context.made(context.name());
    const response = await this.#request(context, properties, {
      RequestType: 'Create',
      ResourceProperties: stringify(properties),
    });
    return provisioned(response);
  }

  async #update(context: ResourceContext, change: PropertyChange): Promise<Provisioned> {
    const response = await this.#request(context, change.properties, {
      RequestType: 'Update',
      PhysicalResourceId: change.before.physicalId,
      ResourceProperties: stringify(change.properties),
      OldResourceProperties: stringify(change.before.properties),
    });
    return provisioned(response);
  }

  /** @throws AwsError when the function says FAILED, answers too late, or the operation is cancelled. */
  async #request(
    context: ResourceContext,
    properties: Properties,
    request: JsonObject,
  ): Promise<CustomResourceResponse> {
    const { kernel, responseUrlBase } = this.#options;
    const requestId = kernel.uuid('custom-resource');
    const token = kernel.uuid('custom-resource');
    const serviceToken = String(properties.ServiceToken ?? '');
    const timeoutSeconds = Number(properties.ServiceTimeout ?? defaultTimeoutSeconds);
    const answered = new Promise<CustomResourceResponse>((resolve, reject) => {
      const giveUp = (error: AwsError): void => {
        timer.cancel();
        this.#pending.delete(token);
        reject(error);
      };
      const timer = kernel.after(timeoutSeconds * 1_000, 'custom-resource-timeout', () =>
        giveUp(
          new AwsError(
            'CustomResourceFailed',
            `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
          ),
        ),
      );
      const onAbort = (): void => giveUp(new AwsError('Cancelled', 'Resource operation cancelled'));
      context.signal.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(token, {
        requestId,
        resolve: (response) => {
          timer.cancel();
          context.signal.removeEventListener('abort', onAbort);
          resolve(response);
        },
      });
    });
    // The answer may fail while Invoke is still under way.
    answered.catch(() => undefined);
    try {
      await context.call('lambda', 'Invoke', {
        FunctionName: serviceToken,
        InvocationType: 'Event',
        Payload: new TextEncoder().encode(
          JSON.stringify({
            ...request,
            ServiceToken: serviceToken,
            ResponseURL: `${responseUrlBase}/_cloudformation/response/${token}`,
            StackId: context.stackId,
            RequestId: requestId,
            LogicalResourceId: context.logicalId,
            ResourceType: context.type,
          }),
        ),
      });
    } catch (error) {
      this.#pending.get(token)?.resolve({});
      this.#pending.delete(token);
      throw error;
    }
    const response = await answered;
    if (response.Status !== 'SUCCESS') {
      if (response.PhysicalResourceId && request.RequestType === 'Create') context.made(response.PhysicalResourceId);
      throw new AwsError(
        'CustomResourceFailed',
        `Received response status [FAILED] from custom resource. Message returned: ${response.Reason ?? ''} (RequestId: ${requestId})`,
      );
    }
    return response;
  }
}

const provisioned = (response: CustomResourceResponse): Provisioned => {
  if (!response.PhysicalResourceId) throw new AwsError('CustomResourceFailed', 'Invalid PhysicalResourceId');
  return { physicalId: response.PhysicalResourceId, attributes: response.Data ?? {} };
};

/** CloudFormation hands every scalar to custom resources as text. */
const stringify = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(stringify);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, stringify(item)]));
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
};

const parseBody = (body: unknown): CustomResourceResponse => {
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
  let parsed = text;
  if (typeof text === 'string') {
    try {
      parsed = JSON.parse(text);
    } catch {
      throw new AwsError('ValidationError', 'The response of a custom resource must be JSON.');
    }
  }
  if (!isObject(parsed))
    throw new AwsError('ValidationError', 'The response of a custom resource must be a JSON object.');
  return parsed as CustomResourceResponse;
};

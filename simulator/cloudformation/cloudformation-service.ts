import type { Output, Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../cloud/aws-error.ts';
import type { Caller, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { cancelUpdateStack } from './actions/cancel-update-stack.ts';
import { createStack } from './actions/create-stack.ts';
import { deleteStack } from './actions/delete-stack.ts';
import { describeStackEvents } from './actions/describe-stack-events.ts';
import { describeStackResource } from './actions/describe-stack-resource.ts';
import { describeStackResources } from './actions/describe-stack-resources.ts';
import { describeStacks } from './actions/describe-stacks.ts';
import { getTemplate } from './actions/get-template.ts';
import { listExports } from './actions/list-exports.ts';
import { listImports } from './actions/list-imports.ts';
import { listStackResources } from './actions/list-stack-resources.ts';
import { listStacks } from './actions/list-stacks.ts';
import { updateStack } from './actions/update-stack.ts';
import { CustomResources } from './custom-resource.ts';
import { checkNames, orderResources } from './graph.ts';
import { evaluateCondition, resolveIntrinsics, type Scope } from './intrinsics.ts';
import { isObject, type JsonObject, sameJson } from './json.ts';
import { type ResolvedParameters, resolveParameters } from './parameters.ts';
import type { CallApi, ResourceProvider } from './resource-provider.ts';
import { resourceProviders } from './resources/registry.ts';
import { unknownType } from './resources/unknown-type.ts';
import type { Stack, StackResource, StackResult } from './stack.ts';
import { type OperationHost, outputRecord, StackOperation, type Target } from './stack-operation.ts';
import { loadTemplate, type Template } from './template.ts';
import { formatError, templateError, validationError } from './validation-error.ts';

export interface CloudFormationOptions {
  /** `http://127.0.0.1:4566`: what the response URLs of custom resources begin with. */
  readonly responseUrlBase?: string;
  /** Text of a file asset by bucket and key, for properties that point to one (`DefinitionS3Location`). */
  readonly assets?: (bucket: string, key: string) => string | undefined;
}

export interface DeployRequest {
  readonly stackName: string;
  /** JSON text or the parsed template. */
  readonly template: string | JsonObject;
  /** Those left out keep what they had, or take their default. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
}

/** What a request to create or update a stack says. */
export interface StackRequest {
  readonly template: Template;
  readonly parameters: readonly Parameter[];
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly token: string | undefined;
  readonly disableRollback?: boolean;
}

/** Something of a template that no service here carries out. */
export interface Unmodelled {
  /** A resource type, or a property: `AWS::ECS::Service: VpcLatticeConfigurations`. */
  readonly what: string;
  /** `stack/logicalId` of each place. */
  readonly where: readonly string[];
}

/** Stacks: makes what templates say through the APIs of the other services, and keeps it in step with new templates. */
export class CloudFormationService implements SimulatedService {
  readonly name = 'cloudformation';
  readonly actions = {
    CancelUpdateStack: cancelUpdateStack,
    CreateStack: createStack,
    DeleteStack: deleteStack,
    DescribeStackEvents: describeStackEvents,
    DescribeStackResource: describeStackResource,
    DescribeStackResources: describeStackResources,
    DescribeStacks: describeStacks,
    GetTemplate: getTemplate,
    ListExports: listExports,
    ListImports: listImports,
    ListStackResources: listStackResources,
    ListStacks: listStacks,
    UpdateStack: updateStack,
  };

  readonly ctx: ServiceContext;
  /** Every stack there ever was, oldest first; deleted ones are still found by id. */
  readonly stacks: Stack[] = [];
  readonly #options: CloudFormationOptions;
  readonly #customResources: CustomResources;
  readonly #unmodelled = new Map<string, Set<string>>();
  readonly #metadata = new Map<string, JsonObject>();
  readonly #operations = new Map<string, StackOperation>();
  readonly #host: OperationHost;

  constructor(ctx: ServiceContext, options: CloudFormationOptions = {}) {
    this.ctx = ctx;
    this.#options = options;
    this.#customResources = new CustomResources({
      kernel: ctx.kernel,
      responseUrlBase: options.responseUrlBase ?? 'http://127.0.0.1:4566',
    });
    this.#host = {
      ctx,
      call: this.call,
      provider: (type) => this.#provider(type),
      asset: (bucket, key) => this.#options.assets?.(bucket, key),
      unmodelled: (what, where) => {
        const places = this.#unmodelled.get(what) ?? new Set();
        this.#unmodelled.set(what, places.add(where));
      },
      keepMetadata: (resource) => this.#keepMetadata(resource),
      importValue: (name) => this.importValue(name),
      checkExports: (stack, outputs) => this.#checkExports(stack, outputs),
    };
  }

  /** CloudFormation acts with the permissions of whoever deploys: an administrator. */
  readonly call: CallApi = async <Answer>(service: Parameters<CallApi>[0], action: string, input: unknown) => {
    const caller: Caller = { kind: 'operator', arn: `arn:aws:iam::${this.ctx.accountId}:user/operator` };
    return (await this.ctx.call({ service, action, input, caller })) as Answer;
  };

  /**
   * Creates or updates a stack and waits for the end. A stack left over from a failed create is deleted first.
   * @returns how it ended, failure included; `changed` is false when there was nothing to do.
   * @throws AwsError for a template or parameters that CloudFormation would not start with.
   */
  async deploy(request: DeployRequest): Promise<StackResult> {
    const template = loadTemplate(request.template);
    let stack = this.find(request.stackName);
    if (stack && /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED)$/.test(stack.status)) {
      const deleted = await this.delete(stack, undefined);
      if (!deleted.ok) return deleted;
      stack = undefined;
    }
    const given = request.parameters ?? {};
    const parameters = [
      ...Object.entries(given).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      ...Object.keys(stack?.parameters.given ?? {})
        .filter((key) => given[key] === undefined && template.parameters[key] !== undefined)
        .map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
    ];
    const stackRequest: StackRequest = {
      template,
      parameters,
      tags: Object.entries(request.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      token: undefined,
    };
    if (!stack) return (await this.create(request.stackName, stackRequest)).ended;
    const update = await this.update(stack, stackRequest);
    if (update) return update.ended;
    return {
      stackName: stack.name,
      stackId: stack.id,
      status: stack.status,
      ok: true,
      changed: false,
      outputs: outputRecord(stack.outputs),
      failures: [],
    };
  }

  /**
   * Takes the answer of a custom resource's function.
   * @param token the last part of the response URL's path.
   * @param body JSON as text, bytes or parsed.
   * @returns false when nobody waits for it (any more).
   */
  respond(token: string, body: unknown): boolean {
    return this.#customResources.respond(token, body);
  }

  /** The Metadata of a resource in its template, by what Ref answers for it. */
  metadataOf(resourceType: string, physicalId: string): JsonObject | undefined {
    return this.#metadata.get(metadataKey(resourceType, physicalId));
  }

  /** What templates asked for and nothing here carries out, in the order it was met. */
  unmodelled(): readonly Unmodelled[] {
    return [...this.#unmodelled].map(([what, where]) => ({ what, where: [...where] }));
  }

  /** The stack of that name that is not deleted, or the stack of that id. */
  find(nameOrId: string): Stack | undefined {
    return this.stacks.findLast(
      (stack) => stack.id === nameOrId || (stack.name === nameOrId && stack.status !== 'DELETE_COMPLETE'),
    );
  }

  /** @throws AwsError `ValidationError` */
  stack(nameOrId: string): Stack {
    const stack = this.find(nameOrId);
    if (!stack) throw validationError(`Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  /** Every export of every stack. */
  exports(): readonly { readonly name: string; readonly value: string; readonly stack: Stack }[] {
    return this.stacks
      .filter((stack) => stack.status !== 'DELETE_COMPLETE')
      .flatMap((stack) =>
        stack.outputs.flatMap((output) =>
          output.ExportName === undefined ? [] : [{ name: output.ExportName, value: output.OutputValue ?? '', stack }],
        ),
      );
  }

  importersOf(exportName: string): readonly Stack[] {
    return this.stacks.filter((stack) => stack.status !== 'DELETE_COMPLETE' && stack.imports.has(exportName));
  }

  /** @throws AwsError `ValidationError` */
  importValue(name: string): string {
    const found = this.exports().find((item) => item.name === name);
    if (!found) throw validationError(`No export named ${name} found.`);
    return found.value;
  }

  /** Starts a create. @throws AwsError for what CloudFormation would not start with. */
  async create(
    stackName: string,
    request: StackRequest,
  ): Promise<{ readonly stack: Stack; readonly ended: Promise<StackResult> }> {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stackName))
      throw validationError(
        `1 validation error detected: Value '${stackName}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
      );
    if (this.find(stackName)) throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`);
    const { accountId, region, kernel } = this.ctx;
    const id = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${kernel.uuid('stack-id')}`;
    const target = await this.#target({ name: stackName, id }, request, undefined);
    // Reading parameters took time: somebody else may have been faster.
    if (this.find(stackName)) throw new AwsError('AlreadyExistsException', `Stack [${stackName}] already exists`);
    const stack: Stack = {
      id,
      name: stackName,
      createdMs: kernel.now(),
      updatedMs: undefined,
      deletedMs: undefined,
      status: 'CREATE_IN_PROGRESS',
      statusReason: undefined,
      template: target.template,
      parameters: target.parameters,
      capabilities: target.capabilities,
      tags: target.tags,
      outputs: [],
      imports: new Set(),
      resources: new Map(),
      events: [],
      disableRollback: request.disableRollback ?? false,
    };
    this.stacks.push(stack);
    return { stack, ended: this.#run(stack, request.token, (operation) => operation.create(target)) };
  }

  /** Starts an update; undefined when there is nothing to do. @throws AwsError for what CloudFormation would not start with. */
  async update(stack: Stack, request: StackRequest): Promise<{ readonly ended: Promise<StackResult> } | undefined> {
    this.#assertUpdatable(stack);
    const target = await this.#target(stack, request, stack.parameters);
    this.#assertUpdatable(stack);
    const retyped = target.nodes
      .filter(({ logicalId, declaration }) => {
        const existing = stack.resources.get(logicalId);
        return existing && existing.type !== declaration.Type;
      })
      .map(({ logicalId }) => logicalId);
    if (retyped.length > 0)
      throw validationError(
        `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${retyped.join(', ')}]`,
      );
    const same =
      sameJson(JSON.parse(stack.template.body), JSON.parse(target.template.body)) &&
      sameJson(stack.parameters.values, target.parameters.values) &&
      sameJson(stack.tags, target.tags);
    if (same) return undefined;
    return { ended: this.#run(stack, request.token, (operation) => operation.update(target)) };
  }

  /** Starts a delete. */
  delete(stack: Stack, token: string | undefined): Promise<StackResult> {
    return this.#run(stack, token, (operation) => operation.delete());
  }

  /** @throws AwsError `ValidationError` */
  cancelUpdate(stack: Stack): void {
    if (stack.status !== 'UPDATE_IN_PROGRESS')
      throw validationError('CancelUpdateStack cannot be called from current stack status');
    this.#operations.get(stack.id)?.cancel();
  }

  async #run(
    stack: Stack,
    token: string | undefined,
    work: (operation: StackOperation) => Promise<StackResult>,
  ): Promise<StackResult> {
    const operation = new StackOperation(this.#host, stack, token);
    this.#operations.set(stack.id, operation);
    try {
      return await work(operation);
    } finally {
      this.#operations.delete(stack.id);
    }
  }

  #assertUpdatable(stack: Stack): void {
    if (!/^(CREATE_COMPLETE|UPDATE_COMPLETE|UPDATE_ROLLBACK_COMPLETE|IMPORT_COMPLETE)$/.test(stack.status))
      throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }

  /** Reads a request against its template: everything that can be found wrong before anything is made. */
  async #target(
    stack: { readonly name: string; readonly id: string },
    request: StackRequest,
    previous: ResolvedParameters | undefined,
  ): Promise<Target> {
    const { template } = request;
    checkNames(template, (type, attribute) => {
      const known = this.#provider(type).attributes;
      return known === undefined || known.includes(attribute);
    });
    this.#assertCapabilities(template, request.capabilities);
    const parameters = await resolveParameters(template, request.parameters, previous, (name) =>
      this.#readSsmParameter(name),
    );
    const condition = this.#conditions(stack, template, parameters);
    const nodes = orderResources(template, condition);
    this.#checkImports(template, this.#scope(stack, template, parameters, condition));
    return { template, parameters, tags: request.tags, capabilities: request.capabilities, condition, nodes };
  }

  #assertCapabilities(template: Template, capabilities: readonly string[]): void {
    const names = ['RoleName', 'ManagedPolicyName', 'InstanceProfileName'];
    const iam = Object.values(template.resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'));
    if (iam.length === 0 || capabilities.includes('CAPABILITY_NAMED_IAM')) return;
    const named = iam.some(({ Properties }) => names.some((name) => Properties?.[name] !== undefined));
    if (!named && capabilities.includes('CAPABILITY_IAM')) return;
    throw new AwsError(
      'InsufficientCapabilitiesException',
      `Requires capabilities : [${named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'}]`,
    );
  }

  /** Evaluates conditions once each, and the rules with them. */
  #conditions(
    stack: { readonly name: string; readonly id: string },
    template: Template,
    parameters: ResolvedParameters,
  ): (name: string) => boolean {
    const known = new Map<string, boolean | 'evaluating'>();
    const condition = (name: string): boolean => {
      const value = known.get(name);
      if (value === 'evaluating') throw formatError(`Circular dependency between conditions: [${name}]`);
      if (value !== undefined) return value;
      const expression = template.conditions[name];
      if (expression === undefined) throw formatError(`Unresolved condition dependency ${name}`);
      known.set(name, 'evaluating');
      const evaluated = evaluateCondition(expression, scope);
      known.set(name, evaluated);
      return evaluated;
    };
    const scope = this.#scope(stack, template, parameters, condition);
    for (const name of Object.keys(template.conditions)) condition(name);
    for (const [name, rule] of Object.entries(template.rules)) {
      if (rule.RuleCondition !== undefined && !evaluateCondition(rule.RuleCondition, scope)) continue;
      for (const assertion of Array.isArray(rule.Assertions) ? rule.Assertions : []) {
        if (!isObject(assertion) || evaluateCondition(assertion.Assert, scope)) continue;
        throw templateError(
          `Rule ${name} failed${assertion.AssertDescription === undefined ? '' : `: ${assertion.AssertDescription}`}`,
        );
      }
    }
    return condition;
  }

  /** What is known before any resource exists. */
  #scope(
    stack: { readonly name: string; readonly id: string },
    template: Template,
    parameters: ResolvedParameters,
    condition: (name: string) => boolean,
  ): Scope {
    const unresolved = (logicalId: string): never => {
      throw formatError(
        `Unresolved dependencies [${logicalId}]. Cannot reference resources in the Conditions block of the template`,
      );
    };
    return {
      stackName: stack.name,
      stackId: stack.id,
      accountId: this.ctx.accountId,
      region: this.ctx.region,
      parameters: parameters.values,
      mappings: template.mappings,
      condition,
      resource: unresolved,
      attribute: unresolved,
      importValue: (name) => this.importValue(name),
    };
  }

  /** Finds missing exports before anything is made, where their names do not depend on resources. */
  #checkImports(template: Template, scope: Scope): void {
    const check = (value: unknown): void => {
      if (Array.isArray(value)) {
        for (const item of value) check(item);
        return;
      }
      if (!isObject(value)) return;
      if (Object.keys(value).length === 1 && value['Fn::ImportValue'] !== undefined) {
        resolveIntrinsics(value, scope);
        return;
      }
      const branches = value['Fn::If'];
      if (Array.isArray(branches) && typeof branches[0] === 'string') {
        check(scope.condition(branches[0]) ? branches[1] : branches[2]);
        return;
      }
      for (const item of Object.values(value)) check(item);
    };
    for (const { Properties, Condition } of Object.values(template.resources)) {
      if (Condition === undefined || scope.condition(Condition)) check(Properties);
    }
  }

  async #readSsmParameter(name: string): Promise<string | undefined> {
    try {
      const answer = await this.call<{ Parameter?: { Value?: string } }>('ssm', 'GetParameter', { Name: name });
      return answer.Parameter?.Value;
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ParameterNotFound') return undefined;
      throw error;
    }
  }

  #checkExports(stack: Stack, outputs: readonly Output[]): void {
    for (const { name, stack: owner } of this.exports()) {
      if (owner !== stack && outputs.some((output) => output.ExportName === name))
        throw validationError(`Export with name ${name} is already exported by stack ${owner.name}.`);
    }
    for (const before of stack.outputs) {
      const name = before.ExportName;
      if (name === undefined) continue;
      const importers = this.importersOf(name).filter((importer) => importer !== stack);
      if (importers.length === 0) continue;
      const users = importers.map((importer) => importer.name).join(', ');
      const after = outputs.find((output) => output.ExportName === name);
      if (!after) throw validationError(`Cannot delete export ${name} as it is in use by ${users}.`);
      if (after.OutputValue !== before.OutputValue)
        throw validationError(`Cannot update export ${name} as it is in use by ${users}.`);
    }
  }

  #provider(type: string): ResourceProvider {
    if (CustomResources.handles(type)) return this.#customResources.provider(type);
    return resourceProviders[type] ?? unknownType(type);
  }

  #keepMetadata(resource: Pick<StackResource, 'type' | 'physicalId' | 'declaration'>): void {
    const key = metadataKey(resource.type, resource.physicalId);
    if (resource.declaration.Metadata) this.#metadata.set(key, resource.declaration.Metadata);
    else this.#metadata.delete(key);
  }
}

const metadataKey = (resourceType: string, physicalId: string): string => `${resourceType}\n${physicalId}`;

import type { Output, ResourceStatus, StackStatus, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../cloud/aws-error.ts';
import type { ServiceContext } from '../cloud/service.ts';
import { resolveDynamicReferences } from './dynamic-references.ts';
import { type ResourceNode, runInOrder } from './graph.ts';
import { resolveIntrinsics, type Scope } from './intrinsics.ts';
import { type JsonObject, sameJson } from './json.ts';
import type { ResolvedParameters } from './parameters.ts';
import type {
  CallApi,
  Properties,
  PropertyChange,
  Provisioned,
  ResourceContext,
  ResourceProvider,
} from './resource-provider.ts';
import type { Stack, StackResource, StackResult } from './stack.ts';
import type { Template } from './template.ts';
import { templateError, validationError } from './validation-error.ts';

/** What an operation needs of the service around it. */
export interface OperationHost {
  readonly ctx: ServiceContext;
  readonly call: CallApi;
  provider(type: string): ResourceProvider;
  asset(bucket: string, key: string): string | undefined;
  unmodelled(what: string, where: string): void;
  /** Metadata of a resource, as soon as its physical id is known. */
  keepMetadata(resource: Pick<StackResource, 'type' | 'physicalId' | 'declaration'>): void;
  importValue(name: string): string;
  /** @throws AwsError when another stack exports the name already, or needs what would go or change. */
  checkExports(stack: Stack, outputs: readonly Output[]): void;
}

/** What a stack is to become. */
export interface Target {
  readonly template: Template;
  readonly parameters: ResolvedParameters;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly condition: (name: string) => boolean;
  readonly nodes: readonly ResourceNode[];
}

/** AWS's time for one resource. Real resources take from one second to minutes; booting should not wait for theatre. */
const resourceMs = 50;

/** What a failed operation has to undo. */
type Done =
  | { readonly kind: 'created'; readonly resource: StackResource }
  | { readonly kind: 'updated'; readonly before: StackResource; readonly attempted: StackResource }
  | { readonly kind: 'replaced'; readonly before: StackResource; readonly resource: StackResource };

const cancelledCode = 'Cancelled';

/** One create, update or delete of a stack, from its first status to its last. */
export class StackOperation {
  readonly #host: OperationHost;
  readonly #stack: Stack;
  readonly #token: string | undefined;
  readonly #failures: { logicalId: string; type: string; reason: string }[] = [];
  readonly #imports = new Set<string>();
  #abort = new AbortController();

  constructor(host: OperationHost, stack: Stack, token: string | undefined) {
    this.#host = host;
    this.#stack = stack;
    this.#token = token;
  }

  async create(target: Target): Promise<StackResult> {
    const stack = this.#stack;
    this.#take(target);
    this.#stackStatus('CREATE_IN_PROGRESS', 'User Initiated');
    const done = await this.#apply(target, new Map());
    const failure = done.failure ?? (await this.#publish(target));
    if (failure === undefined) {
      this.#stackStatus('CREATE_COMPLETE');
      return this.#result(true);
    }
    if (stack.disableRollback) {
      this.#stackStatus('CREATE_FAILED', failure);
      return this.#result(false);
    }
    this.#stackStatus('ROLLBACK_IN_PROGRESS', `${failure} Rollback requested by user.`);
    this.#abort = new AbortController();
    const left = await this.#remove([...stack.resources.values()], { creating: true });
    stack.outputs = [];
    stack.imports = new Set();
    if (left.length > 0) this.#stackStatus('ROLLBACK_FAILED', notDeleted(left));
    else this.#stackStatus('ROLLBACK_COMPLETE');
    return this.#result(false);
  }

  async update(target: Target): Promise<StackResult> {
    const stack = this.#stack;
    const before = {
      template: stack.template,
      parameters: stack.parameters,
      tags: stack.tags,
      capabilities: stack.capabilities,
      outputs: stack.outputs,
      imports: stack.imports,
      resources: stack.resources,
    };
    this.#take(target);
    this.#stackStatus('UPDATE_IN_PROGRESS', 'User Initiated');
    const applied = await this.#apply(target, before.resources);
    const failure = applied.failure ?? (await this.#publish(target));
    if (failure === undefined) {
      this.#stackStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
      const wanted = new Set(target.nodes.map((node) => node.logicalId));
      const removed = [...before.resources.values()].filter((resource) => !wanted.has(resource.logicalId));
      const replaced = applied.done.flatMap((item) => (item.kind === 'replaced' ? [item.before] : []));
      await this.#remove([...removed, ...replaced], { replaced: new Set(replaced) });
      this.#stackStatus('UPDATE_COMPLETE');
      return this.#result(true);
    }
    this.#stackStatus('UPDATE_ROLLBACK_IN_PROGRESS', failure);
    this.#abort = new AbortController();
    const attempted = stack.resources;
    Object.assign(stack, before);
    stack.resources = new Map([...attempted, ...before.resources]);
    const leftovers = await this.#restore(applied.done);
    if (leftovers.failed.length > 0) {
      this.#stackStatus(
        'UPDATE_ROLLBACK_FAILED',
        `The following resource(s) failed to update: [${leftovers.failed.join(', ')}].`,
      );
      return this.#result(false);
    }
    this.#stackStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
    await this.#remove(leftovers.surplus, {
      creating: true,
      replaced: new Set(leftovers.surplus.filter((resource) => before.resources.has(resource.logicalId))),
    });
    this.#stackStatus('UPDATE_ROLLBACK_COMPLETE');
    return this.#result(false);
  }

  async delete(): Promise<StackResult> {
    const stack = this.#stack;
    this.#stackStatus('DELETE_IN_PROGRESS', 'User Initiated');
    try {
      this.#host.checkExports(stack, []);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#stackStatus('DELETE_FAILED', `Delete canceled. ${error.message}`);
      return this.#result(false);
    }
    const left = await this.#remove([...stack.resources.values()], {});
    if (left.length > 0) {
      this.#stackStatus('DELETE_FAILED', notDeleted(left));
      return this.#result(false);
    }
    stack.outputs = [];
    stack.imports = new Set();
    stack.deletedMs = this.#host.ctx.kernel.now();
    this.#stackStatus('DELETE_COMPLETE');
    return this.#result(true);
  }

  /** Lets the operation fail at its next step; what it did is rolled back. */
  cancel(): void {
    this.#abort.abort();
  }

  #take(target: Target): void {
    const stack = this.#stack;
    stack.template = target.template;
    stack.parameters = target.parameters;
    stack.tags = target.tags;
    stack.capabilities = target.capabilities;
  }

  /** Makes and changes resources until the stack is as the target says, or something failed. */
  async #apply(
    target: Target,
    previous: ReadonlyMap<string, StackResource>,
  ): Promise<{ readonly done: readonly Done[]; readonly failure?: string }> {
    const done: Done[] = [];
    const nodes = new Map(target.nodes.map((node) => [node.logicalId, node]));
    const verbs = { create: new Set<string>(), update: new Set<string>() };
    const failures = await runInOrder(
      target.nodes.map((node) => ({ id: node.logicalId, after: node.after })),
      async (logicalId) => {
        const node = nodes.get(logicalId) as ResourceNode;
        await this.#pause();
        if (this.#abort.signal.aborted) throw new AwsError(cancelledCode, 'Resource operation cancelled');
        await this.#provision(node, previous.get(logicalId), target, done);
      },
      (logicalId, error) => {
        const verb = previous.has(logicalId) ? 'update' : 'create';
        verbs[verb].add(logicalId);
        this.#resourceFailed(nodes.get(logicalId) as ResourceNode, verb, error);
        this.#abort.abort();
      },
    );
    for (const { error } of failures) if (!(error instanceof AwsError)) throw error;
    if (failures.length === 0) return { done };
    const own = failures.filter(({ error }) => (error as AwsError).code !== cancelledCode);
    const named = (own.length > 0 ? own : failures).map(({ id }) => id);
    const failure = (['create', 'update'] as const)
      .map((verb) => ({ verb, ids: named.filter((id) => verbs[verb].has(id)) }))
      .filter(({ ids }) => ids.length > 0)
      .map(({ verb, ids }) => `The following resource(s) failed to ${verb}: [${ids.join(', ')}].`)
      .join(' ');
    return { done, failure };
  }

  async #provision(node: ResourceNode, before: StackResource | undefined, target: Target, done: Done[]): Promise<void> {
    const { logicalId, declaration } = node;
    const type = declaration.Type;
    const provider = this.#host.provider(type);
    const properties = resolveIntrinsics(declaration.Properties ?? {}, this.#scope(target)) as Properties;
    const resource = (status: ResourceStatus, made: Provisioned): StackResource => ({
      logicalId,
      type,
      declaration,
      after: node.after,
      properties,
      physicalId: made.physicalId,
      attributes: made.attributes,
      status,
      updatedMs: this.#host.ctx.kernel.now(),
    });
    if (before && sameJson(before.properties, properties)) {
      this.#put({ ...before, declaration, after: node.after });
      return;
    }
    this.#reportUnmodelled(provider, logicalId, properties);
    const changed = before ? changedKeys(before.properties, properties) : new Set<string>();
    const replace =
      before !== undefined && (provider.replacedBy === 'all' || provider.replacedBy.some((name) => changed.has(name)));
    if (before && !replace) {
      const change: PropertyChange = {
        before: await this.#live(before),
        properties: (await resolveDynamicReferences(properties, this.#host.call)) as Properties,
        changed,
      };
      const attempted = resource('UPDATE_IN_PROGRESS', before);
      this.#put(attempted);
      this.#resourceEvent(attempted, 'UPDATE_IN_PROGRESS');
      provider.check?.(change);
      done.push({ kind: 'updated', before, attempted });
      const made = await provider.update(
        this.#context(node, () => undefined),
        change,
      );
      const after = resource('UPDATE_COMPLETE', made);
      this.#put(after);
      if (made.physicalId !== before.physicalId) {
        done.splice(
          done.findIndex((item) => item.kind === 'updated' && item.before === before),
          1,
          { kind: 'replaced', before, resource: after },
        );
      }
      this.#resourceEvent(after, 'UPDATE_COMPLETE');
      return;
    }
    let entry = resource('CREATE_IN_PROGRESS', { physicalId: '', attributes: {} });
    const note = (): void => {
      done.push(before ? { kind: 'replaced', before, resource: entry } : { kind: 'created', resource: entry });
    };
    const verb = before ? 'UPDATE' : 'CREATE';
    this.#resourceEvent(
      before ?? entry,
      `${verb}_IN_PROGRESS`,
      before && 'Requested update requires the creation of a new physical resource; hence creating one.',
    );
    const made = await provider
      .create(
        this.#context(node, (physicalId) => {
          entry = { ...entry, physicalId };
          if (!before) this.#put(entry);
        }),
        (await resolveDynamicReferences(properties, this.#host.call)) as Properties,
      )
      .catch((error: unknown) => {
        if (entry.physicalId !== '') note();
        throw error;
      });
    entry = resource(`${verb}_COMPLETE`, made);
    note();
    this.#put(entry);
    this.#resourceEvent(entry, `${verb}_COMPLETE`);
  }

  /** Outputs, exports and imports of the new template. @returns why the stack fails, if it does. */
  async #publish(target: Target): Promise<string | undefined> {
    try {
      const scope = this.#scope(target);
      const outputs = Object.entries(target.template.outputs)
        .filter(([, output]) => output.Condition === undefined || target.condition(output.Condition))
        .map(([OutputKey, output]): Output => {
          const exportName = output.Export && resolveIntrinsics(output.Export.Name, scope);
          const value = resolveIntrinsics(output.Value, scope);
          if (typeof value === 'object' || value === undefined)
            throw templateError(
              `Output ${OutputKey} is malformed. The Value field of every Outputs member must evaluate to a String.`,
            );
          return {
            OutputKey,
            OutputValue: String(value),
            ...(output.Description === undefined ? {} : { Description: output.Description }),
            ...(exportName === undefined ? {} : { ExportName: String(exportName) }),
          };
        });
      this.#host.checkExports(this.#stack, outputs);
      this.#stack.outputs = outputs;
      this.#stack.imports = this.#imports;
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }

  /** Puts back what an update changed. @returns what is left over: new resources, to be deleted afterwards. */
  async #restore(
    done: readonly Done[],
  ): Promise<{ readonly surplus: readonly StackResource[]; readonly failed: readonly string[] }> {
    const surplus: StackResource[] = [];
    const changes = new Map<string, { readonly before: StackResource; readonly from: StackResource }>();
    for (const item of done) {
      if (item.kind === 'created') surplus.push(item.resource);
      else if (item.kind === 'updated')
        changes.set(item.before.logicalId, { before: item.before, from: item.attempted });
      else if (this.#host.provider(item.before.type).replacedBy.length > 0) surplus.push(item.resource);
      // A custom resource that replaced itself is asked to be as before; it answers which physical id that has.
      else changes.set(item.before.logicalId, { before: item.before, from: item.resource });
    }
    const failures = await runInOrder(
      [...changes.values()].map(({ before }) => ({ id: before.logicalId, after: before.after })),
      async (logicalId) => {
        const { before, from } = changes.get(logicalId) as { before: StackResource; from: StackResource };
        await this.#pause();
        const node: ResourceNode = { logicalId, declaration: before.declaration, after: before.after };
        this.#resourceEvent(from, 'UPDATE_IN_PROGRESS');
        const live = await this.#live(from);
        const change: PropertyChange = {
          before: live,
          properties: (await this.#live(before)).properties,
          changed: changedKeys(from.properties, before.properties),
        };
        const made = await this.#host.provider(before.type).update(
          this.#context(node, () => undefined),
          change,
        );
        const restored: StackResource = {
          ...before,
          physicalId: made.physicalId,
          attributes: made.attributes,
          status: 'UPDATE_COMPLETE',
          updatedMs: this.#host.ctx.kernel.now(),
        };
        this.#put(restored);
        for (const stale of [from, before]) {
          if (stale.physicalId !== made.physicalId && !surplus.some((item) => item.physicalId === stale.physicalId))
            surplus.push(stale);
        }
        this.#resourceEvent(restored, 'UPDATE_COMPLETE');
      },
      (logicalId, error) => {
        const { before } = changes.get(logicalId) as { before: StackResource };
        this.#resourceFailed({ logicalId, declaration: before.declaration, after: before.after }, 'update', error);
      },
    );
    for (const { error } of failures) if (!(error instanceof AwsError)) throw error;
    return { surplus, failed: failures.map(({ id }) => id) };
  }

  /**
   * Deletes resources, each before what it was made after.
   * @returns the logical ids of those that could not be deleted.
   */
  async #remove(
    resources: readonly StackResource[],
    how: { readonly creating?: boolean; readonly replaced?: ReadonlySet<StackResource> },
  ): Promise<readonly string[]> {
    const made = resources.filter((resource) => resource.physicalId !== '');
    for (const resource of resources) if (resource.physicalId === '') this.#drop(resource);
    // Two physical resources of one logical id can go in one cleanup, so the index is part of the node's name.
    const ids = made.map((resource, index) => `${index}/${resource.logicalId}`);
    const nodes = made.map((resource, index) => ({
      id: ids[index] as string,
      after: ids.filter((_, other) => made[other]?.after.includes(resource.logicalId)),
    }));
    const left: string[] = [];
    await runInOrder(
      nodes,
      async (id) => {
        const resource = made[ids.indexOf(id)] as StackResource;
        const policy = how.replaced?.has(resource)
          ? resource.declaration.UpdateReplacePolicy
          : resource.declaration.DeletionPolicy;
        if (policy === 'Retain' || policy === 'Snapshot' || (policy === 'RetainExceptOnCreate' && !how.creating)) {
          this.#resourceEvent(resource, 'DELETE_SKIPPED');
          this.#drop(resource);
          return;
        }
        await this.#pause();
        this.#resourceEvent(resource, 'DELETE_IN_PROGRESS');
        try {
          const node: ResourceNode = { logicalId: resource.logicalId, declaration: resource.declaration, after: [] };
          await this.#host.provider(resource.type).delete(
            this.#context(node, () => undefined),
            await this.#live(resource),
          );
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          if (!saysGone(error)) {
            left.push(resource.logicalId);
            const reason = this.#reason(error);
            this.#resourceEvent(resource, 'DELETE_FAILED', reason);
            this.#failures.push({ logicalId: resource.logicalId, type: resource.type, reason });
            return;
          }
        }
        this.#resourceEvent(resource, 'DELETE_COMPLETE');
        this.#drop(resource);
      },
      () => undefined,
    ).then((failures) => {
      for (const { error } of failures) throw error;
    });
    return left;
  }

  #put(resource: StackResource): void {
    this.#stack.resources = new Map(this.#stack.resources).set(resource.logicalId, resource);
    if (resource.physicalId !== '') this.#host.keepMetadata(resource);
  }

  /** Forgets a resource, unless its logical id stands for another physical resource by now. */
  #drop(resource: StackResource): void {
    const current = this.#stack.resources.get(resource.logicalId);
    if (current?.physicalId !== resource.physicalId) return;
    const resources = new Map(this.#stack.resources);
    resources.delete(resource.logicalId);
    this.#stack.resources = resources;
  }

  async #live(resource: StackResource): Promise<StackResource> {
    const properties = await resolveDynamicReferences(resource.properties, this.#host.call).catch((error: unknown) => {
      // What a reference pointed to may be gone when the resource goes; the rest still identifies it.
      if (error instanceof AwsError) return resource.properties;
      throw error;
    });
    return { ...resource, properties: properties as Properties };
  }

  #scope(target: Target): Scope {
    const stack = this.#stack;
    const { accountId, region } = this.#host.ctx;
    const find = (logicalId: string): StackResource => {
      const resource = stack.resources.get(logicalId);
      if (!resource)
        throw validationError(
          `Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
        );
      return resource;
    };
    return {
      stackName: stack.name,
      stackId: stack.id,
      accountId,
      region,
      parameters: target.parameters.values,
      mappings: target.template.mappings,
      condition: target.condition,
      resource: (logicalId) => find(logicalId).physicalId,
      attribute: (logicalId, attribute) => {
        const resource = find(logicalId);
        const value = attributeValue(resource.attributes, attribute);
        if (value !== undefined) return value;
        if (resource.type.startsWith('Custom::') || resource.type === 'AWS::CloudFormation::CustomResource')
          throw validationError(
            `CustomResource attribute error: Vendor response doesn't contain ${attribute} attribute in object ${stack.id}|${logicalId}|${resource.physicalId}`,
          );
        const inert = this.#host.provider(resource.type).attributes === undefined;
        if (inert) return `${resource.physicalId}.${attribute}`;
        throw validationError(
          `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`,
        );
      },
      importValue: (name) => {
        this.#imports.add(name);
        return this.#host.importValue(name);
      },
    };
  }

  #context(node: ResourceNode, made: (physicalId: string) => void): ResourceContext {
    const { ctx } = this.#host;
    const stack = this.#stack;
    const signal = this.#abort.signal;
    return {
      accountId: ctx.accountId,
      region: ctx.region,
      stackName: stack.name,
      stackId: stack.id,
      logicalId: node.logicalId,
      type: node.declaration.Type,
      call: this.#host.call,
      name: ({ maxLength = 64, lowerCase = false } = {}) => {
        const suffix = `-${ctx.kernel.hex('stack-resource', 12).toUpperCase()}`;
        const name = `${`${stack.name}-${node.logicalId}`.slice(0, maxLength - suffix.length)}${suffix}`;
        return lowerCase ? name.toLowerCase() : name;
      },
      hex: (length) => ctx.kernel.hex('stack-resource', length),
      made,
      until: async (check, { everyMs, timeoutMs, what }) => {
        const deadlineMs = ctx.kernel.now() + ctx.kernel.paced(timeoutMs);
        while (!(await check())) {
          if (ctx.kernel.now() >= deadlineMs) throw new AwsError('NotStabilized', `Exceeded attempts to wait: ${what}`);
          await this.#wait(everyMs, signal);
        }
      },
      asset: (bucket, key) => this.#host.asset(bucket, key),
      unmodelled: (what) => this.#host.unmodelled(what, `${stack.name}/${node.logicalId}`),
      signal,
    };
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#host.ctx.kernel.afterAws(resourceMs, 'stack-resource', resolve);
    });
  }

  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancelled = (): void => {
        timer.cancel();
        reject(new AwsError(cancelledCode, 'Resource operation cancelled'));
      };
      const timer = this.#host.ctx.kernel.afterAws(delayMs, 'stack-resource-wait', () => {
        signal.removeEventListener('abort', cancelled);
        resolve();
      });
      if (signal.aborted) cancelled();
      else signal.addEventListener('abort', cancelled, { once: true });
    });
  }

  #reportUnmodelled(provider: ResourceProvider, logicalId: string, properties: JsonObject): void {
    if (!provider.properties) return;
    for (const name of Object.keys(properties)) {
      if (!provider.properties.includes(name))
        this.#host.unmodelled(`${provider.type}: ${name}`, `${this.#stack.name}/${logicalId}`);
    }
  }

  #resourceFailed(node: ResourceNode, verb: 'create' | 'update', error: unknown): void {
    if (!(error instanceof AwsError)) return;
    const cancelled = error.code === cancelledCode;
    const verbing = verb === 'create' ? 'creation' : 'update';
    const reason = cancelled ? `Resource ${verbing} cancelled` : this.#reason(error);
    const type = node.declaration.Type;
    const status = verb === 'create' ? 'CREATE_FAILED' : 'UPDATE_FAILED';
    const known = this.#stack.resources.get(node.logicalId);
    if (known) this.#put({ ...known, status, statusReason: reason });
    this.#resourceEvent({ logicalId: node.logicalId, physicalId: known?.physicalId ?? '', type }, status, reason);
    if (!cancelled) this.#failures.push({ logicalId: node.logicalId, type, reason });
  }

  /** The sentence of an event: what CloudFormation says itself, or what a resource's handler returned. */
  #reason(error: AwsError): string {
    if (ownWords.has(error.code)) return error.message;
    const token = this.#host.ctx.kernel.uuid('stack-request-token');
    return `Resource handler returned message: "${error.message}" (RequestToken: ${token}, HandlerErrorCode: ${handlerErrorCode(error)})`;
  }

  #stackStatus(status: StackStatus, reason?: string): void {
    const stack = this.#stack;
    const { ctx } = this.#host;
    stack.status = status;
    stack.statusReason = reason;
    stack.updatedMs = status === 'CREATE_IN_PROGRESS' ? undefined : ctx.kernel.now();
    this.#event({ logicalId: stack.name, physicalId: stack.id, type: 'AWS::CloudFormation::Stack' }, status, reason);
    ctx.kernel.record('stack', { stack: stack.name, status });
    ctx.emit({
      source: 'aws.cloudformation',
      detailType: 'CloudFormation Stack Status Change',
      resources: [stack.id],
      detail: {
        'stack-id': stack.id,
        'status-details': { status, 'status-reason': reason ?? '' },
        'client-request-token': this.#token ?? '',
      },
    });
  }

  #resourceEvent(
    resource: Pick<StackResource, 'logicalId' | 'physicalId' | 'type'> & { readonly properties?: JsonObject },
    status: string,
    reason?: string,
  ): void {
    this.#event(resource, status, reason);
    this.#host.ctx.kernel.record('stack-resource', {
      stack: this.#stack.name,
      resource: resource.logicalId,
      status,
      ...(reason && status.endsWith('FAILED') ? { reason } : {}),
    });
  }

  #event(
    resource: Pick<StackResource, 'logicalId' | 'physicalId' | 'type'> & { readonly properties?: JsonObject },
    status: string,
    reason?: string,
  ): void {
    const { kernel } = this.#host.ctx;
    this.#stack.events.push({
      id: kernel.uuid('stack-event'),
      atMs: kernel.now(),
      logicalId: resource.logicalId,
      physicalId: resource.physicalId,
      type: resource.type,
      status,
      ...(reason === undefined ? {} : { reason }),
      ...(this.#token === undefined ? {} : { token: this.#token }),
      ...(resource.properties ? { properties: JSON.stringify(resource.properties) } : {}),
    });
  }

  #result(ok: boolean): StackResult {
    const stack = this.#stack;
    return {
      stackName: stack.name,
      stackId: stack.id,
      status: stack.status,
      ...(stack.statusReason === undefined ? {} : { statusReason: stack.statusReason }),
      ok,
      changed: true,
      outputs: outputRecord(stack.outputs),
      failures: [...this.#failures],
    };
  }
}

export const outputRecord = (outputs: readonly Output[]): Readonly<Record<string, string>> =>
  Object.fromEntries(outputs.map((output) => [output.OutputKey as string, output.OutputValue as string]));

const notDeleted = (logicalIds: readonly string[]): string =>
  `The following resource(s) failed to delete: [${logicalIds.join(', ')}].`;

const changedKeys = (before: JsonObject, after: JsonObject): ReadonlySet<string> =>
  new Set(
    [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (name) => !sameJson(before[name], after[name]),
    ),
  );

/** Attributes of custom resources may be asked by path, `Nested.Member`. */
const attributeValue = (attributes: JsonObject, name: string): unknown => {
  if (attributes[name] !== undefined) return attributes[name];
  let value: unknown = attributes;
  for (const part of name.split('.')) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as JsonObject)[part];
  }
  return value;
};

/** Errors whose message is CloudFormation's own, not a handler's. */
const ownWords = new Set(['ValidationError', 'CustomResourceFailed', 'NotModelledException', cancelledCode]);

const gone = /NotFound|NoSuchEntity|NonExistent|DoesNotExist|ClusterNotFound|ServiceNotFound/i;

const saysGone = (error: AwsError): boolean => gone.test(error.code) || gone.test(error.queryCode ?? '');

const handlerErrorCode = (error: AwsError): string => {
  if (saysGone(error)) return 'NotFound';
  if (/AlreadyExist|ResourceInUse|ResourceConflict|Duplicate|NameExists/i.test(error.code)) return 'AlreadyExists';
  if (/AccessDenied/i.test(error.code)) return 'AccessDenied';
  if (/Limit|Quota/i.test(error.code)) return 'ServiceLimitExceeded';
  if (/Throttl/i.test(error.code)) return 'Throttling';
  if (error.code === 'NotStabilized') return 'NotStabilized';
  if (/Invalid|Validation|Malformed|ClientException/i.test(error.code)) return 'InvalidRequest';
  return 'GeneralServiceException';
};

import type { ServiceName } from '../cloud/service.ts';
import type { JsonObject } from './json.ts';

/** Calls an API as whoever operates the stack. `Answer` is the part of the answer that the caller reads. */
export type CallApi = <Answer = JsonObject>(service: ServiceName, action: string, input: unknown) => Promise<Answer>;

/** Properties of a resource with every function and dynamic reference resolved. */
export type Properties = JsonObject;

/** A resource as it stands: its physical id is what Ref answers, its attributes what Fn::GetAtt answers. */
export interface Provisioned {
  readonly physicalId: string;
  readonly attributes: JsonObject;
}

export interface Existing extends Provisioned {
  readonly properties: Properties;
}

/** What a provider knows of its surroundings while it works on one resource. */
export interface ResourceContext {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly call: CallApi;
  /** A name as CloudFormation makes it: stack, logical id and chance, `SpillwayWorkload-Queue-1A2B3C4D5E6F`. */
  readonly name: (how?: { readonly maxLength?: number; readonly lowerCase?: boolean }) => string;
  /** `length` hexadecimal digits for ids. */
  readonly hex: (length: number) => string;
  /** Tells the physical id as soon as there is something to delete, so that a failure later in a create is cleaned up. */
  readonly made: (physicalId: string) => void;
  /** Asks every `everyMs` of AWS's time until `check` holds. @throws AwsError when it takes too long or the operation is cancelled. */
  readonly until: (
    check: () => Promise<boolean>,
    how: { readonly everyMs: number; readonly timeoutMs: number; readonly what: string },
  ) => Promise<void>;
  /** Text of a file asset, for properties that point to one. */
  readonly asset: (bucket: string, key: string) => string | undefined;
  /** Adds to what the booting code lists as not modelled. */
  readonly unmodelled: (what: string) => void;
  /** Aborted when another resource failed; waits end early on it. */
  readonly signal: AbortSignal;
}

export interface PropertyChange {
  readonly before: Existing;
  readonly properties: Properties;
  /** Names of the top-level properties that differ. */
  readonly changed: ReadonlySet<string>;
}

/** One resource type. Everything it does goes through API actions, as it would in an account. */
export interface ResourceProvider {
  readonly type: string;
  /** The properties that it carries out; others are reported as not modelled. Undefined: all. */
  readonly properties?: readonly string[];
  /** What Fn::GetAtt can ask. Undefined: anything. */
  readonly attributes?: readonly string[];
  /** Properties whose change makes a new resource in the place of the old; `all` for resources that never change. */
  readonly replacedBy: readonly string[] | 'all';
  /** Refuses a change before anything was done, so that a rollback leaves the resource alone. @throws AwsError */
  check?(change: PropertyChange): void;
  create(context: ResourceContext, properties: Properties): Promise<Provisioned>;
  /** A physical id other than before tells that the resource was replaced; the old one is deleted afterwards. */
  update(context: ResourceContext, change: PropertyChange): Promise<Provisioned>;
  /** What is gone already counts as deleted. */
  delete(context: ResourceContext, existing: Existing): Promise<void>;
}

import type { Kernel } from '../kernel/kernel.ts';
import type { EventKind, EventSource } from './event-kinds.ts';
import type { Fidelity } from './fidelity.ts';

/** The services that the simulator models, by the prefix of their IAM actions and ARNs. */
export type ServiceName =
  | 'cloudformation'
  | 'cloudwatch'
  | 'codepipeline'
  | 'dynamodb'
  | 'ec2'
  | 'ecr'
  | 'ecs'
  | 'elasticloadbalancing'
  | 'events'
  | 'iam'
  | 'lambda'
  | 'logs'
  | 'secretsmanager'
  | 'servicequotas'
  | 'sns'
  | 'sqs'
  | 'ssm'
  | 'states'
  | 'sts';

/** Who makes a call. */
export type Caller =
  /** Somebody with the operator's credentials: an administrator. */
  | { readonly kind: 'operator'; readonly arn: string }
  /** A session of a role that the templates made: what it may do is what the role's policies say. */
  | {
      readonly kind: 'role';
      readonly roleArn: string;
      readonly sessionName: string;
      readonly arn: string;
      /** The address from which its calls reach AWS, where the simulator knows of one. */
      readonly sourceIp?: string;
    }
  /** AWS itself (`events.amazonaws.com`): what it may do is what the resource's own policy says. */
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn?: string };

/** One call of one API action. `input` and the answer have the shapes of the SDK: `Date` for times, `Uint8Array` for blobs. */
export interface ApiCall {
  readonly service: ServiceName;
  /** As in the service's API: `UpdateService`. */
  readonly action: string;
  readonly input: unknown;
  readonly caller: Caller;
  /** Aborted when the caller has gone away (a closed connection); long polls end early on it. */
  readonly signal?: AbortSignal;
}

/** What an action is told about the call besides its input. */
export interface CallInfo {
  readonly caller: Caller;
  readonly signal?: AbortSignal;
}

/** One thing that IAM must allow before an action runs. */
export interface Permission {
  /** `ecs:UpdateService`, `iam:PassRole`. */
  readonly action: string;
  /** The ARN of the resource, or `*` for actions that have no resource-level permissions. */
  readonly resource: string;
  /** Condition keys of this request, e.g. `{ 'ecs:cluster': 'arn:…' }`. Global keys are added by the engine. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** A policy document attached to a resource: an SQS queue's policy, a function's permissions. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: unknown;
}

/** One API action of one service: one file, one export. */
export interface ActionDefinition<Service, Input = never, Output = unknown> {
  /** What IAM must allow. Left out: `<service>:<Action>` on `*`. */
  readonly permissions?: (service: Service, input: Input) => readonly Permission[];
  /** The policy of the resource the call is about, where the service has resource policies. */
  readonly resourcePolicy?: (service: Service, input: Input) => PolicyDocument | undefined;
  /** Members of the input that the simulator does not model. A call that brings one is refused by its name. */
  readonly refuses?: readonly string[];
  /** What else of the action is refused, each by its name, as a list in words for docs/simulator-coverage.md. Left out: nothing. */
  readonly partly?: string;
  readonly run: (service: Service, input: Input, call: CallInfo) => Output | Promise<Output>;
}

/** A simulated service: its name and its table of actions. */
export interface SimulatedService {
  readonly name: ServiceName;
  // biome-ignore lint/suspicious/noExplicitAny: inputs differ per action; only the dispatcher reads the table, and passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<any, any, any>>>;
  /** What AWS's framework checks of every request before the action sees it. @throws AwsError */
  readonly checkRequest?: (action: string, input: unknown) => void;
}

/** An event as a service puts it on the default bus; the bus adds version, id, account, region and the time. */
export interface EmittedEvent {
  readonly source: EventSource;
  readonly detailType: EventKind;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  /** How AWS delivers events of this kind: at least once, or best effort. Default durable. */
  readonly delivery?: 'durable' | 'best-effort';
}

/** One value of one metric. */
export interface EmittedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit?: string;
  /** Default: now. */
  readonly atMs?: number;
}

/** What a service is built with. Services reach each other through `call` (as AWS does: IAM is enforced) or through the ports below. */
export interface ServiceContext {
  readonly kernel: Kernel;
  readonly accountId: string;
  readonly region: string;
  readonly fidelity: Fidelity;
  /** Calls any service's API as `caller`, with IAM enforced. @throws AwsError */
  readonly call: (call: ApiCall) => Promise<unknown>;
  /** Puts an event of an AWS service on the default bus. */
  readonly emit: (event: EmittedEvent) => void;
  /** Gives CloudWatch a value of a metric that AWS itself publishes. */
  readonly metric: (metric: EmittedMetric) => void;
  /** Appends a line to a log stream, as a log driver or Lambda does. */
  readonly log: (entry: { readonly group: string; readonly stream: string; readonly message: string }) => void;
}

/**
 * What the simulator needs from outside to run other people's code: functions and containers. The live cloud runs
 * them as processes, the virtual world in its own process; the simulated services know neither.
 */

/** Temporary credentials of a role session, as STS issues them. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly roleArn: string;
  readonly sessionName: string;
}

// Functions.

export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  /** Folder that holds the bundle that deploys. */
  readonly codePath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly roleArn: string;
  readonly logGroup: string;
}

export interface Invocation {
  readonly requestId: string;
  /** Parsed JSON. */
  readonly payload: unknown;
  /** Epoch milliseconds at which the function's timeout ends the invocation. */
  readonly deadlineMs: number;
  readonly credentials: SessionCredentials;
  readonly log: (line: string) => void;
}

export type InvocationOutcome =
  | { readonly ok: true; readonly payload: unknown }
  | {
      readonly ok: false;
      readonly errorType: string;
      readonly errorMessage: string;
      readonly trace?: readonly string[];
    };

export interface FunctionHost {
  /**
   * A new execution environment of a function. The Lambda service decides when one is needed, times its start and
   * never gives one environment two invocations at once.
   * @throws when the code cannot be loaded; the service answers `Runtime.…` errors from it.
   */
  start(spec: FunctionSpec): Promise<ExecutionEnvironment>;
}

export interface ExecutionEnvironment {
  /** Never rejects: a crash of the environment is an outcome with `Runtime.ExitError`. */
  invoke(invocation: Invocation): Promise<InvocationOutcome>;
  /** Ends the environment at once, in the middle of an invocation too. */
  kill(): void;
}

// Tasks.

export interface ContainerSpec {
  readonly name: string;
  /** The reference as in the task definition. */
  readonly image: string;
  /** Repository and digest the reference was resolved to. */
  readonly repository: string;
  readonly digest: string;
  readonly entryPoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly workingDirectory: string | undefined;
  /** Environment with secrets resolved and what the ECS agent adds. */
  readonly environment: Readonly<Record<string, string>>;
  readonly containerPorts: readonly number[];
  readonly log: (line: string) => void;
}

export interface TaskSpec {
  readonly taskArn: string;
  readonly launchType: 'EXTERNAL' | 'FARGATE';
  readonly family: string;
  readonly revision: number;
  readonly serviceName: string | undefined;
  /** `mi-…` of the external instance. */
  readonly managedInstanceId: string | undefined;
  readonly containers: readonly ContainerSpec[];
  /** Issues (again) the credentials of the task role; undefined where the task has none. */
  readonly credentials: (() => SessionCredentials) | undefined;
  /** What the ECS agent answers to the task at `$ECS_AGENT_URI`. Never rejects. */
  readonly agent: (request: AgentRequest) => Promise<AgentAnswer>;
}

/** An HTTP request to the agent: `path` after `$ECS_AGENT_URI`, `body` as parsed JSON. */
export interface AgentRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface AgentAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface TaskEvents {
  /** The container's process runs. */
  readonly started: (containerName: string) => void;
  /** The container could not start: `CannotStartContainerError`, `CannotCreateContainerError`. */
  readonly failedToStart: (containerName: string, errorName: string, message: string) => void;
  readonly exited: (containerName: string, exitCode: number) => void;
}

/** Where containers of a task run. The ECS service decides placement, pull and order; this only runs what it is told. */
export interface TaskRuntime {
  start(spec: TaskSpec, events: TaskEvents): RuntimeTask;
}

export interface RuntimeTask {
  /** Sends SIGTERM to every container, and SIGKILL after `stopTimeoutMs` of wall time. Exits come through the events. */
  stop(stopTimeoutMs: number): void;
  /** Ends every container at once. */
  kill(): void;
  /** Runs a health-check command once inside the container. Resolves to its exit code; never rejects. */
  exec(containerName: string, command: readonly string[], timeoutMs: number): Promise<number>;
  /** Sends an HTTP request to a port of the task, as a load balancer does. Rejects when nothing answers. */
  request(containerPort: number, request: Request): Promise<Response>;
  /** Host and port under which a container port is reachable, where there is a network (live). */
  address(containerPort: number): { readonly host: string; readonly port: number } | undefined;
}

// What one simulated service offers another, where AWS does this inside and no API call would do.

/** Issues sessions of roles; kept by STS. */
export interface CredentialIssuer {
  issue(roleArn: string, sessionName: string, durationMs: number, sourceIp?: string): SessionCredentials;
}

/** An image as a registry holds it. */
export interface StoredImage {
  readonly repository: string;
  /** Digest of the manifest that runs on linux/amd64: for an index, its child's. */
  readonly digest: string;
  /** The image's configuration (OCI image spec): Entrypoint, Cmd, Env, WorkingDir, Labels. */
  readonly config: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
  /** Compressed layers, lowest first. */
  readonly layers: readonly { readonly digest: string; readonly mediaType: string; readonly read: () => Uint8Array }[];
  readonly compressedBytes: number;
}

/** Resolves and reads images; kept by ECR. */
export interface ImageSource {
  /** @returns undefined when there is no such repository, tag or digest. `reference` as in a task definition. */
  find(reference: string): StoredImage | undefined;
}

/** A machine on premises that Systems Manager manages; ECS registers it and knows its link. */
export interface ManagedMachine {
  /** `mi-…` */
  readonly id: string;
  readonly registeredMs: number;
  readonly isLinked: boolean;
  /** When the link was last cut or mended. */
  readonly linkChangedMs: number;
}

/** Knows which subnets are full; kept by EC2. */
export interface SubnetSource {
  /** Whether a network interface can be made there. A subnet that nobody made is never full. */
  hasFreeAddress(subnetId: string): boolean;
}

/** Counts the addresses that tasks hold in a subnet; kept by ECS. */
export interface AddressHolder {
  addressesIn(subnetId: string): number;
}

/** Registers tasks with target groups and tells their health; kept by Elastic Load Balancing. */
export interface TargetRegistry {
  register(targetGroupArn: string, target: LoadBalancerTarget): void;
  /** Starts draining; `done` is called after the deregistration delay. */
  deregister(targetGroupArn: string, targetId: string, done: () => void): void;
  health(targetGroupArn: string, targetId: string): 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
  /** Called whenever a target's health changes. */
  onHealth(listener: (targetGroupArn: string, targetId: string) => void): void;
}

export interface LoadBalancerTarget {
  /** The task's private address; unique among targets. */
  readonly id: string;
  readonly port: number;
  readonly request: (request: Request) => Promise<Response>;
}

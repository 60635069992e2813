import { randomBytes } from 'node:crypto';
import type { AgentAnswer, TaskSpec } from '../../simulator/cloud/ports.ts';

/** Where a task finds its metadata and its role's credentials. */
export interface TaskAccess {
  readonly metadataUri: string;
  readonly credentialsUri: string;
  /** `$ECS_AGENT_URI`; who knows it is the task. */
  readonly agentUri: string;
  /** What the task must show to get the credentials. */
  readonly authorizationToken: string;
}

/**
 * What the ECS agent serves to a task over HTTP: its role's credentials, its metadata and its scale-in protection (ECS
 * developer guide, "Task IAM role", "Task metadata endpoint version 4", "Task scale-in protection endpoint"). Credentials are handed out against a token that only the task has.
 */
export class TaskEndpoints {
  readonly #base: string;
  readonly #cluster: string;
  readonly #tasks = new Map<string, { readonly task: TaskSpec; readonly token: string }>();

  constructor(options: { readonly endpoint: string; readonly cluster: string }) {
    this.#base = options.endpoint;
    this.#cluster = options.cluster;
  }

  open(task: TaskSpec): TaskAccess {
    const id = taskId(task.taskArn);
    const token = this.#tasks.get(id)?.token ?? randomBytes(24).toString('base64url');
    this.#tasks.set(id, { task, token });
    return {
      metadataUri: `${this.#base}/_spillway/metadata/${id}`,
      credentialsUri: `${this.#base}/_spillway/credentials/${id}`,
      agentUri: `${this.#base}/_spillway/agent/${token}`,
      authorizationToken: token,
    };
  }

  /** Answers `/_spillway/agent/<token>/…` as the task's agent does; undefined for any other path. */
  async askAgent(method: string, path: string, body: unknown): Promise<AgentAnswer | undefined> {
    const [, token, rest] = /^\/_spillway\/agent\/([\w-]+)(\/.*)$/.exec(path) ?? [];
    const entry = [...this.#tasks.values()].find((one) => one.token === token);
    return entry?.task.agent({ method, path: rest ?? '', body });
  }

  close(taskArn: string): void {
    this.#tasks.delete(taskId(taskArn));
  }

  /** Answers `/_spillway/credentials/…` and `/_spillway/metadata/…`; undefined for any other path. */
  answer(
    path: string,
    authorization: string | undefined,
  ): { readonly status: number; readonly body: unknown } | undefined {
    const match = /^\/_spillway\/(credentials|metadata)\/([0-9a-f]+)(\/task)?$/.exec(path);
    if (!match) return undefined;
    const [, kind, id, whole] = match;
    const entry = this.#tasks.get(id as string);
    if (!entry) return { status: 404, body: { message: 'no such task runs here' } };
    if (kind === 'metadata')
      return { status: 200, body: whole ? this.#taskMetadata(entry.task) : containerMetadata(entry.task) };
    if (authorization !== entry.token)
      return { status: 403, body: { message: 'the authorization token is not this task’s' } };
    const credentials = entry.task.credentials?.();
    if (!credentials) return { status: 404, body: { message: 'the task has no role' } };
    return {
      status: 200,
      body: {
        RoleArn: credentials.roleArn,
        AccessKeyId: credentials.accessKeyId,
        SecretAccessKey: credentials.secretAccessKey,
        Token: credentials.sessionToken,
        Expiration: credentials.expiration.toISOString(),
      },
    };
  }

  #taskMetadata(task: TaskSpec): unknown {
    return {
      Cluster: this.#cluster,
      TaskARN: task.taskArn,
      Family: task.family,
      Revision: String(task.revision),
      LaunchType: task.launchType,
      ServiceName: task.serviceName,
      DesiredStatus: 'RUNNING',
      KnownStatus: 'RUNNING',
      Containers: task.containers.map((container) => ({
        Name: container.name,
        Image: container.image,
        ImageID: container.digest,
      })),
    };
  }
}

const containerMetadata = (task: TaskSpec): unknown => {
  const [container] = task.containers;
  return {
    Name: container?.name,
    Image: container?.image,
    ImageID: container?.digest,
    Labels: { 'com.amazonaws.ecs.task-arn': task.taskArn },
  };
};

const taskId = (taskArn: string): string => taskArn.split('/').at(-1) as string;

import { AwsError } from '../cloud/aws-error.ts';
import type { ImageSource } from '../cloud/ports.ts';
import type { Caller, ServiceContext } from '../cloud/service.ts';
import type { PinnedImage, TaskRecord } from './model.ts';

/** Why a task did not start, as in `stoppedReason`. */
export class TaskStartError extends Error {
  /** The container it was about, if one. */
  readonly containerName: string | undefined;
  /** An image could not be found: it counts as a failed resolution of the deployment. */
  readonly unresolved: boolean;

  constructor(message: string, options: { readonly containerName?: string; readonly unresolved?: boolean } = {}) {
    super(message);
    this.name = 'TaskStartError';
    this.containerName = options.containerName;
    this.unresolved = options.unresolved ?? false;
  }
}

/** What a container needs before it can run, fetched as the execution role. */
export interface Prepared {
  readonly images: ReadonlyMap<string, PinnedImage>;
  readonly secrets: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Log stream of each container that logs with awslogs. */
  readonly streams: ReadonlyMap<string, { readonly group: string; readonly stream: string }>;
}

/** Fetches what the containers of a task need, as the agent does before it pulls and starts. */
export class ContainerPreparation {
  readonly #ctx: ServiceContext;
  readonly #images: ImageSource;

  constructor(ctx: ServiceContext, images: ImageSource) {
    this.#ctx = ctx;
    this.#images = images;
  }

  /** @throws TaskStartError */
  async prepare(task: TaskRecord): Promise<Prepared> {
    const secrets = new Map<string, Readonly<Record<string, string>>>();
    for (const { definition } of task.containers) {
      const values: Record<string, string> = {};
      for (const { name, valueFrom } of definition.secrets ?? []) {
        values[name ?? ''] = await this.#secret(task, valueFrom ?? '');
      }
      secrets.set(definition.name ?? '', values);
    }
    const images = new Map<string, PinnedImage>();
    for (const { definition } of task.containers) {
      images.set(definition.name ?? '', await this.#image(task, definition.name ?? '', definition.image ?? ''));
    }
    const streams = new Map<string, { readonly group: string; readonly stream: string }>();
    for (const container of task.containers) {
      const { name = '', logConfiguration } = container.definition;
      if (logConfiguration?.logDriver !== 'awslogs') continue;
      const options = logConfiguration.options ?? {};
      const group = options['awslogs-group'] ?? '';
      const prefix = options['awslogs-stream-prefix'];
      const stream = prefix ? `${prefix}/${name}/${task.id}` : container.id;
      await this.#openStream(task, name, group, stream, options['awslogs-create-group'] === 'true');
      streams.set(name, { group, stream });
    }
    return { images, secrets, streams };
  }

  async #image(task: TaskRecord, name: string, reference: string): Promise<PinnedImage> {
    const consistent =
      task.taskDefinition.containers.find((container) => container.name === name)?.versionConsistency !== 'disabled';
    const pinned = consistent ? task.deployment?.pinned?.get(name) : undefined;
    const wanted = pinned ? `${withoutTag(reference)}@${pinned.digest}` : reference;
    await this.#mayPull(task, name, reference);
    const found = this.#images.find(wanted);
    if (found) {
      if (consistent) task.deployment?.pinned?.set(name, { repository: found.repository, digest: found.digest });
      return { repository: found.repository, digest: found.digest };
    }
    // ECS_IMAGE_PULL_BEHAVIOR=default: where the pull fails, an image that the machine holds will do (AGENT:README.md).
    if (pinned && task.instance?.images.has(pinned.digest)) return pinned;
    throw new TaskStartError(
      task.launchType === 'FARGATE'
        ? `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${wanted}: ${wanted}: not found`
        : `CannotPullContainerError: Error response from daemon: manifest for ${wanted} not found: manifest unknown: Requested image not found`,
      { containerName: name, unresolved: true },
    );
  }

  /** ECR lets a task pull what its execution role may read. Without a role an external instance pulls as itself. */
  async #mayPull(task: TaskRecord, containerName: string, reference: string): Promise<void> {
    const match = /^(\d+)\.dkr\.ecr\.([^.]+)\.amazonaws\.com\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(reference);
    if (!match || !this.#executionRole(task)) return;
    const [, registryId, , repositoryName, tag, digest] = match;
    const requests: [string, unknown][] = [
      ['GetAuthorizationToken', {}],
      [
        'BatchGetImage',
        { registryId, repositoryName, imageIds: [digest ? { imageDigest: digest } : { imageTag: tag ?? 'latest' }] },
      ],
    ];
    for (const [action, input] of requests) {
      try {
        await this.#asExecutionRole(task, 'ecr', action, input);
      } catch (error) {
        // Whether the image exists is asked afterwards; here only the permission counts.
        if (!(error instanceof AwsError) || error.code !== 'AccessDeniedException') continue;
        const summary =
          action === 'GetAuthorizationToken'
            ? `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: ${error.message}`
            : `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: pulling from host ${reference.slice(0, reference.indexOf('/'))} failed with status code [manifests]: 403 Forbidden: ${error.message}`;
        throw new TaskStartError(summary, { containerName });
      }
    }
  }

  async #secret(task: TaskRecord, valueFrom: string): Promise<string> {
    const fail = (store: string, error: unknown): never => {
      const { code, message } = error instanceof AwsError ? error : { code: 'Error', message: String(error) };
      throw new TaskStartError(
        `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from ${store}: service call has been retried 1 time(s): ${code}: ${message}`,
      );
    };
    if (valueFrom.includes(':secretsmanager:')) {
      // arn:aws:secretsmanager:region:account:secret:name[:json-key[:version-stage[:version-id]]]
      const parts = valueFrom.split(':');
      const [jsonKey, stage, versionId] = parts.slice(7);
      try {
        const { SecretString: text = '' } = (await this.#asExecutionRole(task, 'secretsmanager', 'GetSecretValue', {
          SecretId: parts.slice(0, 7).join(':'),
          ...(stage && { VersionStage: stage }),
          ...(versionId && { VersionId: versionId }),
        })) as { SecretString?: string };
        if (!jsonKey) return text;
        const value = (JSON.parse(text) as Record<string, unknown>)[jsonKey];
        if (value === undefined) throw new Error(`retrieved secret did not contain json key ${jsonKey}`);
        return typeof value === 'string' ? value : JSON.stringify(value);
      } catch (error) {
        return fail('asm', error);
      }
    }
    const inArn = /^arn:[^:]*:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(valueFrom)?.[1];
    // The ARN of `/a/b` and the ARN of `name` both have one slash after `parameter`.
    const name = inArn === undefined ? valueFrom : inArn.includes('/') ? `/${inArn}` : inArn;
    try {
      const answer = (await this.#asExecutionRole(task, 'ssm', 'GetParameters', {
        Names: [name],
        WithDecryption: true,
      })) as { Parameters?: { Value?: string }[]; InvalidParameters?: string[] };
      const value = answer.Parameters?.[0]?.Value;
      if (value === undefined) throw new Error(`invalid ssm parameters: ${name}`);
      return value;
    } catch (error) {
      return fail('ssm', error);
    }
  }

  /** The log driver opens its stream when the container is created, as the execution role. */
  async #openStream(
    task: TaskRecord,
    containerName: string,
    group: string,
    stream: string,
    createGroup: boolean,
  ): Promise<void> {
    if (!this.#executionRole(task)) return;
    try {
      if (createGroup) {
        await this.#asExecutionRole(task, 'logs', 'CreateLogGroup', { logGroupName: group }).catch(ignoreExisting);
      }
      await this.#asExecutionRole(task, 'logs', 'CreateLogStream', {
        logGroupName: group,
        logStreamName: stream,
      }).catch(ignoreExisting);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === 'NotModelledException') return;
      const detail = `failed to create Cloudwatch log stream: ${error.code}: ${error.message}`;
      throw new TaskStartError(
        task.launchType === 'FARGATE'
          ? `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: ${detail}`
          : `CannotStartContainerError: Error response from daemon: failed to initialize logging driver: ${detail}`,
        { containerName },
      );
    }
  }

  #executionRole(task: TaskRecord): string | undefined {
    return task.overrides.executionRoleArn ?? task.taskDefinition.input.executionRoleArn;
  }

  #asExecutionRole(
    task: TaskRecord,
    service: 'ecr' | 'logs' | 'secretsmanager' | 'ssm',
    action: string,
    input: unknown,
  ): Promise<unknown> {
    const roleArn = this.#executionRole(task) ?? '';
    const caller: Caller = {
      kind: 'role',
      roleArn,
      sessionName: task.id,
      arn: `arn:aws:sts::${this.#ctx.accountId}:assumed-role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}/${task.id}`,
    };
    return this.#ctx.call({ service, action, input, caller });
  }
}

const ignoreExisting = (error: unknown): void => {
  if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
};

const withoutTag = (reference: string): string => {
  const name = reference.includes('@') ? reference.slice(0, reference.indexOf('@')) : reference;
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
};

import type { ActionDefinition, PolicyDocument, ServiceContext, SimulatedService } from '../cloud/service.ts';
import { addPermission } from './actions/add-permission.ts';
import { cancelMessageMoveTask } from './actions/cancel-message-move-task.ts';
import { changeMessageVisibility } from './actions/change-message-visibility.ts';
import { changeMessageVisibilityBatch } from './actions/change-message-visibility-batch.ts';
import { createQueue } from './actions/create-queue.ts';
import { deleteMessage } from './actions/delete-message.ts';
import { deleteMessageBatch } from './actions/delete-message-batch.ts';
import { deleteQueue } from './actions/delete-queue.ts';
import { getQueueAttributes } from './actions/get-queue-attributes.ts';
import { getQueueUrl } from './actions/get-queue-url.ts';
import { listDeadLetterSourceQueues } from './actions/list-dead-letter-source-queues.ts';
import { listMessageMoveTasks } from './actions/list-message-move-tasks.ts';
import { listQueueTags } from './actions/list-queue-tags.ts';
import { listQueues } from './actions/list-queues.ts';
import { purgeQueue } from './actions/purge-queue.ts';
import { receiveMessage } from './actions/receive-message.ts';
import { removePermission } from './actions/remove-permission.ts';
import { sendMessage } from './actions/send-message.ts';
import { sendMessageBatch } from './actions/send-message-batch.ts';
import { setQueueAttributes } from './actions/set-queue-attributes.ts';
import { startMessageMoveTask } from './actions/start-message-move-task.ts';
import { tagQueue } from './actions/tag-queue.ts';
import { untagQueue } from './actions/untag-queue.ts';
import { ApproximateCounts } from './approximate-counts.ts';
import { sqsErrors } from './errors.ts';
import type { MoveTask } from './move-task.ts';
import { type Counts, Queue, type Redrive } from './queue.ts';
import { QueueMetrics } from './queue-metrics.ts';

export interface SqsOptions {
  /** Where queue URLs point: protocol, host and port. Default `http://127.0.0.1:4566`. */
  readonly queueUrlBase?: string;
}

/** Amazon SQS with standard queues; FIFO queues are refused by name. */
export class SqsService implements SimulatedService {
  readonly name = 'sqs';
  readonly ctx: ServiceContext;
  readonly queues = new Map<string, Queue>();
  /** By handle, in the order of their starts. */
  readonly moveTasks = new Map<string, MoveTask>();
  /** When a queue was deleted, by name: for 60 s of AWS's time its name is not free. */
  readonly deletedMs = new Map<string, number>();
  readonly #queueUrlBase: string;
  readonly #metrics: QueueMetrics;
  readonly #policies = new Map<string, PolicyDocument>();
  readonly #counts: ApproximateCounts;

  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<SqsService, any, any>>> = {
    AddPermission: addPermission,
    CancelMessageMoveTask: cancelMessageMoveTask,
    ChangeMessageVisibility: changeMessageVisibility,
    ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
    CreateQueue: createQueue,
    DeleteMessage: deleteMessage,
    DeleteMessageBatch: deleteMessageBatch,
    DeleteQueue: deleteQueue,
    GetQueueAttributes: getQueueAttributes,
    GetQueueUrl: getQueueUrl,
    ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
    ListMessageMoveTasks: listMessageMoveTasks,
    ListQueueTags: listQueueTags,
    ListQueues: listQueues,
    PurgeQueue: purgeQueue,
    ReceiveMessage: receiveMessage,
    RemovePermission: removePermission,
    SendMessage: sendMessage,
    SendMessageBatch: sendMessageBatch,
    SetQueueAttributes: setQueueAttributes,
    StartMessageMoveTask: startMessageMoveTask,
    TagQueue: tagQueue,
    UntagQueue: untagQueue,
  };

  constructor(ctx: ServiceContext, options: SqsOptions = {}) {
    this.ctx = ctx;
    this.#counts = new ApproximateCounts(ctx);
    this.#queueUrlBase = options.queueUrlBase ?? 'http://127.0.0.1:4566';
    this.#metrics = new QueueMetrics(ctx, this.queues);
  }

  create(name: string): Queue {
    const redriveOf = this.#redriveReader();
    const queue = new Queue(this.ctx.kernel, name, this.arnOf(name), () => redriveOf(queue));
    this.queues.set(name, queue);
    this.#metrics.start();
    return queue;
  }

  urlOf(name: string): string {
    return `${this.#queueUrlBase}/${this.ctx.accountId}/${name}`;
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.ctx.region}:${this.ctx.accountId}:${name}`;
  }

  /** The ARN of the queue that a URL means, existing or not: IAM is asked before existence is. */
  arnOfUrl(url: string | undefined): string {
    return this.arnOf(nameOf(url));
  }

  /** Only the path of the URL counts: the same queue is reached under several host names. @throws AwsError */
  queueOf(url: string | undefined): Queue {
    if (!url) throw sqsErrors.missingParameter('QueueUrl');
    const queue = this.queues.get(nameOf(url));
    if (!queue) throw sqsErrors.queueDoesNotExist();
    this.#metrics.touch(queue);
    return queue;
  }

  /** The queue of an ARN that a request names, as the member of that name. @throws AwsError */
  queueOfArn(arn: string | undefined, member: string): Queue {
    if (!arn) throw sqsErrors.missingParameter(member);
    const queue = this.queues.get(arn.split(':')[5] ?? '');
    if (!queue || queue.arn !== arn)
      throw sqsErrors.resourceNotFound(`The resource that you specified for the ${member} parameter doesn't exist.`);
    return queue;
  }

  /** Queues whose dead letters go to this one. */
  sourcesOf(target: Queue): readonly Queue[] {
    return [...this.queues.values()].filter(({ attributes }) => {
      const policy = attributes.get('RedrivePolicy');
      return policy !== undefined && JSON.parse(policy).deadLetterTargetArn === target.arn;
    });
  }

  policyOf(url: string | undefined): PolicyDocument | undefined {
    const text = this.queues.get(nameOf(url))?.attributes.get('Policy');
    if (!text) return undefined;
    // One object for one text: IAM, which is asked at every call, knows a policy that it has compiled by its identity.
    const policy = this.#policies.get(text) ?? (JSON.parse(text) as PolicyDocument);
    this.#policies.set(text, policy);
    return policy;
  }

  /** Counts as `GetQueueAttributes` sees them. */
  countsOf(queue: Queue): Counts {
    return this.#counts.of(queue);
  }

  delete(queue: Queue): void {
    this.queues.delete(queue.name);
    this.#counts.forget(queue);
    this.deletedMs.set(queue.name, this.ctx.kernel.now());
    queue.close();
  }

  /** Reads the redrive policy of one queue, which is asked for at every receive, once for each text. */
  #redriveReader(): (queue: Queue) => Redrive | undefined {
    let known: { readonly text: string; readonly redrive: Redrive } | undefined;
    return (queue) => {
      const text = queue.attributes.get('RedrivePolicy');
      if (!text) return undefined;
      if (known?.text !== text) known = { text, redrive: this.#redriveOf(queue, text) };
      return known.redrive;
    };
  }

  #redriveOf(queue: Queue, text: string): Redrive {
    const policy = JSON.parse(text) as { deadLetterTargetArn: string; maxReceiveCount: number | string };
    return {
      maxReceiveCount: Number(policy.maxReceiveCount),
      move: (message) => {
        const target = this.queues.get(policy.deadLetterTargetArn.split(':')[5] ?? '');
        if (!target) return false;
        this.#metrics.touch(target);
        target.takeOver(message, queue.arn);
        this.ctx.kernel.record('sqs.dead-letter', { queue: queue.name, to: target.name, messageId: message.id });
        return true;
      },
    };
  }
}

const nameOf = (url = ''): string => url.slice(url.lastIndexOf('/') + 1);

import { newestBursts } from '../../../functions/adapters/records.ts';
import type { TableClient } from '../../../functions/adapters/table.ts';
import { type Capacity, clusterNameOf, twinName } from '../../../functions/core/configuration.ts';
import type { BurstRecord } from '../../../functions/core/state.ts';
import type { Fidelity } from '../../../simulator/cloud/fidelity.ts';
import type { RuntimeTask } from '../../../simulator/cloud/ports.ts';
import type { TraceEntry } from '../../../simulator/kernel/kernel.ts';
import type { Execution } from '../../../simulator/stepfunctions/execution/execution.ts';
import { type TwinTruth, truthOf } from '../../rollouts/ground-truth.ts';
import type { Interference } from '../../virtual/interference.ts';
import { type ServiceModules, virtualTaskRuntime } from '../../virtual/task-runtime.ts';
import { VirtualWorld } from '../../virtual/world.ts';
import { machines, materialOf, type Shape, service } from './shapes.ts';

/** A container that runs the order processor, and what it has in hand. */
export interface RunningWorker {
  readonly taskArn: string;
  readonly capacity: Capacity;
  readonly machine: string | undefined;
  readonly runtime: RuntimeTask;
  /** Receipt handles of the messages that it received and is not done with, each with the id of its order. */
  readonly held: Map<string, string>;
  alive: boolean;
}

/** An order and what became of it, by the answers that workers got. */
export interface Order {
  readonly id: string;
  readonly residency: 'any' | 'onprem';
  readonly sentMs: number;
  /** Conditional writes of its effect that succeeded. */
  readonly effects: { readonly atMs: number; readonly capacity: Capacity; readonly taskArn: string }[];
  receives: number;
}

export interface BurstWorldOptions {
  readonly seed: number;
  readonly shape: Shape;
  readonly fidelity: Fidelity;
  readonly interference: Interference;
  readonly onTrace: (entry: TraceEntry) => void;
  /** A worker received an order, or its effect was written. */
  readonly onOrder: (order: Order, worker: RunningWorker) => void;
}

const minute = 60_000;

interface SentCommand {
  readonly input: Readonly<Record<string, unknown>>;
}
type Send = (command: SentCommand, options?: unknown) => Promise<Readonly<Record<string, unknown>>>;
interface ReceivedMessage {
  readonly ReceiptHandle: string;
  readonly Body: string;
}

/** The controller as it deploys, the sample's order processor, and one site; each order is followed by its id. */
export class BurstWorld {
  readonly shape: Shape;
  readonly world: VirtualWorld;
  readonly cluster: string;
  readonly orders = new Map<string, Order>();
  readonly workers = new Map<string, RunningWorker>();
  readonly told: Readonly<Record<string, unknown>>[] = [];
  /** `ECS Task State Change` of the Fargate twin's tasks, the newest of each. */
  readonly fargateTasks = new Map<string, Readonly<Record<string, unknown>>>();

  private constructor(shape: Shape, world: VirtualWorld) {
    this.shape = shape;
    this.world = world;
    this.cluster = clusterNameOf(world.configuration);
  }

  static async boot(options: BurstWorldOptions): Promise<BurstWorld> {
    const { seed, shape, fidelity, interference, onTrace, onOrder } = options;
    let here: BurstWorld | undefined;
    const material = await materialOf(shape);
    const world = await VirtualWorld.boot(material, {
      seed,
      fidelity,
      machines,
      onTrace,
      interference,
      onEvent: ({ 'detail-type': type, detail }) => {
        if (type === 'Spillway Burst State Change') here?.told.push({ ...detail, atMs: world.kernel.now() });
        if (
          type === 'ECS Task State Change' &&
          detail.group === `service:${twinName(service, 'fargate', world.configuration.services[service])}`
        )
          here?.fargateTasks.set(String(detail.taskArn), detail);
      },
      runtime: (cloud) => ({
        start: (spec, events) => {
          const runtime = virtualTaskRuntime(
            cloud,
            watched(material.services, () => here, onOrder),
          ).start(spec, {
            ...events,
            exited: (name, code) => {
              const worker = here?.workers.get(spec.taskArn);
              if (worker) worker.alive = false;
              events.exited(name, code);
            },
          });
          here?.workers.set(spec.taskArn, {
            taskArn: spec.taskArn,
            capacity: spec.launchType === 'EXTERNAL' ? 'external' : 'fargate',
            machine: spec.managedInstanceId,
            runtime,
            held: new Map(),
            alive: true,
          });
          return runtime;
        },
      }),
    });
    here = new BurstWorld(shape, world);
    return here;
  }

  now(): number {
    return this.world.kernel.now();
  }

  executions(machine: 'burst' | 'rollout'): readonly Execution[] {
    return [...this.world.cloud.stepFunctions.executions()].filter((one) => one.machine.name === `spillway-${machine}`);
  }

  quiet(): boolean {
    return [...this.world.cloud.stepFunctions.executions()].every(({ status }) => status !== 'RUNNING');
  }

  truth(capacity: Capacity): TwinTruth {
    const truth = truthOf(
      this.world.cloud.ecs,
      this.cluster,
      twinName(service, capacity, this.world.configuration.services[service]),
    );
    if (!truth) throw new Error(`there is no ${capacity} twin`);
    return truth;
  }

  base(capacity: Capacity): number {
    return this.world.configuration.services[service]?.[capacity]?.baseTasks ?? 0;
  }

  most(capacity: Capacity): number {
    return this.world.configuration.services[service]?.[capacity]?.maxTasks ?? this.base(capacity);
  }

  /** The item that the effect of an order was written into. */
  item(orderId: string): { readonly effects: number; readonly capacity: string | undefined } | undefined {
    const item = this.world.cloud.dynamoDb.find('orders')?.get({ id: { S: orderId } });
    return item && { effects: Number(item.effects?.N ?? 0), capacity: item.processedOn?.M?.capacity?.S };
  }

  /** Execution that holds the burst lease of the service. */
  holder(): string | undefined {
    const item = this.world.cloud.dynamoDb
      .find('spillway')
      ?.get({ pk: { S: `service#${service}` }, sk: { S: 'control' } });
    return item?.burst?.M?.executionArn?.S;
  }

  /** Messages in a queue, whatever they are doing there. */
  async depth(queue: string): Promise<number> {
    const { QueueUrl } = (await this.world.cloud.call('sqs', 'GetQueueUrl', { QueueName: queue })) as {
      QueueUrl: string;
    };
    const { Attributes } = (await this.world.cloud.call('sqs', 'GetQueueAttributes', {
      QueueUrl,
      AttributeNames: ['All'],
    })) as { Attributes: Readonly<Record<string, string>> };
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  }

  bursts(): Promise<readonly BurstRecord[]> {
    const send = (command: { readonly input: unknown }): Promise<unknown> =>
      this.world.cloud.call('dynamodb', command.constructor.name.replace(/Command$/, ''), command.input);
    const table: TableClient = { client: { send } as TableClient['client'], name: 'spillway' };
    return this.world.settle(newestBursts(table, service, 100), minute);
  }
}

/** The order processor with clients that tell what it receives, gives back and brings about. */
const watched = (
  modules: ServiceModules,
  world: () => BurstWorld | undefined,
  onOrder: BurstWorldOptions['onOrder'],
): ServiceModules =>
  new Map(
    [...modules].map(([name, module]) => [
      name,
      {
        create: (deps: Parameters<typeof module.create>[0]) => {
          const { sqs, dynamodb } = deps.clients as Readonly<Record<string, { readonly send: Send }>>;
          const here = world();
          const worker = here?.workers.get(deps.task.arn);
          if (!sqs || !dynamodb || !here || !worker) return module.create(deps);
          return module.create({
            ...deps,
            clients: {
              ...deps.clients,
              sqs: { send: watchQueue(here, worker, sqs.send, onOrder) },
              dynamodb: { send: watchTable(here, worker, dynamodb.send, onOrder) },
            },
          });
        },
      },
    ]),
  );

const watchQueue =
  (here: BurstWorld, worker: RunningWorker, send: Send, onOrder: BurstWorldOptions['onOrder']): Send =>
  async (command, options) => {
    const { ReceiptHandle: handle, VisibilityTimeout: timeout } = command.input;
    const isOver = command.constructor.name === 'DeleteMessageCommand' || timeout === 0;
    // What is given back is in other hands before its answer is here.
    if (isOver) worker.held.delete(String(handle));
    const answer = await send(command, options);
    for (const { ReceiptHandle, Body } of (answer.Messages ?? []) as readonly ReceivedMessage[]) {
      const { id } = JSON.parse(Body) as { id: string };
      worker.held.set(ReceiptHandle, id);
      const order = here.orders.get(id);
      if (!order) continue;
      order.receives += 1;
      onOrder(order, worker);
    }
    return answer;
  };

const watchTable =
  (here: BurstWorld, worker: RunningWorker, send: Send, onOrder: BurstWorldOptions['onOrder']): Send =>
  async (command, options) => {
    const answer = await send(command, options);
    const { Key } = command.input as { Key?: { id?: { S?: string } } };
    const order = here.orders.get(Key?.id?.S ?? '');
    if (order && command.constructor.name === 'UpdateItemCommand') {
      order.effects.push({ atMs: here.now(), capacity: worker.capacity, taskArn: worker.taskArn });
      onOrder(order, worker);
    }
    return answer;
  };

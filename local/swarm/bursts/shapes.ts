import {
  type Configuration,
  type ConfigurationInput,
  defineConfiguration,
} from '../../../functions/core/configuration.ts';
import { loadFunctions } from '../../virtual/function-host.ts';
import { loadServices } from '../../virtual/task-runtime.ts';
import { synthesize, type WorldMaterial } from '../../virtual/world.ts';
import type { Machine } from '../../world/machines.ts';

export const service = 'order-processor';

/** A service that bursts: what it is allowed and how long its orders take. */
export interface Shape {
  readonly name: string;
  readonly workSeconds: number;
  readonly ordersAtATime: number;
  readonly settings: Pick<
    ConfigurationInput['services'][string],
    'external' | 'fargate' | 'stopTimeoutSeconds' | 'rollout'
  > & { readonly cpuUnits?: number; readonly memoryMiB?: number };
  readonly burst: Omit<
    NonNullable<ConfigurationInput['services'][string]['burst']>,
    'queue' | 'workSecondsPerMessage' | 'messagesPerTask'
  >;
  /** What is believed of an order's work, as a share of the truth. */
  readonly believedShare: number;
}

/** A large task is one of which a cent, the least of budgets, pays for 24 minutes: a storm needs more, so that budgets are held against it. */
const small = { cpuUnits: 256, memoryMiB: 512 } as const;
const large = { cpuUnits: 512, memoryMiB: 1_024 } as const;

/** Few tasks and slow orders: a second of virtual time then costs little. */
export const shapes: readonly Shape[] = [
  {
    name: 'D 60 s, cap 6',
    workSeconds: 6,
    ordersAtATime: 1,
    settings: {
      external: { baseTasks: 3 },
      fargate: { baseTasks: 0, maxTasks: 6 },
      rollout: { bakeSeconds: 0 },
    },
    burst: { deadlineSeconds: 60, startSeconds: 30 },
    believedShare: 1,
  },
  {
    name: 'D 120 s, cap 5, a cent a day, external room of 4',
    workSeconds: 12,
    ordersAtATime: 2,
    settings: {
      ...large,
      external: { baseTasks: 2, maxTasks: 4 },
      fargate: { baseTasks: 0, maxTasks: 5 },
      rollout: { bakeSeconds: 0, waves: ['external', 'fargate'] },
    },
    burst: { deadlineSeconds: 120, budget: { dailyUsd: 0.01 } },
    believedShare: 0.7,
  },
  {
    name: 'D 30 s, Fargate base of 1, a cent an hour, looks of 5 s, bursts on the loss of a site',
    workSeconds: 4,
    ordersAtATime: 1,
    settings: {
      ...large,
      external: { baseTasks: 2 },
      fargate: { baseTasks: 1, maxTasks: 6 },
      rollout: { bakeSeconds: 0 },
    },
    burst: { deadlineSeconds: 30, lookSeconds: 5, calmLooks: 4, onSiteLoss: true, budget: { hourlyUsd: 0.01 } },
    believedShare: 1.3,
  },
  {
    name: 'D 120 s, orders of 40 s that outlast a stop, so that busy tasks are protected',
    workSeconds: 40,
    ordersAtATime: 4,
    settings: {
      external: { baseTasks: 2 },
      fargate: { baseTasks: 0, maxTasks: 4 },
      stopTimeoutSeconds: 20,
      rollout: { bakeSeconds: 0 },
    },
    burst: { deadlineSeconds: 120, calmLooks: 2 },
    believedShare: 1,
  },
];

/** Orders that the external base can do in a second. */
export const baseRate = ({ settings, ordersAtATime, workSeconds }: Shape): number =>
  ((settings.external?.baseTasks ?? 0) * ordersAtATime) / workSeconds;

const configurationOf = ({ workSeconds, ordersAtATime, settings, burst, believedShare }: Shape): Configuration =>
  defineConfiguration({
    // So many receives that kills and cuts alone send no good order to the dead-letter queue.
    queues: {
      orders: { visibilityTimeoutSeconds: 30, maxReceiveCount: 50 },
      'orders-onprem': { visibilityTimeoutSeconds: 30, maxReceiveCount: 50 },
    },
    tables: ['orders'],
    services: {
      [service]: {
        ...small,
        environment: {
          WORK_SECONDS_PER_ORDER: String(workSeconds),
          ORDERS_AT_A_TIME: String(ordersAtATime),
        },
        receivesFrom: ['orders'],
        receivesFromOnPremises: ['orders-onprem'],
        tables: ['orders'],
        ...settings,
        burst: {
          queue: 'orders',
          workSecondsPerMessage: workSeconds * believedShare,
          messagesPerTask: ordersAtATime,
          ...burst,
        },
      },
    },
  });

/** Two machines of one site: the loss of one is the loss of half. */
export const machines: readonly Machine[] = [1, 2].map((number) => ({
  managedInstanceId: `mi-${String(number).repeat(17)}`,
  cpuUnits: 2048,
  memoryMiB: 4096,
  site: 'dc1',
}));

const prepared = new Map<Shape, Promise<WorldMaterial>>();

/** Templates and code of a shape, made once in a process. */
export const materialOf = (shape: Shape): Promise<WorldMaterial> => {
  const known = prepared.get(shape);
  if (known) return known;
  const configuration = configurationOf(shape);
  const made = Promise.all([loadFunctions(), loadServices([service])]).then(([functions, services]) => ({
    configuration,
    assembly: synthesize(configuration),
    functions,
    services,
  }));
  prepared.set(shape, made);
  return made;
};

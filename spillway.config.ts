import { defineConfiguration } from './functions/core/configuration.ts';

/** Short, so that a first try is quick; in production an hour of watching costs nothing. */
const rollout = { bakeSeconds: 10 };

/** The services of the sample workload: where they run, how they roll out, when they burst. Fields: docs/configuration.md. */
export default defineConfiguration({
  queues: {
    orders: { visibilityTimeoutSeconds: 30, maxReceiveCount: 5 },
    'orders-onprem': { visibilityTimeoutSeconds: 30, maxReceiveCount: 5 },
  },
  tables: ['orders'],
  services: {
    'web-ui': {
      cpuUnits: 256,
      memoryMiB: 512,
      paths: ['/*'],
      fargate: { baseTasks: 1 },
      rollout,
    },
    'orders-api': {
      cpuUnits: 256,
      memoryMiB: 512,
      paths: ['/api/*'],
      sendsTo: ['orders', 'orders-onprem'],
      tables: ['orders'],
      fargate: { baseTasks: 2 },
      rollout,
    },
    'order-processor': {
      cpuUnits: 512,
      memoryMiB: 1024,
      // 0.5 s of work an order and two orders at a time make 4 orders a second for each task.
      environment: { WORK_SECONDS_PER_ORDER: '0.5', ORDERS_AT_A_TIME: '2' },
      receivesFrom: ['orders'],
      receivesFromOnPremises: ['orders-onprem'],
      tables: ['orders'],
      external: { baseTasks: 3, maxTasks: 4, minimumHealthyPercent: 50, maximumPercent: 150 },
      fargate: { baseTasks: 0, maxTasks: 8 },
      rollout,
      burst: { queue: 'orders', deadlineSeconds: 20, workSecondsPerMessage: 0.5, messagesPerTask: 2 },
    },
  },
});

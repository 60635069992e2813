import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { getRequestListener } from '@hono/node-server';
import { z } from 'zod';
import { create } from './order-processor.ts';

const log = (entry: Record<string, unknown>): void => {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'order-processor', ...entry }));
};

/** From the task metadata endpoint, version 4 (ECS developer guide), where the agent says what this task is. */
const TaskMetadata = z.object({ TaskARN: z.string(), LaunchType: z.enum(['EXTERNAL', 'FARGATE']) });
const metadata = await fetch(`${process.env.ECS_CONTAINER_METADATA_URI_V4}/task`, {
  signal: AbortSignal.timeout(5_000),
});
const { TaskARN: arn, LaunchType: launchType } = TaskMetadata.parse(await metadata.json());

const processor = create({
  env: process.env,
  clients: {
    // The endpoint comes from the ordinary AWS configuration, never from the host in a queue's URL.
    sqs: new SQSClient({ useQueueUrlAsEndpoint: false }),
    dynamodb: new DynamoDBClient(),
    events: new EventBridgeClient(),
    ecs: new ECSClient(),
  },
  clock: { now: Date.now, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
  task: { arn, launchType },
  log,
});

const hostname = process.env.HOST ?? '0.0.0.0';
const port = Number(process.env.PORT ?? '8080');
createServer(getRequestListener(processor.fetch)).listen(port, hostname, () => {
  log({ level: 'info', message: 'started', hostname, port, task: arn, launchType });
});
processor.start();

const stop = async (): Promise<void> => {
  log({ level: 'info', message: 'stopping' });
  await processor.stop();
  log({ level: 'info', message: 'stopped' });
  process.exit(0);
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

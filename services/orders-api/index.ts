import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { getRequestListener } from '@hono/node-server';
import { create } from './orders-api.ts';

const log = (entry: Record<string, unknown>): void => {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'orders-api', ...entry }));
};

const api = create({
  env: process.env,
  clients: {
    // The endpoint comes from the ordinary AWS configuration, never from the host in a queue's URL.
    sqs: new SQSClient({ useQueueUrlAsEndpoint: false }),
    dynamodb: new DynamoDBClient(),
  },
  clock: { now: Date.now },
  log,
});

const hostname = process.env.HOST ?? '0.0.0.0';
const port = Number(process.env.PORT ?? '8080');
const server = createServer(getRequestListener(api.fetch));
server.listen(port, hostname, () => log({ level: 'info', message: 'started', hostname, port }));
api.start();

const stop = async (): Promise<void> => {
  log({ level: 'info', message: 'stopping' });
  server.close(() => process.exit(0));
  await api.stop();
  // A kept-alive connection counts as open until its client goes; answered ones may be closed now.
  setInterval(() => server.closeIdleConnections(), 50);
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

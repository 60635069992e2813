import { setImmediate } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { Power, scriptedWorker } from './scripted-worker.ts';

it('a machine that loses its power while it deletes a message ends there, and says that the message may come back', async () => {
  const told: string[] = [];
  const power = new Power();
  const task = { arn: 'arn:task/1', launchType: 'EXTERNAL' } as const;
  const sqs = {
    send: async (command: unknown) => {
      if (command instanceof ReceiveMessageCommand)
        return { Messages: [{ Body: '7', ReceiptHandle: 'r', Attributes: { SentTimestamp: '0' } }] };
      expect(command).toBeInstanceOf(DeleteMessageCommand);
      power.lose(task.arn);
      throw new Error('Connection timed out');
    },
  };
  const log = {
    received: (message: number) => told.push(`received ${message}`),
    worked: (message: number) => told.push(`worked ${message}`),
    undecided: (message: number) => told.push(`undecided ${message}`),
    workSeconds: () => 4,
  };
  const clients = { sqs, dynamodb: { send: async () => ({}) }, events: { send: async () => ({}) } };
  const worker = scriptedWorker(log, power).create({
    env: { LOAD_REPORTS_DEADLINE_SECONDS: '120' },
    clients: clients as never,
    clock: { now: () => 0, sleep: () => setImmediate() },
    task,
    log: () => undefined,
  });
  worker.start();
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  expect(told).toEqual(['received 7', 'worked 7', 'undecided 7']);
});

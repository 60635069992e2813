import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, connect } from './connection.ts';
import { runProgram } from './program.ts';

let connection: Connection | undefined;

await runProgram(
  {
    configuration: async () => (await import('../spillway.config.ts')).default,
    connection: () => {
      connection ??= connect(process.env);
      return connection;
    },
    clock: { now: () => Date.now(), sleep: (ms) => sleep(ms) },
    out: (text) => console.log(text),
    progress: (text) => console.error(text),
    actor: userInfo().username,
    columns: process.stdout.columns,
    localEndpoint: process.env.AWS_ENDPOINT_URL,
    exit: (code) => {
      process.exitCode = code;
    },
  },
  process.argv.slice(2),
);

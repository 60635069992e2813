import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { create } from './web-ui.ts';

const log = (entry: Record<string, unknown>): void => {
  console.log(JSON.stringify({ time: new Date().toISOString(), service: 'web-ui', ...entry }));
};

const webUi = create({ clock: { now: Date.now }, log });

const hostname = process.env.HOST ?? '0.0.0.0';
const port = Number(process.env.PORT ?? '8080');
const server = createServer(getRequestListener(webUi.fetch));
server.listen(port, hostname, () => log({ level: 'info', message: 'started', hostname, port }));
webUi.start();

const stop = async (): Promise<void> => {
  log({ level: 'info', message: 'stopping' });
  server.close(() => process.exit(0));
  await webUi.stop();
  // A kept-alive connection counts as open until its client goes; answered ones may be closed now.
  setInterval(() => server.closeIdleConnections(), 50);
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

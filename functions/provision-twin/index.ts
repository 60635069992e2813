import { ECSClient } from '@aws-sdk/client-ecs';
import { systemClock } from '../runtime/clock.ts';
import { create } from './provision-twin.ts';

export const handler = create({
  env: process.env,
  clients: { ecs: new ECSClient(), http: (url, init) => fetch(url, init) },
  clock: systemClock,
});

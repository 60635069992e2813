import { ECSClient } from '@aws-sdk/client-ecs';
import { systemClock } from '../runtime/clock.ts';
import { create } from './prove-release.ts';

export const handler = create({
  env: process.env,
  clients: { ecs: new ECSClient() },
  clock: systemClock,
});

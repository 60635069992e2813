import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../runtime/clock.ts';
import { create } from './start-rollout.ts';

export const handler = create({
  env: process.env,
  clients: { sfn: new SFNClient(), ssm: new SSMClient() },
  clock: systemClock,
});

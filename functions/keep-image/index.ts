import { ECRClient } from '@aws-sdk/client-ecr';
import { systemClock } from '../runtime/clock.ts';
import { create } from './keep-image.ts';

export const handler = create({ env: process.env, clients: { ecr: new ECRClient() }, clock: systemClock });

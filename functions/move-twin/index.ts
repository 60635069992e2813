import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../runtime/clock.ts';
import { create } from './move-twin.ts';

// One attempt of 5 s: whoever takes the lease over waits until no call of an older fence can be on its way any more.
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

export const handler = create({
  env: process.env,
  clients: {
    dynamodb: new DynamoDBClient(),
    ecs: new ECSClient({ maxAttempts: 1, requestHandler }),
    sfn: new SFNClient(),
  },
  clock: systemClock,
});

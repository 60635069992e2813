import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../runtime/clock.ts';
import { create } from './close-rollout.ts';

export const handler = create({
  env: process.env,
  clients: {
    dynamodb: new DynamoDBClient(),
    ecs: new ECSClient(),
    events: new EventBridgeClient(),
    sfn: new SFNClient(),
  },
  clock: systemClock,
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../runtime/clock.ts';
import { create } from './take-lease.ts';

export const handler = create({
  env: process.env,
  clients: {
    dynamodb: new DynamoDBClient(),
    ecs: new ECSClient(),
    events: new EventBridgeClient(),
    sfn: new SFNClient(),
    ssm: new SSMClient(),
  },
  clock: systemClock,
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../runtime/clock.ts';
import { create } from './guard-executions.ts';

export const handler = create({
  env: process.env,
  clients: { dynamodb: new DynamoDBClient(), events: new EventBridgeClient(), sfn: new SFNClient() },
  clock: systemClock,
});

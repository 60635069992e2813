import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../runtime/clock.ts';
import { create } from './retire-revisions.ts';

export const handler = create({
  env: process.env,
  clients: { dynamodb: new DynamoDBClient(), ecs: new ECSClient(), ssm: new SSMClient() },
  clock: systemClock,
});

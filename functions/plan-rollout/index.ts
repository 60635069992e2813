import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { clientsOfReferenced } from '../adapters/referenced.ts';
import { systemClock } from '../runtime/clock.ts';
import { create } from './plan-rollout.ts';

export const handler = create({
  env: process.env,
  clients: { ...clientsOfReferenced(), dynamodb: new DynamoDBClient(), ecr: new ECRClient(), ecs: new ECSClient() },
  clock: systemClock,
});

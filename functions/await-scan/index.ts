import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '../runtime/clock.ts';
import { create } from './await-scan.ts';

export const handler = create({
  env: process.env,
  clients: { dynamodb: new DynamoDBClient(), ecr: new ECRClient(), sfn: new SFNClient() },
  clock: systemClock,
});

import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../runtime/clock.ts';
import { create } from './prove-release.ts';

export const handler = create({
  env: process.env,
  clients: {
    cloudwatch: new CloudWatchClient(),
    dynamodb: new DynamoDBClient(),
    ecs: new ECSClient(),
    sqs: new SQSClient(),
  },
  clock: systemClock,
});

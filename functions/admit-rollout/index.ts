import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../runtime/clock.ts';
import { create } from './admit-rollout.ts';

export const handler = create({
  env: process.env,
  clients: {
    codepipeline: new CodePipelineClient(),
    dynamodb: new DynamoDBClient(),
    ecr: new ECRClient(),
    ssm: new SSMClient(),
  },
  clock: systemClock,
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../runtime/clock.ts';
import { create } from './reconcile-services.ts';

const read = { dynamodb: new DynamoDBClient(), ecr: new ECRClient(), ecs: new ECSClient(), ssm: new SSMClient() };
const told = { events: new EventBridgeClient(), sfn: new SFNClient() };

export const handler = create({ env: process.env, clients: { ...read, ...told }, clock: systemClock });

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { systemClock } from '../runtime/clock.ts';
import { create } from './decide-burst.ts';

const aws = { dynamodb: new DynamoDBClient(), ec2: new EC2Client(), ecs: new ECSClient(), sqs: new SQSClient() };
const clients = { ...aws, serviceQuotas: new ServiceQuotasClient(), ssm: new SSMClient() };

export const handler = create({ env: process.env, clients, clock: systemClock });

import type { SendMessageRequest, SendMessageResult } from '@aws-sdk/client-sqs';
import type { ActionDefinition } from '../../cloud/service.ts';
import { sendTo } from '../sending.ts';
import type { SqsService } from '../sqs-service.ts';
import { onQueue } from './on-queue.ts';

export const sendMessage: ActionDefinition<SqsService, SendMessageRequest, SendMessageResult> = {
  ...onQueue('SendMessage'),
  run: (service, input, call) => sendTo(service, service.queueOf(input.QueueUrl), input, call.caller),
};

import { awsSdk } from './aws-sdk.ts';
import { dynamoDbItem } from './dynamodb-item.ts';
import type { Integration } from './integration.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaInvoke } from './lambda-invoke.ts';
import { putEvents } from './put-events.ts';
import type { SdkServiceName, TaskResource } from './resources.ts';
import { runEcsTask, runEcsTaskSync } from './run-task.ts';
import { sendMessage } from './send-message.ts';
import { snsPublish } from './sns-publish.ts';
import { startExecution, startExecutionSync } from './start-execution.ts';

/** What runs a task of this resource. The definition's parser has refused all others. */
export const integrationOf = (resource: TaskResource): Integration => {
  if (resource.kind === 'lambda-function') return lambdaFunction;
  const { resourceType, api, pattern } = resource;
  if (resourceType.startsWith('aws-sdk:')) return awsSdk(resourceType.slice('aws-sdk:'.length) as SdkServiceName, api);
  if (resourceType === 'dynamodb') return dynamoDbItem[api] as Integration;
  switch (`${resourceType}:${api}`) {
    case 'lambda:invoke':
      return lambdaInvoke;
    case 'events:putEvents':
      return putEvents;
    case 'sns:publish':
      return snsPublish;
    case 'sqs:sendMessage':
      return sendMessage;
    case 'states:startExecution':
      return pattern === 'sync' ? startExecutionSync : startExecution;
    case 'ecs:runTask':
      return pattern === 'sync' ? runEcsTaskSync : runEcsTask;
    default:
      throw new Error(`no integration runs ${resourceType}:${api}`);
  }
};

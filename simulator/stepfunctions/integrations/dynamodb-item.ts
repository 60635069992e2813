import { crc32 } from 'node:zlib';
import type { Json } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { fromApi } from './sdk-case.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { dynamoDbErrors } from './service-errors.ts';

/**
 * `arn:aws:states:::dynamodb:getItem` and the three that write an item. Values keep DynamoDB's own JSON.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html
 */
const item = (action: string, required: readonly string[]): Integration => ({
  required,
  request: async (run: TaskRun): Promise<Json> => {
    const answer = fromApi(await callService(run, 'dynamodb', action, run.arguments, dynamoDbErrors), false);
    const text = JSON.stringify(answer);
    // DynamoDB's own front names itself and sums up its answers.
    const headers = { Server: 'Server', 'x-amz-crc32': String(crc32(text)) };
    return {
      ...(answer as object),
      ...sdkMetadata(run.machinery.ctx.kernel, text, 'application/x-amz-json-1.0', headers),
    };
  },
});

export const dynamoDbItem: Readonly<Record<string, Integration>> = {
  getItem: item('GetItem', ['TableName', 'Key']),
  putItem: item('PutItem', ['TableName', 'Item']),
  updateItem: item('UpdateItem', ['TableName', 'Key']),
  deleteItem: item('DeleteItem', ['TableName', 'Key']),
};

import type { Json } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { snsErrors } from './service-errors.ts';

/** `arn:aws:states:::sns:publish`. A message that is not a string is sent as JSON (connect-sns). */
const request = async (run: TaskRun): Promise<Json> => {
  const args = isJsonObject(run.arguments) ? run.arguments : {};
  const { Message: message } = args;
  const response = await callService<{ MessageId: string }>(
    run,
    'sns',
    'Publish',
    { ...args, Message: typeof message === 'string' ? message : JSON.stringify(message) },
    snsErrors,
  );
  const answer: Json = { MessageId: response.MessageId };
  return { ...answer, ...sdkMetadata(run.machinery.ctx.kernel, JSON.stringify(answer), 'text/xml') };
};

export const snsPublish: Integration = { required: ['Message'], request };

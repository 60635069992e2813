import { StateFailure } from '../execution/failure.ts';
import type { Json } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { callService, type Integration, type TaskRun } from './integration.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { eventsErrors } from './service-errors.ts';

interface PutEventsAnswer {
  readonly FailedEntryCount?: number;
  readonly Entries?: readonly {
    readonly EventId?: string;
    readonly ErrorCode?: string;
    readonly ErrorMessage?: string;
  }[];
}

/**
 * `arn:aws:states:::events:putEvents`. Details may be objects, the execution and its machine join every entry's
 * resources, and one entry that fails makes the task fail.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html
 */
const request = async (run: TaskRun): Promise<Json> => {
  const args = isJsonObject(run.arguments) ? run.arguments : {};
  const origin = [run.execution.arn, run.execution.machine.arn];
  const entries = (Array.isArray(args.Entries) ? (args.Entries as readonly Json[]) : []).map((entry) => {
    if (!isJsonObject(entry)) return entry;
    const { Detail: detail, Resources: resources = [] } = entry;
    return {
      ...entry,
      ...(detail === undefined ? {} : { Detail: typeof detail === 'string' ? detail : JSON.stringify(detail) }),
      Resources: [...(Array.isArray(resources) ? (resources as readonly Json[]) : []), ...origin],
    };
  });
  const response = await callService<PutEventsAnswer>(
    run,
    'events',
    'PutEvents',
    { ...args, Entries: entries },
    eventsErrors,
  );
  const answer: Json = {
    Entries: (response.Entries ?? []).map((entry) => ({ ...entry }) as Json),
    FailedEntryCount: response.FailedEntryCount ?? 0,
  };
  const text = JSON.stringify(answer);
  if ((response.FailedEntryCount ?? 0) > 0) throw new StateFailure('EventBridge.FailedEntry', text);
  return { ...answer, ...sdkMetadata(run.machinery.ctx.kernel, text, 'application/x-amz-json-1.1') };
};

export const putEvents: Integration = { required: ['Entries'], request };

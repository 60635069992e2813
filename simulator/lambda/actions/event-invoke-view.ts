import type { FunctionEventInvokeConfig } from '@aws-sdk/client-lambda';
import type { EventInvokeSettings, Resolved } from '../model.ts';

/** The settings of asynchronous invocations as AWS answers them. */
export const eventInvokeView = (resolved: Resolved, settings: EventInvokeSettings): FunctionEventInvokeConfig => ({
  LastModified: new Date(settings.modifiedMs),
  FunctionArn: resolved.qualifier ? resolved.arn : `${resolved.fn.arn}:$LATEST`,
  MaximumRetryAttempts: settings.maximumRetryAttempts,
  MaximumEventAgeInSeconds: settings.maximumEventAgeSeconds,
  DestinationConfig: { OnSuccess: {}, OnFailure: {} },
});

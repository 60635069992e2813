import type { PutMetricStreamInput, PutMetricStreamOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { invalidCombination, missingParameter } from '../errors.ts';

/** Puts a stream, running from the start, or changes one, which stays running or stopped (API_PutMetricStream). */
export const putMetricStream: ActionDefinition<CloudWatchService, PutMetricStreamInput, PutMetricStreamOutput> = {
  partly: 'what a stream carries: none is fed',
  permissions: (service, input) => [
    { action: 'cloudwatch:PutMetricStream', resource: service.streamArn(input.Name) },
    {
      action: 'iam:PassRole',
      resource: input.RoleArn ?? '*',
      context: { 'iam:PassedToService': 'streams.metrics.cloudwatch.amazonaws.com' },
    },
  ],
  run: (service, input) => {
    for (const member of ['Name', 'FirehoseArn', 'RoleArn', 'OutputFormat'] as const)
      if (!input[member]) throw missingParameter(member);
    if (input.IncludeFilters && input.ExcludeFilters)
      throw invalidCombination('IncludeFilters and ExcludeFilters cannot be used in the same operation.');
    const name = input.Name as string;
    const nowMs = service.ctx.kernel.now();
    const known = service.streams.get(name);
    const arn = service.streamArn(name);
    service.streams.set(name, {
      name,
      arn,
      createdMs: known?.createdMs ?? nowMs,
      modifiedMs: nowMs,
      state: known?.state ?? 'running',
      // As with alarms, only the tagging actions change the tags of what is there.
      tags: known?.tags ?? new Map((input.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      input: structuredClone(input),
    });
    return { Arn: arn };
  },
};

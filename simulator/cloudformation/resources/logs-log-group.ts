import { number, pick, tagRecord, text } from '../property-values.ts';
import type { ResourceProvider } from '../resource-provider.ts';

export const logsLogGroup: ResourceProvider = {
  type: 'AWS::Logs::LogGroup',
  properties: ['KmsKeyId', 'LogGroupClass', 'LogGroupName', 'RetentionInDays', 'Tags'],
  attributes: ['Arn'],
  replacedBy: ['LogGroupClass', 'LogGroupName'],
  create: async (context, properties) => {
    const logGroupName = text(properties, 'LogGroupName') ?? context.name({ maxLength: 512 });
    const { KmsKeyId: kmsKeyId, LogGroupClass: logGroupClass } = pick(properties, 'KmsKeyId', 'LogGroupClass');
    await context.call('logs', 'CreateLogGroup', {
      logGroupName,
      ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
      ...(logGroupClass === undefined ? {} : { logGroupClass }),
      ...(properties.Tags === undefined ? {} : { tags: tagRecord(properties) }),
    });
    context.made(logGroupName);
    const retentionInDays = number(properties, 'RetentionInDays');
    if (retentionInDays !== undefined)
      await context.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
    const Arn = `arn:aws:logs:${context.region}:${context.accountId}:log-group:${logGroupName}:*`;
    return { physicalId: logGroupName, attributes: { Arn } };
  },
  update: async (context, { before, properties, changed }) => {
    const logGroupName = before.physicalId;
    const retentionInDays = number(properties, 'RetentionInDays');
    if (changed.has('RetentionInDays')) {
      if (retentionInDays === undefined) await context.call('logs', 'DeleteRetentionPolicy', { logGroupName });
      else await context.call('logs', 'PutRetentionPolicy', { logGroupName, retentionInDays });
    }
    return before;
  },
  delete: async (context, existing) => {
    await context.call('logs', 'DeleteLogGroup', { logGroupName: existing.physicalId });
  },
};

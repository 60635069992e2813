import type { DescribeAlarmHistoryInput, DescribeAlarmHistoryOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';
import { readTime } from '../times.ts';

export const describeAlarmHistory: ActionDefinition<
  CloudWatchService,
  DescribeAlarmHistoryInput,
  DescribeAlarmHistoryOutput
> = {
  refuses: ['AlarmContributorId'],
  permissions: (service, input) => service.onAlarms('DescribeAlarmHistory', [input.AlarmName ?? '*']),
  run: (service, input) => {
    const from = input.StartDate === undefined ? 0 : readTime(input.StartDate, 'StartDate');
    const to = input.EndDate === undefined ? Number.POSITIVE_INFINITY : readTime(input.EndDate, 'EndDate');
    const items = [...service.alarms.values(), ...service.composites.values()]
      .filter(({ name }) => input.AlarmName === undefined || name === input.AlarmName)
      .flatMap(({ history }) => history)
      .filter(({ HistoryItemType, Timestamp }) => {
        const atMs = Timestamp?.getTime() ?? 0;
        return (
          (input.HistoryItemType === undefined || HistoryItemType === input.HistoryItemType) &&
          atMs >= from &&
          atMs <= to
        );
      })
      .sort((a, b) => (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0));
    if (input.ScanBy !== 'TimestampAscending') items.reverse();
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxRecords ?? 50);
    return {
      AlarmHistoryItems: items.slice(start, end).map((item) => ({ ...item })),
      ...(end < items.length ? { NextToken: String(end) } : {}),
    };
  },
};

import type { DescribeAlarmsInput, DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const describeAlarms: ActionDefinition<CloudWatchService, DescribeAlarmsInput, DescribeAlarmsOutput> = {
  refuses: ['ChildrenOfAlarmName', 'ParentsOfAlarmName'],
  permissions: (service) => service.onAlarms('DescribeAlarms', ['*']),
  run: (service, input) => {
    const { AlarmNames, AlarmNamePrefix, StateValue, ActionPrefix, AlarmTypes, NextToken } = input;
    const matching =
      AlarmTypes !== undefined && !AlarmTypes.includes('MetricAlarm')
        ? []
        : [...service.alarms.values()]
            .filter(
              (alarm) =>
                (AlarmNames === undefined || AlarmNames.includes(alarm.name)) &&
                alarm.name.startsWith(AlarmNamePrefix ?? '') &&
                (StateValue === undefined || alarm.state.value === StateValue) &&
                (ActionPrefix === undefined ||
                  alarm.actions(alarm.state.value).some((action) => action.startsWith(ActionPrefix))),
            )
            .sort((a, b) => (a.name < b.name ? -1 : 1));
    const rest = NextToken === undefined ? matching : matching.filter(({ name }) => name > NextToken);
    const page = rest.slice(0, input.MaxRecords ?? 50);
    return {
      CompositeAlarms: [],
      MetricAlarms: page.map((alarm) => alarm.describe()),
      ...(page.length < rest.length ? { NextToken: page.at(-1)?.name } : {}),
    };
  },
};

import type { DescribeAlarmsInput, DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const describeAlarms: ActionDefinition<CloudWatchService, DescribeAlarmsInput, DescribeAlarmsOutput> = {
  refuses: ['ChildrenOfAlarmName', 'ParentsOfAlarmName'],
  permissions: (service) => service.onAlarms('DescribeAlarms', ['*']),
  run: (service, input) => {
    const { AlarmNames, AlarmNamePrefix, StateValue, ActionPrefix, AlarmTypes = ['MetricAlarm'], NextToken } = input;
    // Composite alarms are shown only to those who ask for them.
    const all = [
      ...(AlarmTypes.includes('MetricAlarm') ? service.alarms.values() : []),
      ...(AlarmTypes.includes('CompositeAlarm') ? service.composites.values() : []),
    ];
    const matching = all
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
      CompositeAlarms: page.flatMap((alarm) => (alarm.type === 'CompositeAlarm' ? [alarm.describe()] : [])),
      MetricAlarms: page.flatMap((alarm) => (alarm.type === 'MetricAlarm' ? [alarm.describe()] : [])),
      ...(page.length < rest.length ? { NextToken: page.at(-1)?.name } : {}),
    };
  },
};

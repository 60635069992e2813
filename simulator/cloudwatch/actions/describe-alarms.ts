import type { DescribeAlarmsInput, DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch';
import type { ActionDefinition } from '../../cloud/service.ts';
import type { CloudWatchService } from '../cloudwatch-service.ts';

export const describeAlarms: ActionDefinition<CloudWatchService, DescribeAlarmsInput, DescribeAlarmsOutput> = {
  permissions: (service) => service.onAlarms('DescribeAlarms', ['*']),
  run: (service, input) => {
    const { AlarmNames, AlarmNamePrefix, StateValue, ActionPrefix, AlarmTypes = ['MetricAlarm'], NextToken } = input;
    const { ChildrenOfAlarmName: parent, ParentsOfAlarmName: child } = input;
    if (parent !== undefined || child !== undefined) return family(service, parent, child);
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

/**
 * The alarms that a composite alarm's rule names, or the composite alarms whose rules name an alarm. AWS tells little
 * of them: of children name, ARN and state, of parents name and ARN (API_DescribeAlarms).
 */
const family = (
  service: CloudWatchService,
  parent: string | undefined,
  child: string | undefined,
): DescribeAlarmsOutput => {
  const named =
    service.composites.get(parent ?? '')?.rule.alarms.flatMap((name) => service.findAlarm(name) ?? []) ?? [];
  const children = named.map((alarm) => ({
    type: alarm.type,
    shown: { AlarmName: alarm.name, AlarmArn: alarm.arn, StateValue: alarm.state.value },
  }));
  const parents = [...service.composites.values()]
    .filter(({ rule }) => rule.alarms.some((name) => service.findAlarm(name)?.name === child))
    .map(({ name, arn }) => ({ type: 'CompositeAlarm', shown: { AlarmName: name, AlarmArn: arn } }));
  const found = parent === undefined ? parents : children;
  return {
    CompositeAlarms: found.flatMap(({ type, shown }) => (type === 'CompositeAlarm' ? [shown] : [])),
    MetricAlarms: found.flatMap(({ type, shown }) => (type === 'MetricAlarm' ? [shown] : [])),
  };
};

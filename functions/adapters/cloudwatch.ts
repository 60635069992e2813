import { type CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';

/** Those of these alarms that are in ALARM now. At most 100, which is what one call takes. */
export const raisedAlarms = async (
  cloudwatch: Pick<CloudWatchClient, 'send'>,
  names: readonly string[],
): Promise<readonly string[]> => {
  if (names.length === 0) return [];
  const { MetricAlarms, CompositeAlarms } = await cloudwatch.send(
    new DescribeAlarmsCommand({ AlarmNames: [...names], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
  );
  return [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])].flatMap(({ AlarmName, StateValue }) =>
    AlarmName && StateValue === 'ALARM' ? [AlarmName] : [],
  );
};

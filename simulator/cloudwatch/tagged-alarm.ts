import { notModelled } from '../cloud/aws-error.ts';
import type { CloudWatchService } from './cloudwatch-service.ts';

/**
 * What the tagging actions are about: an alarm.
 * @throws AwsError `ResourceNotFound`; `NotModelledException` for the kinds of resources that the simulator refuses
 */
export const taggedAlarm = (
  service: CloudWatchService,
  arn: string | undefined,
): ReturnType<CloudWatchService['alarmOfArn']> => {
  const unmodelled = /:(insight-rule|dashboard|anomaly-detector)[/:]/.exec(arn ?? '')?.[1];
  if (unmodelled) throw notModelled(`tags on a resource of the kind '${unmodelled}' of CloudWatch`);
  return service.alarmOfArn(arn);
};

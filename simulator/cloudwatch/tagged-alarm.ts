import { notModelled } from '../cloud/aws-error.ts';
import type { CloudWatchService } from './cloudwatch-service.ts';

/**
 * What the tagging actions are about: an alarm, or a metric stream.
 * @throws AwsError `ResourceNotFound`; `NotModelledException` for the kinds of resources that the simulator refuses
 */
export const taggedAlarm = (
  service: CloudWatchService,
  arn: string | undefined,
): { readonly tags: Map<string, string> } => {
  const unmodelled = /:(insight-rule|dashboard|anomaly-detector)[/:]/.exec(arn ?? '')?.[1];
  if (unmodelled) throw notModelled(`tags on a resource of the kind '${unmodelled}' of CloudWatch`);
  const stream = arn?.split(':metric-stream/')[1];
  return stream === undefined ? service.alarmOfArn(arn) : service.stream(stream);
};

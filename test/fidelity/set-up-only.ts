import type { Cloud } from '../../simulator/cloud/cloud.ts';
import type { ScriptStep } from './recorded-cases.ts';

/**
 * Recorded scripts subscribe queues to topics of Amazon SNS, which the product does not use, before they set up an
 * alarm with such a topic. These calls carry no expectation; they are answered here so that the alarm has its ARN.
 */
export const setUpOnly = (
  { service, op, expect }: ScriptStep,
  params: unknown,
  { region, accountId }: Cloud,
): object | undefined => {
  if (service !== 'sns' || expect !== undefined) return undefined;
  const { Name, TopicArn } = params as { readonly Name?: string; readonly TopicArn?: string };
  switch (op) {
    case 'CreateTopic':
      return { TopicArn: `arn:aws:sns:${region}:${accountId}:${Name}` };
    case 'Subscribe':
      return { SubscriptionArn: `${TopicArn}:00000000-0000-4000-8000-000000000000` };
    default:
      return {};
  }
};

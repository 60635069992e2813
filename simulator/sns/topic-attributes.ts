import { notModelled } from '../cloud/aws-error.ts';
import { snsErrors } from './errors.ts';
import type { Topic } from './model.ts';

/** Attributes that change nothing that the simulator shows. */
const kept = new Set(['DisplayName', 'KmsMasterKeyId', 'SignatureVersion', 'TracingConfig']);

/** @throws AwsError */
export const setAttribute = (topic: Topic, name: string, value: string): void => {
  if (name === 'Policy') {
    if (value !== '' && !isPolicy(value)) throw snsErrors.invalid('Policy Error: null');
  } else if (!kept.has(name)) throw notModelled(`the attribute ${name} of topics`);
  if (value === '') topic.attributes.delete(name);
  else topic.attributes.set(name, value);
};

const isPolicy = (text: string): boolean => {
  try {
    const policy = JSON.parse(text) as { readonly Statement?: unknown } | null;
    return policy?.Statement !== undefined;
  } catch {
    return false;
  }
};

/** How notifications are retried where nobody has said otherwise. */
export const effectiveDeliveryPolicy = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
});

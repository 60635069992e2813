import { AwsError } from '../cloud/aws-error.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { TokenBucket } from './token-bucket.ts';

/** The token buckets of the ECS API: all actions of a category share one, per account and Region (DG:request-throttling). */
const buckets = {
  'service-modify': { burst: 50, perSecond: 5 },
  'service-read': { burst: 100, perSecond: 20 },
  'task-definition-modify': { burst: 20, perSecond: 1 },
  'task-definition-read': { burst: 50, perSecond: 20 },
  'cluster-resource-modify': { burst: 100, perSecond: 40 },
  /** RunTask on Fargate takes from this one too. */
  'fargate-run-task': { burst: 20, perSecond: 20 },
  'cluster-resource-read': { burst: 100, perSecond: 20 },
  'service-deployment': { burst: 50, perSecond: 20 },
  'service-revision': { burst: 50, perSecond: 20 },
  'task-protection': { burst: 200, perSecond: 80 },
  'cluster-modify': { burst: 20, perSecond: 1 },
  'cluster-read': { burst: 50, perSecond: 20 },
  'tags-modify': { burst: 20, perSecond: 10 },
  'tags-read': { burst: 50, perSecond: 20 },
} as const;

export type ThrottleCategory = keyof typeof buckets;

export class Throttle {
  readonly #kernel: Kernel;
  readonly #buckets = new Map<ThrottleCategory, TokenBucket>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** @throws AwsError `ThrottlingException` when the category's bucket is empty. */
  take(category: ThrottleCategory): void {
    const { burst, perSecond } = buckets[category];
    const bucket = this.#buckets.get(category) ?? new TokenBucket(this.#kernel, burst, perSecond);
    this.#buckets.set(category, bucket);
    if (!bucket.take()) throw new AwsError('ThrottlingException', 'Rate exceeded');
  }
}

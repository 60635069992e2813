import { AwsError } from '../cloud/aws-error.ts';
import type { Kernel } from '../kernel/kernel.ts';

/** The token buckets of the ECS API: all actions of a category share one, per account and Region (DG:request-throttling). */
const buckets = {
  'service-modify': { burst: 50, perSecond: 5 },
  'service-read': { burst: 100, perSecond: 20 },
  'task-definition-modify': { burst: 20, perSecond: 1 },
  'task-definition-read': { burst: 50, perSecond: 20 },
  'cluster-resource-modify': { burst: 100, perSecond: 40 },
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
  readonly #levels = new Map<ThrottleCategory, { tokens: number; atMs: number }>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** @throws AwsError `ThrottlingException` when the category's bucket is empty. */
  take(category: ThrottleCategory): void {
    const { burst, perSecond } = buckets[category];
    const nowMs = this.#kernel.now();
    const level = this.#levels.get(category) ?? { tokens: burst, atMs: nowMs };
    const tokens = Math.min(burst, level.tokens + ((nowMs - level.atMs) / 1000) * perSecond);
    if (tokens < 1) {
      this.#levels.set(category, { tokens, atMs: nowMs });
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
    this.#levels.set(category, { tokens: tokens - 1, atMs: nowMs });
  }
}

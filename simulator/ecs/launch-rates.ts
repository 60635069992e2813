import type { Kernel } from '../kernel/kernel.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * How fast tasks may be launched: 500 a minute for each service, and on Fargate 100 at once and 20 a second for the
 * account, On-Demand and Spot apart (AWS General Reference, ecs-service; DG:throttling).
 */
export class LaunchRates {
  readonly #kernel: Kernel;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Takes one launch. @returns 0, or, with nothing taken, for how many milliseconds the launch must wait. */
  take(launch: { readonly service?: string; readonly fargate?: string }): number {
    const buckets = [
      ...(launch.service ? [this.#bucket(`service ${launch.service}`, 500, 500 / 60)] : []),
      ...(launch.fargate ? [this.#bucket(launch.fargate, 100, 20)] : []),
    ];
    const waitMs = Math.max(0, ...buckets.map((bucket) => bucket.waitMs()));
    if (waitMs > 0) return waitMs;
    for (const bucket of buckets) bucket.take();
    return 0;
  }

  #bucket(name: string, burst: number, perSecond: number): TokenBucket {
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#kernel, burst, perSecond);
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

import { AwsError } from '../cloud/aws-error.ts';
import type { FargateProvider } from './capacity-providers.ts';
import type { EcsService } from './ecs-service.ts';
import type { LaunchType } from './model.ts';

/** What goes wrong at AWS, for as long as somebody says. Durations are milliseconds of AWS's time. Links of machines: `EcsService.setLinked` and `flapAgent`. */
export class EcsFaults {
  readonly #ecs: EcsService;
  readonly #short = new Map<FargateProvider, number>();
  readonly #slow = new Map<LaunchType, { readonly factor: number; readonly untilMs: number }>();
  #throttled = { share: 0, untilMs: 0 };

  constructor(ecs: EcsService) {
    this.#ecs = ecs;
  }

  /** Answers a share of all calls of ECS with ThrottlingException. */
  throttle(forMs: number, share = 1): void {
    this.#throttled = { share, untilMs: this.#until(forMs, 'throttle', { share }) };
  }

  /** Fargate has no capacity of a kind: `RESOURCE:FARGATE`. */
  lackFargate(provider: FargateProvider, forMs: number): void {
    const untilMs = this.#until(forMs, 'lack-fargate', { provider });
    this.#short.set(provider, untilMs);
    this.#ecs.ctx.kernel.after(untilMs - this.#ecs.ctx.kernel.now(), 'ecs-fargate-back', () => {
      for (const cluster of this.#ecs.clusters.values()) this.#ecs.scheduler.capacityChanged(cluster);
    });
  }

  /** Pulls of images take so many times longer. */
  slowPulls(launchType: LaunchType, factor: number, forMs: number): void {
    this.#slow.set(launchType, { factor, untilMs: this.#until(forMs, 'slow-pulls', { launchType, factor }) });
  }

  /**
   * AWS takes back the capacity of each running FARGATE_SPOT task with this chance: an event and SIGTERM warn at once, two
   * minutes before the end at the latest, which bounds the stop timeout of Fargate (DG:fargate-capacity-providers).
   */
  interruptSpot(share = 1): void {
    const { kernel } = this.#ecs.ctx;
    for (const cluster of this.#ecs.clusters.values()) {
      for (const task of cluster.tasks.values()) {
        if (task.capacityProvider !== 'FARGATE_SPOT' || task.lastStatus !== 'RUNNING') continue;
        if (kernel.draw('ecs.spot-interruption') >= share) continue;
        this.#ecs.engine.stop(task, 'SpotInterruption', 'Your Spot Task was interrupted.');
      }
    }
  }

  /** @throws AwsError `ThrottlingException` while calls are throttled. */
  admitCall(): void {
    const { kernel } = this.#ecs.ctx;
    const { share, untilMs } = this.#throttled;
    if (kernel.now() < untilMs && (share >= 1 || kernel.draw('ecs.fault-throttle') < share)) {
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
  }

  lacks(provider: FargateProvider): boolean {
    return this.#ecs.ctx.kernel.now() < (this.#short.get(provider) ?? 0);
  }

  pullFactor(launchType: LaunchType): number {
    const slow = this.#slow.get(launchType);
    return slow && this.#ecs.ctx.kernel.now() < slow.untilMs ? slow.factor : 1;
  }

  #until(forMs: number, fault: string, detail: Readonly<Record<string, unknown>>): number {
    const { kernel } = this.#ecs.ctx;
    kernel.record('ecs-fault', { fault, ...detail });
    return kernel.now() + kernel.paced(forMs);
  }
}

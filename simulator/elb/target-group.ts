import type { LoadBalancerTarget } from '../cloud/ports.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { Attributes, targetGroupAttributes } from './attributes.ts';
import type { HealthCheckSettings } from './health-check-settings.ts';
import { type Health, notRegistered, Target } from './target.ts';

export interface TargetGroupOptions {
  readonly arn: string;
  readonly name: string;
  readonly port: number;
  readonly vpcId: string | undefined;
  readonly ipAddressType: string;
  readonly healthCheck: HealthCheckSettings;
  /** The request that made the group, to tell a repeated one from a different one. */
  readonly request: string;
}

export class TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly port: number;
  readonly vpcId: string | undefined;
  readonly ipAddressType: string;
  readonly request: string;
  readonly attributes = new Attributes('Target group', targetGroupAttributes);
  readonly tags = new Map<string, string>();
  healthCheck: HealthCheckSettings;
  readonly #kernel: Kernel;
  readonly #changed: (targetId: string) => void;
  /** By id, those that drain too. */
  readonly #targets = new Map<string, Target>();
  #used = false;
  #turn = 0;

  constructor(kernel: Kernel, options: TargetGroupOptions, changed: (targetId: string) => void) {
    this.#kernel = kernel;
    this.#changed = changed;
    this.arn = options.arn;
    this.name = options.name;
    this.port = options.port;
    this.vpcId = options.vpcId;
    this.ipAddressType = options.ipAddressType;
    this.healthCheck = options.healthCheck;
    this.request = options.request;
  }

  /** Those that are registered or still drain, in the order of their registration. */
  get targets(): readonly Target[] {
    return [...this.#targets.values()];
  }

  /** Says whether a listener leads to this group: only then its targets are checked. */
  setUsed(used: boolean): void {
    if (used === this.#used) return;
    this.#used = used;
    for (const target of this.#targets.values()) {
      if (used) target.use();
      else target.disuse();
      this.#tell(target);
    }
  }

  register(description: LoadBalancerTarget): void {
    const before = this.#targets.get(description.id);
    before?.disuse();
    this.#targets.delete(description.id);
    const target = new Target(
      this.#kernel,
      description,
      () => this.healthCheck,
      (changed) => this.#tell(changed),
    );
    this.#targets.set(description.id, target);
    if (this.#used) target.use();
    this.#record(target);
  }

  /** `done` is called in a later event, after the delay; without traffic there is nothing to wait for. */
  deregister(targetId: string, done: () => void): void {
    const target = this.#targets.get(targetId);
    if (!target || !this.#used || target.health.state === 'draining') {
      if (target && !this.#used) this.#remove(target);
      this.#kernel.after(0, 'elb.deregistered', done);
      return;
    }
    target.drain();
    this.#record(target);
    const delayMs = this.attributes.number('deregistration_delay.timeout_seconds') * 1000;
    this.#kernel.after(delayMs, 'elb.deregistered', () => {
      // The address may be registered again meanwhile.
      if (this.#targets.get(targetId) === target) this.#remove(target);
      done();
    });
  }

  healthOf(targetId: string): Health {
    return this.#targets.get(targetId)?.health ?? notRegistered;
  }

  /**
   * The target whose turn it is. With no healthy target every registered one gets requests: the load balancer
   * fails open (target-group-health-checks).
   */
  next(): Target | undefined {
    const registered = this.targets.filter(({ health }) => health.state !== 'draining');
    const healthy = registered.filter(({ health }) => health.state === 'healthy');
    const candidates = healthy.length > 0 ? healthy : registered;
    const target = candidates[this.#turn % candidates.length];
    this.#turn += 1;
    return target;
  }

  /** Ends all checks. Targets that drain still tell when they are done. */
  close(): void {
    for (const target of this.#targets.values()) target.disuse();
    this.#targets.clear();
  }

  #remove(target: Target): void {
    target.disuse();
    this.#targets.delete(target.target.id);
    this.#kernel.record('elb.target', { group: this.name, target: target.target.id, state: 'removed' });
  }

  #tell(target: Target): void {
    this.#record(target);
    this.#changed(target.target.id);
  }

  #record({ target, health }: Target): void {
    this.#kernel.record('elb.target', { group: this.name, target: target.id, state: health.state });
  }
}

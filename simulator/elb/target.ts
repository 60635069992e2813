import type { LoadBalancerTarget } from '../cloud/ports.ts';
import type { Kernel, Timer } from '../kernel/kernel.ts';
import { acceptsStatus, type HealthCheckSettings } from './health-check-settings.ts';
import { LightRequest } from './light-request.ts';

export interface Health {
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'draining' | 'unused';
  readonly reason?:
    | 'Elb.RegistrationInProgress'
    | 'Elb.InitialHealthChecking'
    | 'Target.ResponseCodeMismatch'
    | 'Target.Timeout'
    | 'Target.FailedHealthChecks'
    | 'Target.NotInUse'
    | 'Target.NotRegistered'
    | 'Target.DeregistrationInProgress';
  readonly description?: string;
}

export const notRegistered: Health = {
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
};

const notInUse: Health = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
};

const registering: Health = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
};

const initialChecking: Health = {
  state: 'initial',
  reason: 'Elb.InitialHealthChecking',
  description: 'Initial health checks in progress',
};

const draining: Health = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
};

const unhealthy = (reason: NonNullable<Health['reason']>, description: string): Health => ({
  state: 'unhealthy',
  reason,
  description,
});

/** A target of one group and its health checks. It has one timer: the next check, or the timeout of the one under way. */
export class Target {
  readonly target: LoadBalancerTarget;
  readonly #kernel: Kernel;
  readonly #settings: () => HealthCheckSettings;
  readonly #changed: (target: Target) => void;
  #health: Health = notInUse;
  #passed = 0;
  #failed = 0;
  #timer: Timer | undefined;
  /** Tells apart the check that counts and those that answer after their timeout or the end of the checks. */
  #check: ReturnType<typeof LightRequest.of> | undefined;

  /** `changed` is called when checks change the state, not for what the owner of the target does itself. */
  constructor(
    kernel: Kernel,
    target: LoadBalancerTarget,
    settings: () => HealthCheckSettings,
    changed: (target: Target) => void,
  ) {
    this.#kernel = kernel;
    this.target = target;
    this.#settings = settings;
    this.#changed = changed;
  }

  get health(): Health {
    return this.#health;
  }

  /** The target can get traffic from now on: its checks begin. */
  use(): void {
    if (this.#health.state !== 'unused') return;
    this.#health = registering;
    this.#passed = 0;
    this.#failed = 0;
    this.#schedule(0);
  }

  /** No listener leads to the target any more: nobody checks it. */
  disuse(): void {
    this.#stop();
    if (this.#health.state !== 'draining') this.#health = notInUse;
  }

  /** Gets no new requests and no checks any more. */
  drain(): void {
    this.#stop();
    this.#health = draining;
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#check?.abort();
    this.#check = undefined;
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#kernel.after(delayMs, 'elb.health-check', () => this.#begin());
  }

  #begin(): void {
    const settings = this.#settings();
    const startedMs = this.#kernel.now();
    const { id, port } = this.target;
    const check = LightRequest.of({
      url: `http://${id}:${port}${settings.path}`,
      method: 'GET',
      headers: new Headers({ 'user-agent': 'ELB-HealthChecker/2.0' }),
    });
    this.#check = check;
    const decide = (failure: Health | undefined): void => {
      if (this.#check !== check) return;
      this.#check = undefined;
      this.#timer?.cancel();
      this.#schedule(startedMs + settings.intervalSeconds * 1000 - this.#kernel.now());
      this.#count(settings, failure);
    };
    this.#timer = this.#kernel.after(settings.timeoutSeconds * 1000, 'elb.health-check-timeout', () => {
      decide(unhealthy('Target.Timeout', 'Request timed out'));
      check.abort();
    });
    answerOf(this.target, check).then(
      (response) => {
        // Nobody reads the body; over a network the connection is free only when it is let go.
        if (this.#kernel.mode === 'live') response.body?.cancel().catch(() => undefined);
        decide(
          acceptsStatus(settings, response.status)
            ? undefined
            : unhealthy('Target.ResponseCodeMismatch', `Health checks failed with these codes: [${response.status}]`),
        );
      },
      () => decide(unhealthy('Target.FailedHealthChecks', 'Health checks failed')),
    );
  }

  #count(settings: HealthCheckSettings, failure: Health | undefined): void {
    const before = this.#health.state;
    if (failure) {
      this.#passed = 0;
      this.#failed += 1;
      if (this.#failed >= settings.unhealthyThreshold) this.#health = failure;
      else if (before === 'initial') this.#health = initialChecking;
    } else {
      this.#failed = 0;
      this.#passed += 1;
      // A new target needs one passed check only, whatever the threshold says (target-group-health-checks).
      if (before === 'initial' || this.#passed >= settings.healthyThreshold) this.#health = { state: 'healthy' };
    }
    if (this.#health.state !== before) this.#changed(this);
  }
}

/** A target that throws instead of rejecting is one that cannot be reached, all the same. */
const answerOf = async (target: LoadBalancerTarget, request: Request): Promise<Response> => target.request(request);

import type { LoadBalancerTarget, TargetRegistry } from '../cloud/ports.ts';
import type { ActionDefinition, ServiceContext, SimulatedService } from '../cloud/service.ts';

/** Elastic Load Balancing (v2) with application load balancers. */
export class ElbService implements SimulatedService, TargetRegistry {
  readonly name = 'elasticloadbalancing';
  readonly ctx: ServiceContext;
  // biome-ignore lint/suspicious/noExplicitAny: each action reads its own input; the dispatcher passes what the wire brought
  readonly actions: Readonly<Record<string, ActionDefinition<ElbService, any, any>>> = {};

  constructor(ctx: ServiceContext) {
    this.ctx = ctx;
  }

  register(_targetGroupArn: string, _target: LoadBalancerTarget): void {}

  deregister(_targetGroupArn: string, _targetId: string, done: () => void): void {
    done();
  }

  health(): 'unused' {
    return 'unused';
  }

  onHealth(): void {}

  async forward(_listenerPort: number, _request: Request): Promise<Response> {
    return new Response('Service Temporarily Unavailable', { status: 503 });
  }
}

import type { Kernel } from '../kernel/kernel.ts';
import { AwsError, notModelled } from './aws-error.ts';
import type { ApiCall, Caller, Permission, PolicyDocument, ServiceName, SimulatedService } from './service.ts';

/** Says whether a caller may do something. @throws AwsError `AccessDeniedException` with AWS's sentence when not. */
export type Authorize = (
  caller: Caller,
  permissions: readonly Permission[],
  resourcePolicy: PolicyDocument | undefined,
) => void;

/** The one way into every simulated service: finds the action, asks IAM, runs it, and records the call in the trace. */
export class Dispatcher {
  readonly #kernel: Kernel;
  readonly #authorize: Authorize;
  readonly #services = new Map<ServiceName, SimulatedService>();

  constructor(kernel: Kernel, authorize: Authorize) {
    this.#kernel = kernel;
    this.#authorize = authorize;
  }

  register(service: SimulatedService): void {
    this.#services.set(service.name, service);
  }

  get services(): readonly SimulatedService[] {
    return [...this.#services.values()];
  }

  /** @throws AwsError as the service's model names it; `NotModelledException` for what the simulator refuses. */
  async call(call: ApiCall): Promise<unknown> {
    const { service: name, action, input, caller } = call;
    const service = this.#services.get(name);
    const definition = service?.actions[action];
    if (!service || !definition) throw notModelled(`${name}:${action}`);
    const who = caller.kind === 'service' ? caller.principal : caller.arn;
    try {
      const permissions = definition.permissions?.(service, input) ?? [{ action: `${name}:${action}`, resource: '*' }];
      this.#authorize(caller, permissions, definition.resourcePolicy?.(service, input));
      service.checkRequest?.(action, input);
      const refused = definition.refuses?.find((member) => hasMember(input, member));
      if (refused !== undefined) throw notModelled(`the parameter ${refused} of ${name}:${action}`);
      const output = await definition.run(service, input, { caller, signal: call.signal });
      this.#kernel.record('api', { service: name, action, who });
      return output ?? {};
    } catch (error) {
      if (error instanceof AwsError) this.#kernel.record('api-error', { service: name, action, who, code: error.code });
      throw error;
    }
  }
}

const hasMember = (input: unknown, member: string): boolean =>
  (input as Readonly<Record<string, unknown>> | undefined)?.[member] !== undefined;

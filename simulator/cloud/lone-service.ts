import { VirtualKernel } from '../kernel/virtual-kernel.ts';
import { Dispatcher } from './dispatcher.ts';
import { defaultFidelity, type Fidelity } from './fidelity.ts';
import type { Caller, EmittedEvent, EmittedMetric, Permission, ServiceContext, SimulatedService } from './service.ts';

const operator: Caller = { kind: 'operator', arn: 'arn:aws:iam::123456789012:root' };

/** One service on its own in virtual time, for tests of that service: everybody is an administrator, nobody listens. */
export interface LoneService<Service> {
  readonly service: Service;
  readonly kernel: VirtualKernel;
  readonly events: readonly EmittedEvent[];
  readonly metrics: readonly EmittedMetric[];
  readonly logs: readonly { readonly group: string; readonly stream: string; readonly message: string }[];
  /** What each call asked IAM for, in order. */
  readonly asked: readonly (readonly Permission[])[];
  /** Calls an action of the service; `Answer` is the shape that the test reads. */
  call<Answer = Record<string, unknown>>(
    action: string,
    input?: unknown,
    options?: { readonly signal?: AbortSignal; readonly caller?: Caller },
  ): Promise<Answer>;
  /** Lets virtual time pass. */
  pass(ms: number): Promise<void>;
}

export const loneService = <Service extends SimulatedService>(
  create: (ctx: ServiceContext) => Service,
  options: { readonly seed?: number; readonly fidelity?: Partial<Fidelity> } = {},
): LoneService<Service> => {
  const kernel = new VirtualKernel({ seed: options.seed ?? 1 });
  const events: EmittedEvent[] = [];
  const metrics: EmittedMetric[] = [];
  const logs: { group: string; stream: string; message: string }[] = [];
  const asked: (readonly Permission[])[] = [];
  const dispatcher = new Dispatcher(kernel, (_caller, permissions) => void asked.push(permissions));
  const service = create({
    kernel,
    accountId: '123456789012',
    region: 'us-east-1',
    fidelity: { ...defaultFidelity, ...options.fidelity },
    call: (call) => dispatcher.call(call),
    emit: (event) => void events.push(event),
    metric: (metric) => void metrics.push(metric),
    log: (entry) => void logs.push(entry),
  });
  dispatcher.register(service);
  return {
    service,
    kernel,
    events,
    metrics,
    logs,
    asked,
    call: async <Answer>(action: string, input: unknown = {}, how: { signal?: AbortSignal; caller?: Caller } = {}) =>
      (await dispatcher.call({
        service: service.name,
        action,
        input,
        caller: how.caller ?? operator,
        signal: how.signal,
      })) as Answer,
    pass: async (ms) => {
      await kernel.run({ untilMs: kernel.now() + ms });
    },
  };
};

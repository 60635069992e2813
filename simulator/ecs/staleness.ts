import type { ServiceContext } from '../cloud/service.ts';

/**
 * Reads that do not see the last write yet: ECS's API is eventually consistent (BC:ecs.RunTask). Each write keeps what
 * was there before it for a drawn time; a read within that time draws whether it sees that instead. What ECS changes by
 * itself shows at once.
 */
export class Staleness {
  readonly #ctx: ServiceContext;
  readonly #before = new Map<string, { readonly view: unknown }>();

  constructor(ctx: ServiceContext) {
    this.#ctx = ctx;
  }

  /** To be called before a write. `view` is what the API answers of the resource so far; undefined where there is none. */
  note(arn: string, view: () => unknown): void {
    const { kernel, fidelity } = this.#ctx;
    const { staleReadsMs } = fidelity.ecs;
    if (staleReadsMs <= 0) return;
    const before = { view: view() };
    this.#before.set(arn, before);
    kernel.afterAws(kernel.draw('ecs.stale-time') * staleReadsMs, 'ecs-consistent', () => {
      if (this.#before.get(arn) === before) this.#before.delete(arn);
    });
  }

  /** What a read sees: `fresh`, or what was before the last write; undefined where there was nothing. */
  read<View>(arn: string, fresh: () => View): View | undefined {
    const before = this.#before.get(arn);
    if (!before) return fresh();
    const { kernel, fidelity } = this.#ctx;
    if (kernel.draw('ecs.stale-read') >= fidelity.ecs.staleReadShare) return fresh();
    kernel.record('ecs-stale-read', { arn });
    return structuredClone(before.view) as View | undefined;
  }
}

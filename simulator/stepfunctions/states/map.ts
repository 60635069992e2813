import type { MapState } from '../definition/definition.ts';
import { isTerminal, StateFailure } from '../execution/failure.ts';
import { abortInner, closeFrame, forever, openFrame } from '../execution/inner-frames.ts';
import { withRecovery } from '../execution/recovery.ts';
import { runGraph } from '../execution/run-graph.ts';
import type { Outcome, Visit } from '../execution/visit.ts';
import { Datum, type Json, type JsonObject } from '../json.ts';

/** The greatest number that the States Language has for counts. */
const countMax = 2 ** 31 - 1;

/** Iterations that an inline map runs at once when the definition sets no limit. */
const inlineConcurrencyMax = 40;

export const runMap = (visit: Visit<MapState>): Promise<Outcome> =>
  withRecovery(visit, 'MapStateFailed', () => attempt(visit));

const attempt = async (visit: Visit<MapState>): Promise<Outcome> => {
  const { state, frame } = visit;
  const items = await itemsOf(visit);
  const concurrency = state.maxConcurrency ? await visit.evaluateWhole(state.maxConcurrency, 0, countMax) : 0;
  const tolerated = await toleratedFailures(visit, items.length);
  frame.chain.append('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  const outputs = await frame.scope.guard(
    new Iterations(visit, items, tolerated).run(
      Math.min(concurrency > 0 ? concurrency : inlineConcurrencyMax, inlineConcurrencyMax),
    ),
  );
  const result = new Datum(outputs);
  frame.chain.appendAside('MapStateSucceeded');
  return visit.finish(state, state.next, result, { result: outputs });
};

const itemsOf = async (visit: Visit<MapState>): Promise<readonly Json[]> => {
  const { state, input } = visit;
  if (state.items) return (await visit.evaluateAs(state.items, 'array')) as readonly Json[];
  if (!Array.isArray(input.value))
    throw visit.evaluationFailure(undefined, `Map state input must be an array but was: ${input.text}`);
  return input.value as readonly Json[];
};

/** How many iterations may fail: the smaller of what the two fields allow, and none without them. */
const toleratedFailures = async (visit: Visit<MapState>, count: number): Promise<number> => {
  const { toleratedFailureCount, toleratedFailurePercentage } = visit.state;
  const limits: number[] = [];
  if (toleratedFailureCount) limits.push(await visit.evaluateWhole(toleratedFailureCount, 0, countMax));
  if (toleratedFailurePercentage)
    limits.push((Number(await visit.evaluateAs(toleratedFailurePercentage, 'number')) * count) / 100);
  return limits.length > 0 ? Math.min(...limits) : 0;
};

/** The iterations of one attempt. A free place starts the next item from where its last iteration stood. */
class Iterations {
  readonly #visit: Visit<MapState>;
  readonly #items: readonly Json[];
  readonly #tolerated: number;
  readonly #outputs: Json[];
  #next = 0;
  #failed = 0;

  constructor(visit: Visit<MapState>, items: readonly Json[], tolerated: number) {
    this.#visit = visit;
    this.#items = items;
    this.#tolerated = tolerated;
    this.#outputs = new Array<Json>(items.length).fill(null);
  }

  async run(places: number): Promise<Json[]> {
    const startId = this.#visit.frame.chain.lastId;
    const workers: Promise<void>[] = [];
    for (let place = 0; place < Math.min(places, this.#items.length); place += 1) workers.push(this.#work(startId));
    await Promise.all(workers);
    return this.#outputs;
  }

  async #work(startId: number): Promise<void> {
    let lastId = startId;
    while (this.#next < this.#items.length) {
      const index = this.#next;
      this.#next += 1;
      lastId = await this.#iterate(index, lastId);
    }
  }

  /** @returns the id of the iteration's last event before the one that says how it ended. */
  async #iterate(index: number, startId: number): Promise<number> {
    const { frame, state } = this.#visit;
    const item = this.#items[index] as Json;
    const iteration = { name: state.name, index };
    const mapContext: JsonObject = { Item: { Index: index, Value: item } };
    const inner = openFrame(frame, frame.chain.fork(startId), { mapContext, iteration });
    inner.chain.append('MapIterationStarted', { mapIterationStartedEventDetails: iteration });
    try {
      const input = await this.#input(item, mapContext);
      const output = await runGraph(inner, state.itemProcessor, input);
      const lastId = inner.chain.lastId;
      inner.chain.append('MapIterationSucceeded', { mapIterationSucceededEventDetails: iteration });
      this.#outputs[index] = output.value;
      closeFrame(frame, inner);
      frame.chain.continueFrom(inner.chain);
      return lastId;
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      // It failed at the moment at which another iteration's failure had aborted it: nobody hears of that any more.
      if (inner.scope.cancelled) return forever;
      closeFrame(frame, inner);
      frame.chain.continueFrom(inner.chain);
      if (isTerminal(error)) throw error;
      inner.chain.appendAside('MapIterationFailed', { mapIterationFailedEventDetails: iteration });
      frame.chain.continueFrom(inner.chain);
      this.#failed += 1;
      if (this.#failed > this.#tolerated) {
        abortInner(frame);
        throw error;
      }
      this.#outputs[index] = error.output;
      return inner.chain.lastId;
    }
  }

  async #input(item: Json, mapContext: JsonObject): Promise<Datum> {
    const { state } = this.#visit;
    if (!state.itemSelector) return new Datum(item);
    return new Datum(
      await this.#visit.evaluate(state.itemSelector, {}, () => ({
        ...(this.#visit.context as JsonObject),
        Map: mapContext,
      })),
    );
  }
}

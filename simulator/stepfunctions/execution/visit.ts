import type { State } from '../definition/definition.ts';
import { type Datum, exceedsDataLimit, type Json, type JsonObject, Datum as makeDatum } from '../json.ts';
import { EvaluationError, type Expression } from '../jsonata/expression.ts';
import { evaluateTemplate, type Template } from '../jsonata/template.ts';
import { contextObject } from './context-object.ts';
import { runtimeFailure, StateFailure } from './failure.ts';
import type { Frame } from './frame.ts';

/** What an expression may read besides the input, the variables and the context. */
export interface Readable {
  readonly result?: Json;
  readonly errorOutput?: Json;
}

/** How a visit of a state ends: its output, the variables it sets, and where the frame goes on. */
export interface Outcome {
  readonly output: Datum;
  readonly assigned: JsonObject | undefined;
  /** undefined when the state ends its graph. */
  readonly next: string | undefined;
}

/** JSON's name for what a value is, as AWS says it in messages. */
const typeName = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** One visit of one state: what its fields read and how they fail. */
export class Visit<S extends State = State> {
  readonly frame: Frame;
  readonly state: S;
  readonly input: Datum;
  readonly enteredId: number;
  readonly enteredMs: number;
  readonly #beforeEnteredId: number;
  retryCount = 0;
  token: string | undefined;
  /** Where the thread stood before the state's own `…Failed` event, while a Catch clause is evaluated. */
  #beforeFailedId: number | undefined;

  constructor(frame: Frame, state: S, input: Datum, enteredId: number, beforeEnteredId: number) {
    this.frame = frame;
    this.state = state;
    this.input = input;
    this.enteredId = enteredId;
    this.enteredMs = frame.machinery.ctx.kernel.now();
    this.#beforeEnteredId = beforeEnteredId;
  }

  get context(): Json {
    const { execution, mapContext } = this.frame;
    const { name } = this.state;
    return contextObject(
      execution,
      { name, enteredMs: this.enteredMs, retryCount: this.retryCount },
      mapContext,
      this.token,
    );
  }

  /** @throws StateFailure `States.QueryEvaluationError` */
  async evaluate(template: Template, readable: Readable = {}, context: () => Json = () => this.context): Promise<Json> {
    if (template.kind === 'literal') return template.value;
    const bindings = {
      ...this.frame.machinery.functions,
      ...this.frame.variables,
      states: { input: this.input.value, ...readable, context: context() },
    };
    const nowMs = this.frame.machinery.ctx.kernel.now();
    return this.frame.scope.guard(
      evaluateTemplate(template, (expression, location) =>
        this.#evaluateExpression(expression, location, bindings, nowMs),
      ),
    );
  }

  /** Evaluates a field that must have a type of JSON. A literal's type was checked when the machine was created. */
  async evaluateAs(template: Template, expected: string, readable: Readable = {}): Promise<Json> {
    const value = await this.evaluate(template, readable);
    if (template.kind === 'expression' && typeName(value) !== expected)
      throw this.evaluationFailure(
        template.location,
        `The JSONata expression '${template.expression.source}' specified for the field '${template.location}' returned an unexpected result type. Expected '${expected}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`,
      );
    return value;
  }

  /**
   * Evaluates a field that holds a whole number within bounds: seconds, or how many. AWS documents the bounds; its words
   * for a number outside of them are not known.
   */
  async evaluateWhole(template: Template, min: number, max: number): Promise<number> {
    const value = Number(await this.evaluateAs(template, 'number'));
    if (template.kind === 'expression' && !(Number.isInteger(value) && value >= min && value <= max))
      throw this.evaluationFailure(
        template.location,
        `The JSONata expression '${template.expression.source}' specified for the field '${template.location}' returned an unexpected result. Expected an integer from ${min} to ${max}, but was: ${value}`,
      );
    return value;
  }

  async #evaluateExpression(
    expression: Expression,
    location: string,
    bindings: Readonly<Record<string, unknown>>,
    nowMs: number,
  ): Promise<Json> {
    const subject = `The JSONata expression '${expression.source}' specified for the field '${location}'`;
    let value: Json | undefined;
    try {
      value = await expression.evaluate(bindings, nowMs);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      if (this.frame.scope.cancelled) throw error;
      const reason = error.code === undefined ? `: ${error.message}` : `. ${error.code}: ${error.message}`;
      throw this.evaluationFailure(location, `${subject} threw an error during evaluation${reason}`);
    }
    if (value === undefined && !this.frame.scope.cancelled)
      throw this.evaluationFailure(location, `${subject} returned nothing (undefined).`);
    return value as Json;
  }

  /** Assign and Output both see the variables as they were before the state; a catcher's clause names itself as holder. */
  async finish(
    holder: { readonly output: Template | undefined; readonly assign: Template | undefined },
    next: string | undefined,
    fallback: Datum,
    readable: Readable = {},
  ): Promise<Outcome> {
    const assigned = holder.assign ? ((await this.evaluate(holder.assign, readable)) as JsonObject) : undefined;
    const output = holder.output ? new makeDatum(await this.evaluate(holder.output, readable)) : fallback;
    if (exceedsDataLimit(output.text)) throw this.dataLimit();
    return { output, assigned, next };
  }

  dataLimit(what: string = this.state.name): StateFailure {
    return new StateFailure(
      'States.DataLimitExceeded',
      `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    );
  }

  /** Runs the evaluation of a Catch clause, whose failures AWS chains to the event before the state's `…Failed` event. */
  async catching<T>(beforeFailedId: number, evaluate: () => Promise<T>): Promise<T> {
    this.#beforeFailedId = beforeFailedId;
    try {
      return await evaluate();
    } finally {
      this.#beforeFailedId = undefined;
    }
  }

  /** A failure that names this state, as AWS words all errors of the interpreter itself. */
  runtimeFailure(reason: string): StateFailure {
    return runtimeFailure(this.#attributed(reason));
  }

  /**
   * Records that a field could not be evaluated. Recordings chain this event to the one *before* the state was
   * entered, as long as the state has no other event yet (November 2024; measurements of 2026 by others name the
   * entered event itself), except for a timestamp that was evaluated and cannot be read: `chained: 'entered'`.
   */
  evaluationFailure(
    location: string | undefined,
    reason: string,
    chained: 'before-entered' | 'entered' = 'before-entered',
  ): StateFailure {
    const { chain } = this.frame;
    const cause = this.#attributed(reason);
    const error = 'States.QueryEvaluationError';
    const untouched = chain.lastId === this.enteredId && chained === 'before-entered';
    chain.appendAfter(this.#beforeFailedId ?? (untouched ? this.#beforeEnteredId : chain.lastId), 'EvaluationFailed', {
      evaluationFailedEventDetails: {
        error,
        cause,
        ...(location === undefined ? {} : { location }),
        state: this.state.name,
      },
    });
    return new StateFailure(error, cause);
  }

  #attributed(reason: string): string {
    return `An error occurred while executing the state '${this.state.name}' (entered at the event id #${this.enteredId}). ${reason}`;
  }
}

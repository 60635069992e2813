import jsonata from 'jsonata';
import type { Json } from '../json.ts';
import { memoryLimitMessage, sequenceLengthMax } from './functions.ts';

/** An expression that threw: AWS puts a JSONata code's message in a sentence of its own, others after a colon. */
export class EvaluationError extends Error {
  readonly code: string | undefined;

  constructor(code: string | undefined, message: string) {
    super(message);
    this.code = code;
  }
}

/** The name under which an evaluation finds its own bounds. The space keeps it out of reach of every expression. */
const boundsBinding = ' bounds';

/** How deep AWS lets an expression nest, as measured by users on five kinds of expression. */
const depthMax = 100;

/**
 * AWS stops an expression after one second; time stands still in a simulation, so steps are counted instead.
 * A second is worth a million steps, give or take the machine.
 */
const stepsMax = 1_000_000;

/** Bytes of the longest text an expression may hold, from the same measurements as the longest sequence. */
const textLengthMax = 6_990_256;

interface Bounds {
  readonly now: Date;
  depth: number;
  steps: number;
}

interface Environment {
  readonly lookup: (name: string) => unknown;
  timestamp: Date;
}

const enter = (_node: unknown, _input: unknown, environment: Environment): void => {
  const bounds = environment.lookup(boundsBinding) as Bounds;
  // jsonata completes partial dates from the time at which it was called, which must be the kernel's.
  environment.timestamp = bounds.now;
  bounds.depth += 1;
  bounds.steps += 1;
  if (bounds.depth > depthMax)
    throw new Error(
      'Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive.',
    );
  if (bounds.steps > stepsMax) throw new Error('Expression evaluation timeout: Check for infinite loop');
};

const leave = (_node: unknown, _input: unknown, environment: Environment, result: unknown): void => {
  const bounds = environment.lookup(boundsBinding) as Bounds;
  bounds.depth -= 1;
  if (Array.isArray(result) ? result.length > sequenceLengthMax : isLongText(result))
    throw new Error(memoryLimitMessage);
};

const isLongText = (value: unknown): boolean => typeof value === 'string' && value.length > textLengthMax;

type Compiled = ReturnType<typeof jsonata>;

/** Compiling costs a hundred times an evaluation, and state machines are deployed again and again with the same texts. */
const compiledBySource = new Map<string, Compiled>();

const compile = (source: string): Compiled => {
  const known = compiledBySource.get(source);
  if (known) return known;
  const compiled = jsonata(source);
  // The types of `assign` know names only; jsonata documents these two symbols for bounding an evaluation.
  const assign = compiled.assign as unknown as (name: symbol, value: unknown) => void;
  assign(Symbol.for('jsonata.__evaluate_entry'), enter);
  assign(Symbol.for('jsonata.__evaluate_exit'), leave);
  compiledBySource.set(source, compiled);
  return compiled;
};

/** A JSONata expression of a definition, without its `{% %}`. */
export class Expression {
  readonly source: string;
  readonly #compiled: Compiled;

  /** @throws EvaluationError when the text is no JSONata 2.0.6. */
  constructor(source: string) {
    this.source = source;
    try {
      this.#compiled = compile(source);
    } catch (error) {
      throw asEvaluationError(error);
    }
  }

  get ast(): jsonata.ExprNode {
    return this.#compiled.ast();
  }

  /**
   * @returns undefined when the expression has no value.
   * @throws EvaluationError
   */
  async evaluate(bindings: Readonly<Record<string, unknown>>, nowMs: number): Promise<Json | undefined> {
    const bounds: Bounds = { now: new Date(nowMs), depth: 0, steps: 0 };
    let result: unknown;
    try {
      result = await this.#compiled.evaluate(undefined, { ...bindings, [boundsBinding]: bounds });
    } catch (error) {
      throw asEvaluationError(error);
    }
    return toJson(result);
  }
}

const asEvaluationError = (error: unknown): EvaluationError => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return new EvaluationError(typeof code === 'string' ? code : undefined, String(message));
};

/** A plain copy without what jsonata leaves on its arrays. Functions have no JSON; AWS writes numbers that JSON cannot hold as text. */
const toJson = (value: unknown): Json | undefined => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null);
      if ('_jsonata_lambda' in value || '_jsonata_function' in value) return undefined;
      const copy: Record<string, Json> = {};
      for (const [name, member] of Object.entries(value)) {
        const plain = toJson(member);
        if (plain !== undefined) copy[name] = plain;
      }
      return copy;
    }
    default:
      return undefined;
  }
};

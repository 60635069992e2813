import { AwsError } from '../../simulator/cloud/aws-error.ts';
import { Cloud } from '../../simulator/cloud/cloud.ts';
import { VirtualKernel } from '../../simulator/kernel/virtual-kernel.ts';
import { PythonFunctions } from './python-functions.ts';
import type { ScriptCase, ScriptStep } from './recorded-cases.ts';
import { type Comparison, differences, tell } from './recorded-value.ts';
import { refusedFeature, refusedProtocol, refusedTags } from './refusals.ts';
import { isStandIn, readStandIn, serviceOf, setUpOnly } from './set-up-only.ts';
import { type Finding, passed, type Verdict, verdictOf } from './verdict.ts';

/** Between two calls of a recording, about the time that a call takes. */
const betweenCallsMs = 50;

/** Recordings wait until what such a call began has come to its end. */
const beginsMore = new Set(['PutEvents', 'SetAlarmState', 'StartMessageMoveTask']);
const settlingMs = 5_000;

/** No single call waits longer: long polls end after 20 seconds, functions after 15 minutes. */
const longestCallMs = 3_600_000;

/** Scripts of API calls: each script in a cloud of its own, each recorded answer a finding. */
export const runScripts = async (suite: string, cases: readonly ScriptCase[]): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const recorded of cases) {
    const run = new ScriptRun(recorded);
    for (const [index, step] of recorded.steps.entries()) {
      const verdict = await run.step(step).catch(crashed);
      if (step.expect === undefined) continue;
      const name = `${recorded.name}, call ${index + 1}: ${step.op} (${step.expect.key})`;
      findings.push({ suite, level: 'result', name, verdict });
    }
  }
  return findings;
};

/** A fault of the simulator is the failure of one call, not the end of all others. */
const crashed = (error: unknown): Verdict => ({
  kind: 'failed',
  differences: [String((error as Error).stack ?? error)],
});

/** Stands for the answer of a call that was refused; what is read from it is refused as well. */
interface Refused {
  readonly refused: string;
}

class ScriptRun {
  readonly #kernel = new VirtualKernel({ seed: 1 });
  readonly #cloud: Cloud;
  readonly #functions = new PythonFunctions();
  readonly #answers: (unknown | Refused)[] = [];
  readonly #comparison: Comparison;
  readonly #protocol: string | undefined;

  constructor(recorded: ScriptCase) {
    this.#cloud = new Cloud({
      kernel: this.#kernel,
      host: () => this.#functions,
      runtime: () => ({
        start: () => {
          throw new Error('no recorded script runs a task');
        },
      }),
      code: (_bucket, key) => key,
      endpoint: 'http://127.0.0.1:4566',
    });
    this.#comparison = {
      placeholders: recorded.placeholders,
      accountId: this.#cloud.accountId,
      region: this.#cloud.region,
    };
    this.#protocol = refusedProtocol(recorded.name);
  }

  async step(step: ScriptStep): Promise<Verdict> {
    await this.#pass((step.sleep ?? 0) * 1000);
    // Later calls count the answers, so a call that fails in the middle leaves its place empty.
    const position = this.#answers.push(undefined) - 1;
    const answer = await this.#answer(step);
    this.#answers[position] = answer;
    await this.#pass(beginsMore.has(step.op) ? settlingMs : betweenCallsMs);
    if (step.expect === undefined) return passed;
    if (isRefused(answer)) return { kind: 'refused', what: answer.refused };
    const expected = step.expect.value;
    const status = statusOf(expected);
    return verdictOf(
      differences(
        withoutTransport(expected),
        asRecorded(withoutTransport(answer as object), expected),
        this.#comparison,
      )
        .map(tell)
        .concat(
          status === undefined || status === statusOf(answer)
            ? []
            : [`the HTTP status: recorded ${status}, got ${statusOf(answer)}`],
        ),
    );
  }

  async #answer(step: ScriptStep): Promise<unknown | Refused> {
    if (this.#protocol !== undefined) return { refused: this.#protocol };
    let params: unknown;
    try {
      params = this.#resolve(step.params);
    } catch (error) {
      if (error instanceof NeedsRefused) return { refused: error.what };
      throw error;
    }
    const tags = refusedTags(step.op, params);
    if (tags !== undefined) return { refused: tags };
    const service = serviceOf(step);
    const isThere = this.#cloud.dispatcher.services.some(({ name }) => name === service);
    if (!isThere && step.expect === undefined) return setUpOnly(step, params);
    try {
      const input = await this.#functions.asked(step, params, this.#cloud);
      const answer = await this.#settle(this.#cloud.call(service, step.op, input));
      return { ...this.#functions.answered(step, answer as object), ResponseMetadata: { HTTPStatusCode: 200 } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code !== 'NotModelledException') return errorAnswer(service, error);
      const refused = refusedFeature(service, step.op, error.message);
      if (refused !== undefined) return { refused };
      return step.expect === undefined ? setUpOnly(step, params) : errorAnswer(service, error);
    }
  }

  async #pass(ms: number): Promise<void> {
    await this.#kernel.run({ untilMs: this.#kernel.now() + ms });
  }

  /** Lets virtual time pass until a call has been answered. */
  async #settle<Answer>(call: Promise<Answer>): Promise<Answer> {
    let done = false;
    const end = (): void => {
      done = true;
    };
    call.then(end, end);
    await this.#kernel.run({ untilMs: this.#kernel.now() + longestCallMs, done: () => done });
    if (!done) throw new Error(`a call was not answered within ${longestCallMs} ms`);
    return call;
  }

  /** Parameters as they are sent: times relative to now, parts of earlier answers, names that differ from run to run. */
  #resolve(value: unknown): unknown {
    if (typeof value === 'string')
      return value
        .replace(/\{\{uid:(\w+)\}\}/g, '$1')
        .replace(/\{\{ref:(\d+):([^}]+)\}\}/g, (_match, step, pointer) => String(this.#read(Number(step), pointer)));
    if (Array.isArray(value)) return value.map((item) => this.#resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    const given = value as Readonly<Record<string, unknown>>;
    if (Array.isArray(given.$ref)) return this.#read(given.$ref[0] as number, given.$ref[1] as string);
    if (typeof given.$now === 'number') return new Date(this.#kernel.now() + Math.round(given.$now * 1000));
    if (typeof given.$bytes === 'string') return new TextEncoder().encode(given.$bytes);
    if (typeof given.$hex === 'string') return Uint8Array.from(Buffer.from(given.$hex, 'hex'));
    return Object.fromEntries(Object.entries(given).map(([name, member]) => [name, this.#resolve(member)]));
  }

  #read(step: number, pointer: string): unknown {
    const answer = this.#answers[step];
    if (isRefused(answer)) throw new NeedsRefused(answer.refused);
    if (isStandIn(answer)) return readStandIn(answer, pointer, this.#cloud);
    return pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], answer);
  }
}

class NeedsRefused extends Error {
  readonly what: string;

  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

const isRefused = (answer: unknown): answer is Refused =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;

/** Services whose errors also carry the name that clients of their older protocol match on. */
const queryCompatible = new Set(['cloudwatch', 'sqs']);

/** An error as the recorder's client shows it: the older name is the code there, the newer one stands beside it. */
const errorAnswer = (service: string, { code, message, queryCode, status }: AwsError): object => ({
  Error: queryCompatible.has(service)
    ? { Code: queryCode ?? code, Message: message, QueryErrorCode: code, Type: status < 500 ? 'Sender' : 'Receiver' }
    : { Code: code, Message: message },
  ResponseMetadata: { HTTPStatusCode: status },
});

/** An error as a client of CloudWatch's older protocol shows it, which has no other name for it. */
const asRecorded = (answer: object, recorded: object): object => {
  const { Error: shown } = answer as { readonly Error?: object };
  const { Error: wanted } = recorded as { readonly Error?: object };
  if (!shown || !wanted || 'QueryErrorCode' in wanted) return answer;
  const { QueryErrorCode: _, ...rest } = shown as { readonly QueryErrorCode?: unknown };
  return { ...answer, Error: rest };
};

/** Without what the recorder's client adds; it repeats the message of some errors beside them. */
const withoutTransport = (answer: object): object => {
  const { ResponseMetadata: _, ...rest } = answer as Record<string, unknown>;
  const { message: __, ...shown } = rest;
  return 'Error' in rest ? shown : rest;
};

const statusOf = (answer: unknown): unknown =>
  (answer as { readonly ResponseMetadata?: { readonly HTTPStatusCode?: unknown } }).ResponseMetadata?.HTTPStatusCode;

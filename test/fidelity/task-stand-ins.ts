import { AwsError } from '../../simulator/cloud/aws-error.ts';
import type { ApiCall } from '../../simulator/cloud/service.ts';
import type { Kernel } from '../../simulator/kernel/kernel.ts';
import { pythonError, pythonJson, runPython } from './python-function.ts';
import type { ExecutionCase, TaskMock, TaskOutcome } from './recorded-cases.ts';
import { type Comparison, differences } from './recorded-value.ts';

/** Services whose API names its members in camelCase; recordings show them as tasks do, in PascalCase. */
const camelCaseServices = new Set(['ecr', 'ecs', 'logs', 'states']);

/** How long the holder of a token thinks. */
const tokenHeldMs = 100;

type Call = <Answer>(action: string, input: unknown) => Promise<Answer>;

/** What AWS recorded for one call of a task. */
interface Attempt {
  readonly parameters: unknown;
  /** As events show it: `invoke`, `startExecution.sync:2`. */
  readonly resource: string;
  /** The answer to the request itself, where the task waited for more. */
  readonly submitted: TaskOutcome | undefined;
  readonly ended: TaskOutcome | undefined;
}

/** Answers the calls of an execution's tasks with what AWS recorded for them. */
export class TaskStandIns {
  readonly #recorded: ExecutionCase;
  readonly #comparison: Comparison;
  readonly #kernel: Kernel;
  readonly #call: Call;
  readonly #attempts: Attempt[];
  readonly #haveEnds: boolean;
  #child: TaskOutcome | undefined;

  constructor(recorded: ExecutionCase, comparison: Comparison, kernel: Kernel, call: Call) {
    this.#recorded = recorded;
    this.#kernel = kernel;
    this.#comparison = comparison;
    this.#call = call;
    this.#attempts = recorded.mocks.flatMap(attemptsOf);
    this.#haveEnds = this.#attempts.some(({ ended }) => ended !== undefined);
  }

  async answer(made: ApiCall): Promise<unknown> {
    if (this.#child && made.action === 'DescribeExecution') return childOf(this.#child);
    const { submitted, ended, resource = '' } = this.#next(made) ?? {};
    if (/\.sync(:2)?$/.test(resource) && made.service === 'states') {
      // What the child came to is what the task asks for next.
      this.#child = ended;
      return submitted ? answerOf(made, submitted) : { executionArn: 'child', startDate: new Date(0) };
    }
    if (resource.endsWith('.waitForTaskToken') && !(ended?.type.endsWith('Failed') && !submitted)) {
      // Whoever holds the token answers once the request has been answered.
      if (ended) this.#kernel.after(tokenHeldMs, 'token-answered', () => this.#answerToken(made.input, ended));
      return submitted ? answerOf(made, submitted) : functionAnswer(null);
    }
    if (ended) return answerOf(made, ended);
    // Where the others have an end in the recording, a call without one was still running when its branch was aborted.
    if (this.#haveEnds && resource !== '') return new Promise(() => {});
    const source = this.#sourceOf(made);
    if (source === undefined) throw new Error(`nothing stands in for ${made.service}:${made.action}`);
    const outcome = runPython(source, parsed(textOf((made.input as { Payload?: unknown }).Payload) ?? '{}'));
    return outcome.ok
      ? functionAnswer(outcome.payload)
      : functionFailure(JSON.stringify(pythonError(outcome, '00000000-0000-4000-8000-000000000000')));
  }

  /** The calls come in the order of the recording, except for those of concurrent branches: these go by parameters. */
  #next(made: ApiCall): Attempt | undefined {
    const asked = { ...(made.input as object), ...payloadOf(made.input) };
    const index = this.#attempts.findIndex(
      ({ parameters }) => differences(parameters, asked, this.#comparison).length === 0,
    );
    return this.#attempts.splice(Math.max(index, 0), 1)[0];
  }

  #sourceOf({ service, input }: ApiCall): string | undefined {
    if (service !== 'lambda') return undefined;
    const { FunctionName: name } = input as { readonly FunctionName: string };
    const lambda = Object.entries(this.#recorded.lambdas ?? {}).find(([key]) => name.split(':').includes(key))?.[1];
    return lambda && Object.values(lambda.code)[0];
  }

  /** The token stands somewhere in what the task sent; answers with any other text find no task. */
  async #answerToken(input: unknown, outcome: TaskOutcome): Promise<void> {
    for (const taskToken of textsIn(input)) {
      const answered = outcome.type.endsWith('Succeeded')
        ? this.#call('SendTaskSuccess', { taskToken, output: JSON.stringify(outcome.output) })
        : outcome.type.endsWith('Failed')
          ? this.#call('SendTaskFailure', { taskToken, error: outcome.error, cause: textOf(outcome.cause) })
          : Promise.resolve();
      await answered.catch(() => {});
    }
  }
}

/** A recorded task lists the outcomes of all its attempts; what comes after an end belongs to the next attempt. */
const attemptsOf = ({ parameters, resource = '', outcomes = [] }: TaskMock): readonly Attempt[] => {
  const attempts: Attempt[] = [];
  let submitted: TaskOutcome | undefined;
  for (const outcome of outcomes) {
    if (outcome.type === 'TaskSubmitted') submitted = outcome;
    else if (/(Succeeded|Failed|TimedOut)$/.test(outcome.type)) {
      attempts.push({ parameters, resource, submitted, ended: outcome });
      submitted = undefined;
    }
  }
  if (submitted || attempts.length === 0) attempts.push({ parameters, resource, submitted, ended: undefined });
  return attempts;
};

const answerOf = (made: ApiCall, outcome: TaskOutcome): unknown => {
  // A task that timed out never got its answer.
  if (outcome.type.endsWith('TimedOut')) return new Promise(() => {});
  if (outcome.type.endsWith('Failed')) {
    const cause = textOf(outcome.cause) ?? '';
    const error = serviceError(outcome.error ?? '', cause);
    if (error) throw error;
    return functionFailure(cause);
  }
  const { SdkHttpMetadata: _, SdkResponseMetadata: __, ...answer } = asObject(outcome.output);
  if (made.service !== 'lambda') return camelCaseServices.has(made.service) ? camelCase(answer) : answer;
  // A function's ARN as the resource has the function's own answer as its output, `lambda:invoke` that of the API.
  return outcome.type.startsWith('LambdaFunction')
    ? functionAnswer(outcome.output)
    : functionAnswer(answer.Payload, answer.ExecutedVersion);
};

/** A child execution as the API describes it, from how the task showed it: as its output, or as the cause of its failure. */
const childOf = (ended: TaskOutcome): unknown => {
  const { Input: input, Output: output, ...shown } = asObject(ended.output ?? parsed(textOf(ended.cause) ?? ''));
  return {
    ...(camelCase(shown) as object),
    ...(input === undefined ? {} : { input: textOf(input) }),
    ...(output === undefined ? {} : { output: textOf(output) }),
  };
};

const functionAnswer = (payload: unknown, version: unknown = '$LATEST'): object => ({
  StatusCode: 200,
  ExecutedVersion: version,
  Payload: new TextEncoder().encode(pythonJson(payload)),
});

const functionFailure = (payload: string): object => ({
  StatusCode: 200,
  ExecutedVersion: '$LATEST',
  FunctionError: 'Unhandled',
  Payload: new TextEncoder().encode(payload),
});

/** Takes the error of a service apart from how a task shows it; undefined for the error of a function. */
const serviceError = (error: string, cause: string): AwsError | undefined => {
  const name = /^[A-Za-z0-9]+\.(\w+)$/.exec(error)?.[1];
  const shown = /^([\s\S]*) \(Service: \w+[,;] Status Code: (\d+)[,;](?: Error Code: (\w+);)?/.exec(cause);
  if (name === undefined || !shown) return undefined;
  const [, message = '', status, code] = shown;
  return new AwsError(code ?? name, message, { status: Number(status) });
};

const camelCase = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const key = name.charAt(0).toLowerCase() + name.slice(1);
      return [key, /Date$/.test(name) && typeof member === 'number' ? new Date(member) : camelCase(member)];
    }),
  );
};

const payloadOf = (input: unknown): object => {
  const { Payload: payload } = input as { readonly Payload?: unknown };
  return payload === undefined ? {} : { Payload: parsed(textOf(payload) ?? '') };
};

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const textOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Every text in a value, inside JSON too. */
const textsIn = (value: unknown): readonly string[] => {
  if (value instanceof Uint8Array) return textsIn(new TextDecoder().decode(value));
  if (typeof value === 'string') {
    const inner = parsed(value);
    return typeof inner === 'object' ? textsIn(inner) : [value];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

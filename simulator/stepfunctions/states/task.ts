import { roleSession } from '../../cloud/role-session.ts';
import type { TaskState } from '../definition/definition.ts';
import { StateFailure } from '../execution/failure.ts';
import { withRecovery } from '../execution/recovery.ts';
import type { Scope } from '../execution/scope.ts';
import { taskEvents } from '../execution/task-events.ts';
import type { TokenOutcome } from '../execution/task-tokens.ts';
import type { Outcome, Visit } from '../execution/visit.ts';
import type { TaskRun } from '../integrations/integration.ts';
import { integrationOf } from '../integrations/integrations.ts';
import { parseResource, type TaskResource, type WaitPattern } from '../integrations/resources.ts';
import { Datum, exceedsDataLimit, isJsonObject } from '../json.ts';
import { secondsMax } from './wait.ts';

export const runTask = (visit: Visit<TaskState>): Promise<Outcome> =>
  withRecovery(visit, undefined, () => attempt(visit));

const attempt = async (visit: Visit<TaskState>): Promise<Outcome> => {
  const { state, frame } = visit;
  const resource = parseResource(state.resource) as TaskResource;
  const scope = frame.scope.child();
  const answer = new Answer(visit, scope);
  try {
    visit.token = patternOf(resource) === 'wait-for-task-token' ? answer.issue() : undefined;
    const result = await perform(visit, resource, scope, answer);
    return await visit.finish(state, state.next, result, { result: result.value });
  } finally {
    answer.close();
    scope.cancel();
  }
};

const patternOf = (resource: TaskResource): WaitPattern =>
  resource.kind === 'service' ? resource.pattern : 'request-response';

/** Evaluates what the service is asked, asks it, and waits for the end of what it was asked for. */
const perform = async (
  visit: Visit<TaskState>,
  resource: TaskResource,
  scope: Scope,
  answer: Answer,
): Promise<Datum> => {
  const { state, frame } = visit;
  const { machinery, execution } = frame;
  const pattern = patternOf(resource);
  const timeoutSeconds = state.timeoutSeconds && (await visit.evaluateWhole(state.timeoutSeconds, 1, secondsMax));
  const heartbeatSeconds = state.heartbeatSeconds && (await visit.evaluateWhole(state.heartbeatSeconds, 1, secondsMax));
  const integration = integrationOf(resource);
  const stated = state.arguments ? new Datum(await visit.evaluate(state.arguments)) : visit.input;
  const missing = (integration.required ?? []).filter(
    (name) => !isJsonObject(stated.value) || stated.value[name] === undefined,
  );
  if (missing.length > 0)
    throw visit.runtimeFailure(
      `The Arguments '${stated.text}' could not be used to start the Task: [${missing.map((name) => `The field "${name}" is required but was missing`).join(', ')}]`,
    );
  const input = integration.complement ? new Datum(integration.complement(stated.value)) : stated;
  const roleArn = state.credentialsRoleArn && String(await visit.evaluateAs(state.credentialsRoleArn, 'string'));
  if (exceedsDataLimit(input.text)) throw visit.dataLimit();
  const events = taskEvents(frame.chain, resource);
  const { region } = machinery.ctx;
  events.scheduled({ parameters: input.text, region, timeoutSeconds, heartbeatSeconds, roleArn });
  events.started();
  answer.watch(timeoutSeconds, pattern === 'wait-for-task-token' ? heartbeatSeconds : undefined);
  const run: TaskRun = {
    machinery,
    execution,
    scope,
    caller:
      roleArn === undefined
        ? execution.caller
        : roleSession(roleArn, execution.caller.kind === 'role' ? execution.caller.sessionName : execution.name),
    arguments: input.value,
    resource: resource.kind === 'service' ? resource.resource : resource.functionArn,
  };
  const untilExpired = <T>(work: Promise<T>): Promise<T> => frame.scope.guard(Promise.race([work, answer.expired]));
  let submitting = pattern !== 'request-response';
  try {
    let result = new Datum(await untilExpired(integration.request(run)));
    if (submitting) {
      events.submitted(result.text);
      submitting = false;
      result = await untilExpired(
        integration.complete
          ? integration.complete(run, result.value).then((value) => new Datum(value))
          : answer.ofHolder(),
      );
    }
    if (exceedsDataLimit(result.text)) throw visit.dataLimit(state.resource);
    events.succeeded(result.text);
    return result;
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    if (error === answer.expiry) events.timedOut(error);
    else if (submitting) events.submitFailed(error);
    else events.failed(error);
    throw error;
  }
};

/** What a task waits for besides its service: the holder of its token, its timeout, its heartbeats. */
class Answer {
  readonly expired: Promise<never>;
  /** How the task failed when the clock ran out. */
  expiry: StateFailure | undefined;
  readonly #holder: Promise<TokenOutcome>;
  readonly #visit: Visit<TaskState>;
  readonly #scope: Scope;
  #settle: (outcome: TokenOutcome) => void = () => {};
  #expire: (failure: StateFailure) => void = () => {};
  #beat: () => void = () => {};
  #token: string | undefined;

  constructor(visit: Visit<TaskState>, scope: Scope) {
    this.#visit = visit;
    this.#scope = scope;
    this.#holder = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.expired = new Promise((_, reject) => {
      this.#expire = reject;
    });
    // Nobody may be listening any more when the clock runs out.
    this.expired.catch(() => {});
  }

  issue(): string {
    this.#token = this.#visit.frame.machinery.tokens.issue({
      machineArn: this.#visit.frame.execution.machine.arn,
      settle: (outcome) => {
        this.close();
        this.#settle(outcome);
      },
      heartbeat: () => this.#beat(),
    });
    this.#scope.onCancel(() => this.close());
    return this.#token;
  }

  /** The token's holder may answer before the request that gave it the token has. */
  async ofHolder(): Promise<Datum> {
    const outcome = await this.#holder;
    if (outcome.kind === 'success') return outcome.output;
    throw new StateFailure(outcome.error, outcome.cause);
  }

  close(): void {
    if (this.#token !== undefined) this.#visit.frame.machinery.tokens.close(this.#token);
  }

  watch(timeoutSeconds: number | undefined, heartbeatSeconds: number | undefined): void {
    // AWS bounds every task by so many seconds; a definition that states the same sees the number in its history.
    if (timeoutSeconds !== undefined && timeoutSeconds < secondsMax)
      this.#expireAfter(this.#scope, timeoutSeconds, undefined);
    if (heartbeatSeconds === undefined) return;
    let current = this.#scope.child();
    this.#beat = () => {
      current.cancel();
      current = this.#scope.child();
      this.#expireAfter(current, heartbeatSeconds, 'States.HeartbeatTimeout');
    };
    this.#beat();
  }

  #expireAfter(scope: Scope, seconds: number, alias: string | undefined): void {
    void scope.wait(seconds * 1000, 'states task timeout').then(() => {
      this.close();
      this.expiry ??= new StateFailure('States.Timeout', undefined, alias);
      this.#expire(this.expiry);
    });
  }
}

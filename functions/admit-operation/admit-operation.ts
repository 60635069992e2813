import { z } from 'zod';
import { readService } from '../adapters/parameters.ts';
import { newestReleases, readControl, releasesRead } from '../adapters/records.ts';
import { waitingTurns } from '../adapters/turns.ts';
import { type Capacity, capacitiesOf, type ServiceConfiguration, twinName } from '../core/configuration.ts';
import { registryHosts, shortDigest } from '../core/image-reference.ts';
import { deadlockOf } from '../core/judge-fit.ts';
import { type WayBack, wayBack } from '../core/release-history.ts';
import {
  allServices,
  type BurstRequest,
  explainInput,
  OperationRequest,
  operationAccepts,
  type RolloutRequest,
} from '../core/requests.ts';
import { type Control, type CountMove, Execution, type Release } from '../core/state.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';
import { answerApproval } from './answer-approval.ts';
import { changeGate } from './change-gate.ts';
import { impossible } from './impossible.ts';
import { recall } from './recall.ts';

const Input = z.object({ execution: Execution, request: z.unknown() });

export type AdmitOperationOutput =
  | {
      readonly kind: 'rollout';
      /** Of the execution to start: the same again when this state is repeated. */
      readonly name: string;
      readonly input: RolloutRequest;
    }
  | {
      readonly kind: 'burst';
      /** Of the execution to start: the same again when this state is repeated. */
      readonly name: string;
      readonly input: BurstRequest;
    }
  | { readonly kind: 'plan'; readonly service: string; readonly image: string }
  | { readonly kind: 'scale'; readonly service: string; readonly move: CountMove; readonly reason: string }
  /** Done here already; `output` is that of the execution. */
  | { readonly kind: 'done'; readonly output: OperationOutput };

export interface OperationOutput {
  readonly verdict: 'completed';
  /** `frozen`, `unfrozen`, `held`, `released`, `recalled`, `paused`, `approved`, `denied` or `unchanged`. */
  readonly cause: string;
  readonly service: string;
  readonly reason: string;
}

/** @throws ExpectedFailure `InvalidOperation` with a sentence that says what was wrong and what is accepted. */
export const create = (
  deps: Dependencies<'ssm' | 'dynamodb' | 'ecr' | 'sfn' | 'codepipeline'>,
): WrappedHandler<AdmitOperationOutput> => {
  const env = readEnvironment(deps.env, 'admit-operation', ['TABLE_NAME', 'SERVICES_PARAMETER_PREFIX', 'REGISTRY']);
  const { ecr, sfn, codepipeline } = deps.clients;
  const hosts = registryHosts(env.REGISTRY, deps.env.AWS_ENDPOINT_URL);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };
  const parameters = { client: deps.clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  const run = async ({ execution, request: raw }: z.infer<typeof Input>): Promise<AdmitOperationOutput> => {
    const parsed = OperationRequest.safeParse(raw);
    if (!parsed.success) throw impossible(explainInput(parsed.error, operationAccepts));
    const request = parsed.data;
    const { service } = request;
    const all = service === allServices && (request.action === 'freeze' || request.action === 'unfreeze');
    const configuration = all ? undefined : await readService(parameters, service);
    if (!all && !configuration) {
      throw impossible(`There is no service '${service}'; the services are those of spillway.config.ts.`);
    }
    switch (request.action) {
      case 'plan':
        return { kind: 'plan', service, image: request.image };
      case 'freeze':
      case 'unfreeze':
      case 'hold':
      case 'release':
        return changeGate({ hosts, table, ecr, codepipeline, parameters }, request, configuration, execution);
      case 'burst': {
        const { tasks, for: seconds, actor = '' } = request;
        const trigger = { kind: 'hand', executionArn: execution.arn };
        return {
          kind: 'burst',
          name: `burst-${execution.name}`.slice(0, 80),
          // Its own state machine says what is wrong with a request for a burst.
          input: {
            service,
            ...(tasks !== undefined && { tasks }),
            ...(seconds !== undefined && { for: seconds }),
            trigger,
            actor,
          },
        };
      }
      case 'recall':
        return recall(table, request, configuration as ServiceConfiguration, execution);
      case 'approve':
      case 'deny':
        return answerApproval({ table, sfn, codepipeline }, request, configuration as ServiceConfiguration, execution);
    }
    const control = await readControl(table, service);
    const { release } = control;
    if (!release) throw impossible(`${service} has no release yet; push an image first.`);
    if (request.action === 'scale') return scale(request, configuration as ServiceConfiguration);

    const trigger = { kind: request.action, executionArn: execution.arn };
    const actor = request.actor ?? '';
    const name = `${request.action}-${execution.name}`.slice(0, 80);
    if (request.action === 'restart') {
      // Of what is current when its turn comes: an image that is named would be newer than those that wait for approval.
      return { kind: 'rollout', name, input: { service, refresh: true, force: true, trigger, actor } };
    }
    const { digest, ...left } = await back(control, release);
    return { kind: 'rollout', name, input: { service, image: digest, trigger: { ...trigger, ...left }, actor } };
  };

  const back = async (control: Control, release: Release): Promise<WayBack> => {
    const { service, newest } = control;
    const history = (await newestReleases(table, service, releasesRead)).toReversed();
    const turns = await waitingTurns(table, service);
    const found = wayBack(
      control,
      history,
      turns.some(({ executionArn }) => executionArn === newest?.executionArn),
    );
    if (found) return found;
    throw impossible(`${service} has no proved release before ${shortDigest(release.digest)} to go back to.`);
  };

  return wrapHandler({
    folder: 'admit-operation',
    env: deps.env,
    input: Input,
    run,
    summary: ({ execution }, output) => ({ execution: execution.name, ...output }),
  });
};

const scale = (
  request: Extract<OperationRequest, { action: 'scale' }>,
  configuration: ServiceConfiguration,
): AdmitOperationOutput => {
  const { service, tasks } = request;
  const has = capacitiesOf(configuration);
  const named: Capacity | undefined =
    request.capacity ??
    has.find((capacity) => twinName(service, capacity, configuration) === request.twin) ??
    (has.length === 1 && request.twin === undefined ? has[0] : undefined);
  const settings = named && configuration[named];
  if (!named || !settings) {
    const choices = has.map((capacity) => `"${capacity}"`).join(' or ');
    throw impossible(
      `${service} has no capacity ${request.capacity ?? request.twin ?? '(none named)'}; accepted is "capacity": ${choices}.`,
    );
  }
  const most = settings.maxTasks ?? settings.baseTasks;
  if (tasks > most) {
    throw impossible(
      `${tasks} tasks were asked for, and ${twinName(service, named, configuration)} may have 0 to ${most} (${named}.maxTasks in spillway.config.ts).`,
    );
  }
  const twin = twinName(service, named, configuration);
  // The percents of an adopted twin are its own, and are asked of ECS before each rollout.
  const deadlock = settings.adopted ? undefined : deadlockOf({ twin, desiredCount: tasks, percents: settings });
  const stuck =
    deadlock === undefined ? '' : ` No rollout of ${service} can start until it is set to another: ${deadlock}`;
  const reason = `${twin} was set to ${tasks} ${tasks === 1 ? 'task' : 'tasks'}.${stuck}`;
  return { kind: 'scale', service, move: { twin, desiredCount: tasks }, reason };
};

import type { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import type { ECRClient } from '@aws-sdk/client-ecr';
import { resolveImage } from '../adapters/ecr.ts';
import { appendHistory } from '../adapters/history.ts';
import { type ParametersClient, readServices } from '../adapters/parameters.ts';
import { settleStage } from '../adapters/pipeline.ts';
import { changeControl, readControl, readFreezeOfAll, writeFreezeOfAll } from '../adapters/records.ts';
import type { TableClient } from '../adapters/table.ts';
import { repositoryOf, type ServiceConfiguration } from '../core/configuration.ts';
import { heldByShort, holdDigest, noRoomForHold, releaseHold } from '../core/holds.ts';
import { namedImage, shortDigest } from '../core/image-reference.ts';
import { allServices, type OperationRequest } from '../core/requests.ts';
import type { Execution } from '../core/state.ts';
import type { AdmitOperationOutput } from './admit-operation.ts';
import { impossible } from './impossible.ts';

type GateRequest = Extract<OperationRequest, { action: 'freeze' | 'unfreeze' | 'hold' | 'release' }>;

interface Clients {
  /** Hosts of the registry in which the images are. */
  readonly hosts: readonly string[];
  readonly table: TableClient;
  readonly ecr: Pick<ECRClient, 'send'>;
  readonly codepipeline: Pick<CodePipelineClient, 'send'>;
  readonly parameters: ParametersClient;
}

/**
 * Freezes and holds, set and ended. A freeze also closes the stage of the service's pipeline, so that pipelines do not
 * fail one after the other but wait. What stands so already is left as it is, with who set it first; a repeated call
 * therefore says the same and adds no second line to the history.
 */
export const changeGate = async (
  { hosts, table, ecr, codepipeline, parameters }: Clients,
  request: GateRequest,
  configuration: ServiceConfiguration | undefined,
  execution: Execution,
): Promise<AdmitOperationOutput> => {
  const { service, action } = request;
  const actor = request.actor ?? '';
  const mark = { by: actor, at: execution.startedAt, reason: request.reason ?? '' };
  const because = mark.reason ? `: ${mark.reason}` : '';

  const done = async (changed: boolean, cause: string, reason: string): Promise<AdmitOperationOutput> => {
    // Told again after a crash between the change and this line: the key is the execution's.
    await appendHistory(table, service, [
      {
        key: `operation#${execution.name}`,
        kind: 'operation',
        subject: execution.name,
        at: execution.startedAt,
        source: `operate, ${action}`,
        actor,
        text: reason,
        detail: { action, changed },
      },
    ]);
    return { kind: 'done', output: { verdict: 'completed', cause: changed ? cause : 'unchanged', service, reason } };
  };

  /**
   * Brings the stages of the pipelines in question to what the freezes say now. Services may share a stage: it is held
   * while one of them is frozen.
   * @returns a sentence for each that was not brought there, with a space before it
   */
  const settleStages = async (of: string): Promise<string> => {
    const named = [...(await readServices(parameters))].flatMap(([name, { rollout }]) =>
      rollout.pipeline ? [{ name, pipeline: rollout.pipeline }] : [],
    );
    const stages = Map.groupBy(named, ({ pipeline }) => `${pipeline.name}/${pipeline.stage}`);
    const freezeOfAll = await readFreezeOfAll(table);
    let left = '';
    for (const sharing of stages.values()) {
      const [first] = sharing;
      if (!first || !sharing.some(({ name }) => of === allServices || name === of)) continue;
      let freeze = freezeOfAll;
      for (const { name } of sharing) freeze ??= (await readControl(table, name)).freeze;
      const outcome = await settleStage(codepipeline, first.pipeline, freeze);
      const stage = ` The stage ${first.pipeline.stage} of the pipeline ${first.pipeline.name}`;
      if (outcome.kind === 'failed') left += `${stage} could not be ${freeze ? 'held' : 'opened'}: ${outcome.reason}.`;
      else if (outcome.kind === 'leave' && outcome.heldFor !== undefined)
        left += `${stage} is held by somebody else and stays so: ${outcome.heldFor || 'no reason is given'}.`;
    }
    return left;
  };

  // A mark with this execution's time is its own, from before a crash.
  const own = (there: { readonly at: string } | undefined): boolean => there?.at === mark.at;

  if (action === 'freeze' || action === 'unfreeze') {
    const freezes = action === 'freeze';
    const before = service === allServices ? await readFreezeOfAll(table) : (await readControl(table, service)).freeze;
    const changes = freezes ? before === undefined || own(before) : before !== undefined;
    if (changes && service === allServices) await writeFreezeOfAll(table, freezes ? mark : undefined);
    else if (changes) {
      await changeControl(table, service, ({ freeze: _before, ...rest }) => ({
        ...rest,
        ...(freezes && { freeze: mark }),
      }));
    }
    // Also when it stood so already: a call before may have been cut off, or somebody may have opened the stage by hand.
    const left = await settleStages(service);
    const all = service === allServices;
    if (freezes) {
      const what = all ? 'All services are' : `${service} is`;
      return done(changes, 'frozen', `${what} frozen${changes ? because : ' already'}.${left}`);
    }
    if (!changes)
      return done(
        false,
        'unfrozen',
        `${all ? 'No freeze of all services was set' : `${service} was not frozen`}.${left}`,
      );
    // Each freeze ends by itself: whoever ends one is told of the other that still holds.
    const other = all
      ? ' A service that is frozen by itself stays so.'
      : (await readFreezeOfAll(table))
        ? ' All services are frozen still.'
        : '';
    return done(true, 'unfrozen', `${all ? 'All services' : service} may be released again${because}.${other}${left}`);
  }

  const repository = configuration ? repositoryOf(service, configuration) : service;
  const short = action === 'release' ? heldByShort(await readControl(table, service), request.image) : undefined;
  const named = namedImage(short ?? request.image, { service, repository, hosts });
  if (named.kind === 'mistaken') throw impossible(named.reason);
  const digest = named.digest ?? (await digestOf(ecr, repository, named.tag ?? ''));
  const name = `${shortDigest(digest)} of ${service}`;
  const before = (await readControl(table, service)).holds?.[digest];
  if (action === 'hold') {
    // What a rollout has left goes once there are many of these: from now on a person holds it, and it stays.
    const changes = before === undefined || own(before) || before.leftBy !== undefined;
    if (changes)
      await changeControl(table, service, (control) => {
        const full = noRoomForHold(control, digest, mark);
        if (full !== undefined) throw impossible(full);
        return holdDigest(control, digest, mark);
      });
    return done(changes, 'held', `${name} is held${changes ? because : ' already'}.`);
  }
  if (before) await changeControl(table, service, (control) => releaseHold(control, digest));
  return done(
    before !== undefined,
    'released',
    before ? `${name} may be rolled out again${because}.` : `${name} was not held.`,
  );
};

const digestOf = async (ecr: Pick<ECRClient, 'send'>, repository: string, tag: string): Promise<string> => {
  const image = await resolveImage(ecr, { repository, tag });
  if (image.kind === 'found') return image.digest;
  const why = image.kind === 'missing' ? image.reason : 'it is an index without a variant for linux/amd64';
  throw impossible(`The image ${tag} is not in the repository ${repository}: ${why}.`);
};

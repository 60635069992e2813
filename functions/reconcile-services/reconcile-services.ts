import { z } from 'zod';
import { newestPushed } from '../adapters/ecr.ts';
import { describeTwins, listProbes, readMachines, stopTask } from '../adapters/ecs.ts';
import { tell } from '../adapters/events.ts';
import { gateWaits } from '../adapters/gate-waits.ts';
import { appendHistory } from '../adapters/history.ts';
import { readService, readTemplates } from '../adapters/parameters.ts';
import { newestRollout, readControl, readFreezeOfAll } from '../adapters/records.ts';
import { executionName, executionRuns, startOnce } from '../adapters/sfn.ts';
import { changeItem, findingsKey, readItem } from '../adapters/table.ts';
import { waitingTurns } from '../adapters/turns.ts';
import { madeCapacitiesOf, repositoryOf, type ServiceConfiguration, twinNames } from '../core/configuration.ts';
import {
  answersPush,
  type Finding,
  isRepaired,
  type PushedImage,
  reconcileService,
} from '../core/reconcile-service.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** A stack update that is finished, or that it is time to look. */
const Input = z.object({ id: z.string().min(1), 'detail-type': z.string() });
type Input = z.infer<typeof Input>;

export interface ReconcileServicesOutput {
  readonly reported: readonly string[];
  readonly repaired: readonly string[];
}

/** Findings of the last run, by key: when each was reported, and when a repair was started. */
interface Findings {
  readonly found: Readonly<Record<string, Treated>>;
}

interface Treated {
  readonly reportedAt: string;
  readonly repairedAt?: string;
}

/**
 * Compares every service with its release. What it finds is reported first, and repaired when the next run finds it
 * still: whatever explains it by then has happened. A finished stack update is itself the report, so that a newer
 * template is rolled out at once.
 */
export const create = (
  deps: Dependencies<'dynamodb' | 'ecr' | 'ecs' | 'events' | 'sfn' | 'ssm'>,
): WrappedHandler<ReconcileServicesOutput> => {
  const env = readEnvironment(deps.env, 'reconcile-services', [
    'TABLE_NAME',
    'CLUSTER_NAME',
    'SERVICE_NAMES',
    'SERVICES_PARAMETER_PREFIX',
    'TEMPLATES_PARAMETER_PREFIX',
    'ROLLOUT_STATE_MACHINE_ARN',
  ]);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const ecs = { client: clients.ecs, cluster: env.CLUSTER_NAME };
  const settings = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };
  const templates = { client: clients.ssm, prefix: env.TEMPLATES_PARAMETER_PREFIX };

  /** Whether a start of a pushed image waits, or has ended before it had the service. */
  const knowsStart = async (service: string, image: PushedImage): Promise<boolean> => {
    const gates = await Promise.all((['scan', 'approval'] as const).map((gate) => gateWaits(table, gate, service)));
    const waits = [...gates.flat().map(({ candidate }) => candidate), ...(await waitingTurns(table, service))];
    for (const { digest, executionArn, startedAt } of waits) {
      // What a stopped execution waited with may still be there.
      if (digest === image.digest && (await executionRuns(clients.sfn, executionArn, startedAt, clock.now())))
        return true;
    }
    // After the waits: a start that ends meanwhile has its record now.
    return (await newestRollout(table, service, (record) => answersPush(image, record))) !== undefined;
  };

  const look = async (
    service: string,
    configuration: ServiceConfiguration,
    afterStackUpdate: boolean,
  ): Promise<readonly Finding[]> => {
    const control = await readControl(table, service);
    const twins = twinNames(service, configuration);
    const looks = !afterStackUpdate && (control.release !== undefined || control.deferred !== undefined);
    const observed = looks ? await describeTwins(ecs, twins) : new Map();
    const primaries = [...observed].flatMap(([twin, { primary }]) =>
      primary ? [[twin, primary.taskDefinition] as const] : [],
    );
    const away = control.deferred?.[0];
    const deferred = away === undefined ? undefined : observed.get(away);
    const back = deferred ? (await readMachines(ecs, deferred)).some(({ connected }) => connected) : false;
    const newestImage = afterStackUpdate
      ? undefined
      : await newestPushed(clients.ecr, repositoryOf(service, configuration));
    const { digest } = newestImage ?? {};
    const known = digest === control.release?.digest || digest === control.newest?.digest;
    return reconcileService(
      {
        service,
        control,
        afterStackUpdate,
        startsByPush: configuration.rollout.trigger === 'push',
        adopted: madeCapacitiesOf(configuration).length < twins.length,
        frozen: control.freeze !== undefined || (await readFreezeOfAll(table)) !== undefined,
        newestImage,
        startKnown: newestImage !== undefined && !known && (await knowsStart(service, newestImage)),
        templates: await readTemplates(templates, twins),
        primaries: Object.fromEntries(primaries),
        siteConnected: back,
      },
      clock.now(),
    );
  };

  const repair = async (finding: Finding, eventId: string): Promise<void> => {
    const { service, trigger } = finding.repair;
    await startOnce(clients.sfn, {
      stateMachineArn: env.ROLLOUT_STATE_MACHINE_ARN,
      name: executionName(`${trigger?.kind}-${eventId}`, service),
      input: finding.repair,
    });
  };

  const report = async (service: string, finding: Finding): Promise<void> => {
    const at = isoNow(clock);
    await appendHistory(table, service, [
      {
        key: `finding#${finding.key}#${at}`,
        kind: 'drift',
        subject: finding.kind,
        at,
        source: 'the reconciler',
        actor: '',
        text: finding.reason,
        detail: { key: finding.key },
      },
    ]);
    await tell(clients.events, 'Spillway Finding', env.ROLLOUT_STATE_MACHINE_ARN, {
      service,
      kind: finding.kind,
      reason: finding.reason,
    });
  };

  /**
   * Stops probes that nobody waits for: one on a machine that did not answer could not be stopped when its rollout ended.
   * What was listed before the lease was seen to be free belongs to no rollout under way.
   */
  const stopProbes = async (service: string, configuration: ServiceConfiguration): Promise<readonly string[]> => {
    const left = await listProbes(ecs, twinNames(service, configuration));
    if (left.length === 0 || (await readControl(table, service)).rollout) return [];
    for (const task of left) await stopTask(ecs, task, 'Its rollout has ended');
    return [`${service}: ${left.length} of the tasks that proved its twins ran on, and nobody waits for them.`];
  };

  const run = async (event: Input): Promise<ReconcileServicesOutput> => {
    const byStack = event['detail-type'] === 'CloudFormation Stack Status Change';
    // These were told already: by the end of the stack update, and by the end of the rollout that was deferred.
    const told = (kind: Finding['kind']): boolean => kind === 'site-return' || (byStack && kind === 'template');
    const reported: string[] = [];
    const repaired: string[] = [];
    for (const service of env.SERVICE_NAMES.split(',')) {
      const configuration = await readService(settings, service);
      if (configuration && !byStack) repaired.push(...(await stopProbes(service, configuration)));
      const findings = configuration ? await look(service, configuration, byStack) : [];
      const repairs = configuration?.rollout.reconcile === 'repair';
      const known = (await readItem<Findings>(table, findingsKey(service)))?.item.found ?? {};
      const found: Record<string, Treated> = byStack ? { ...known } : {};
      for (const finding of findings) {
        const before = known[finding.key];
        const at = isoNow(clock);
        if (before && isRepaired(finding, before.repairedAt, clock.now())) found[finding.key] = before;
        else if ((before && repairs) || told(finding.kind)) {
          await repair(finding, event.id);
          repaired.push(`${service}: ${finding.reason}`);
          found[finding.key] = { reportedAt: before?.reportedAt ?? at, repairedAt: at };
        } else if (before) found[finding.key] = before;
        else if (!byStack) {
          await report(service, finding);
          reported.push(`${service}: ${finding.reason}`);
          found[finding.key] = { reportedAt: at };
        }
      }
      if (Object.keys(found).length + Object.keys(known).length > 0) {
        await changeItem<Findings>(table, findingsKey(service), () => ({ found }));
      }
    }
    return { reported, repaired };
  };

  return wrapHandler({
    folder: 'reconcile-services',
    env: deps.env,
    input: Input,
    run,
    summary: (event, output) => ({ event: event['detail-type'], ...output }),
  });
};

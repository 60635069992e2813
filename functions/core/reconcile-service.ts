import { changedTemplates } from './compare-templates.ts';
import type { RolloutRequest } from './requests.ts';
import type { Control, RolloutRecord } from './state.ts';

/** A tagged image in the repository of a service. */
export interface PushedImage {
  readonly digest: string;
  readonly tag: string;
  readonly pushedAt: string;
}

export interface ReconcileFacts {
  readonly service: string;
  readonly control: Control;
  /** A stack update has finished this moment, and only its templates are asked about. */
  readonly afterStackUpdate: boolean;
  /** Whether pushes start rollouts of the service. */
  readonly startsByPush: boolean;
  /** Whether a twin of it was there before the stacks: what was pushed before its first start was never to be released. */
  readonly adopted: boolean;
  readonly frozen: boolean;
  /** The newest image that somebody pushed by a tag of their own. */
  readonly newestImage: PushedImage | undefined;
  /** Whether a start of it waits at a gate or for its turn, or has ended there: such a start is not in the control item. */
  readonly startKnown: boolean;
  /** The template that the stack states for each twin, where it states one. */
  readonly templates: Readonly<Record<string, string | undefined>>;
  /** The primary task definition of each twin; left out where it was not asked for, or the twin does not exist. */
  readonly primaries: Readonly<Record<string, string>>;
  /** Whether a machine of the site is connected; only asked while a twin is deferred. */
  readonly siteConnected: boolean;
}

export interface Finding {
  /** The same finding has the same key, however often it is found. */
  readonly key: string;
  readonly kind: 'push' | 'template' | 'drift' | 'site-return';
  readonly reason: string;
  readonly repair: RolloutRequest;
  /** Milliseconds after which its repair is started again, where it is found still; without, there is one repair. */
  readonly againAfterMs?: number;
}

/** Events carry whole seconds, and ECR's own time may be a moment before them. */
const secondMs = 1_000;

/** Automatic starts of a push: a person's own start says nothing of whether its event was heard of. */
const byPush: ReadonlySet<string> = new Set(['push', 'reconciler']);

/**
 * Whether the end of a start answers this push: whatever refused it has said so, and would only say so again. Where the
 * controller itself failed, or the image could not be found yet, nobody has looked at the push.
 */
export const answersPush = (
  { digest, pushedAt }: PushedImage,
  record: Pick<RolloutRecord, 'image' | 'digest' | 'trigger' | 'startedAt' | 'cause'>,
): boolean => {
  const { kind, time } = record.trigger;
  const askedAt = typeof time === 'string' ? time : record.startedAt;
  return (
    (record.digest === digest || record.image === digest) &&
    byPush.has(kind) &&
    Date.parse(askedAt) + secondMs >= Date.parse(pushedAt) &&
    record.cause !== 'controller-error' &&
    record.cause !== 'image-missing'
  );
};

/** A push's event is late now and then; only an image that is this old and that nobody heard of was lost. */
const lostAfterMs = 300_000;

/**
 * The start that catches up may itself have been stopped, or refused before it had the service, and nobody else starts it:
 * the second look after it does, of those every 15 minutes.
 */
const returnAgainMs = 1_500_000;

/** Whether a finding was repaired already: what its repair did not mend, it would mostly not mend by being repeated. */
export const isRepaired = ({ againAfterMs }: Finding, repairedAt: string | undefined, nowMs: number): boolean =>
  repairedAt !== undefined && (againAfterMs === undefined || nowMs - Date.parse(repairedAt) < againAfterMs);

const revision = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/**
 * What is not as the release says: a push that nobody heard of, a template that is newer than the release, a twin that
 * drifted. Nothing is found while a rollout is under way, or where twins are unsettled: those end by themselves. After a stack
 * update its templates are found even then: the start that they cause waits for its turn, and looks at them again.
 */
export const reconcileService = (facts: ReconcileFacts, nowMs: number): readonly Finding[] => {
  const { service, control, newestImage } = facts;
  const { release, newest, holds = {}, deferred = [] } = control;
  const siteReturn = (repair: Partial<RolloutRequest>, reason: string): Finding => ({
    key: `site-return ${control.fence}`,
    kind: 'site-return',
    reason: `The site is back, and ${deferred.join(' and ')} ${reason}.`,
    repair: { service, ...repair, trigger: { kind: 'site-return' } },
    againAfterMs: returnAgainMs,
  });
  if (control.unsettled && deferred.length > 0 && facts.siteConnected && !facts.frozen && !control.rollout) {
    const { awaitsSite, needsPerson } = control.unsettled;
    if (awaitsSite) return [siteReturn({ takeBack: true }, 'was left half done, with no release to get')];
    // Once for each return: what then fails again is what the person has to look at, and has raised the fence.
    if (needsPerson) {
      const { againAfterMs: _once, ...finding } = siteReturn({ takeBack: true }, 'was left half done');
      return [{ ...finding, key: `site-return ${deferred.join(' ')}` }];
    }
  }
  if (facts.frozen || (!facts.afterStackUpdate && (control.rollout || control.unsettled))) return [];
  const findings: Finding[] = [];
  if (newestImage && !facts.afterStackUpdate && facts.startsByPush && !holds[newestImage.digest]) {
    const { digest, tag, pushedAt } = newestImage;
    const pushedMs = Date.parse(pushedAt);
    const newer =
      newest !== undefined && (newest.digest === digest || Date.parse(newest.askedAt) + secondMs >= pushedMs);
    const heard = newer || facts.startKnown;
    const wasBefore = facts.adopted && newest === undefined;
    if (!heard && !wasBefore && release?.digest !== digest && nowMs - pushedMs >= lostAfterMs) {
      findings.push({
        key: `push ${digest}`,
        kind: 'push',
        reason: `${service}:${tag} was pushed at ${pushedAt}, and no rollout of it was started.`,
        repair: { service, image: digest, trigger: { kind: 'reconciler', finding: 'push', tag, time: pushedAt } },
      });
    }
  }
  if (!release) return findings;
  if (deferred.length > 0 && facts.siteConnected) {
    findings.push(siteReturn({ refresh: true }, 'has not got the release yet'));
    return findings;
  }
  const changed = changedTemplates(release, facts.templates);
  if (changed.length > 0) {
    findings.push({
      key: `template ${changed.map((twin) => facts.templates[twin]).join(' ')}`,
      kind: 'template',
      reason: `The stack states another template for ${changed.join(' and ')} than the release was made from.`,
      repair: { service, refresh: true, trigger: { kind: 'template' } },
    });
  }
  if (facts.afterStackUpdate) return findings;
  const drifted = Object.entries(facts.primaries).filter(
    ([twin, primary]) =>
      !deferred.includes(twin) &&
      release.taskDefinitions[twin] !== undefined &&
      release.taskDefinitions[twin] !== primary,
  );
  if (drifted.length > 0) {
    const what = drifted.map(([twin, primary]) => `${twin} is on ${revision(primary)}`).join(', ');
    findings.push({
      key: `drift ${drifted.map(([, primary]) => primary).join(' ')}`,
      kind: 'drift',
      reason: `${what}, and not on the release of ${release.provedAt}.`,
      repair: { service, refresh: true, trigger: { kind: 'reconciler', finding: 'drift' } },
    });
  }
  return findings;
};

import { commitSeconds, effectiveCap, spend } from './burst-caps.ts';
import { countBusy } from './count-busy.ts';
import { allDelays, foldDelays } from './count-delays.ts';
import { countPickUps } from './count-pick-ups.ts';
import { estimateService } from './estimate-service.ts';
import { isUnderstated, judgeCounts, rateByHeads, shifted } from './estimate-staleness.ts';
import {
  believedLag,
  lagError,
  plannedLag,
  type StartLag,
  secondsToReady,
  seeStart,
  withOverdue,
} from './estimate-start-lag.ts';
import {
  type AddedWork,
  type Held,
  holdFor,
  overdueSeconds,
  seeCrashLoop,
  seeFire,
  seeGain,
  triedAtMost,
} from './judge-added-work.ts';
import { lateReadMs } from './late-read.ts';
import type { BurstLimits, ObservedBurst, WorkerReport } from './observed-burst.ts';
import { late, missing, type Outlook, type Serving, served, spare } from './plan-capacity.ts';
import { isLive, readHead, risen, withCutOff } from './read-workers.ts';
import { askedAgain, leavingSpot, seeSpot } from './spot-tasks.ts';
import { type BurstMemory, type BurstPoint, type CountMove, freshMemory } from './state.ts';
import {
  type TasksByAge as Asked,
  newest,
  seeUnseen,
  countOf as sum,
  unpaidSeconds,
  withoutNewest,
} from './unseen-seconds.ts';
import { type QueueCount, waitingProfile } from './waiting-profile.ts';

export interface BurstDecision {
  readonly action: 'act' | 'rest' | 'hand-over' | 'end';
  /** The twins whose desired count is to change, with the count. */
  readonly moves: readonly CountMove[];
  /** What was seen, what follows from it and what is done, as sentences for people. */
  readonly reason: string;
  readonly memory: BurstMemory;
  /** The look in numbers. */
  readonly point: BurstPoint;
  /** Share of the messages that wait or are expected within the deadline that will be picked up late, 0 to 1. */
  readonly expectedLateShare: number;
  /** What a person should know: the objective cannot be met, or more tasks would not help. */
  readonly alarm?: { readonly kind: Held['kind'] | 'infeasible'; readonly reason: string };
  /** With `end`. */
  readonly cause?: 'calm' | 'time-over' | 'by-hand';
}

/**
 * Looks after which an execution hands over. Step Functions ends an execution at 25,000 history events; a look costs at
 * most 30 (decide 5 + 2, two moves of 2 + 5 and the end of their loop 2, telling 5, wait 2), so 400 looks cost 12,000.
 */
export const looksPerExecution = 400;

/** Fargate bills at least this of each task, from the start of its pull: about ten seconds after it was asked for. */
const paidSeconds = 60;
/** Share of the deadline up to which a wait is none worth naming: a queue without a longer one is calm. */
export const calmShare = 1 / 8;
/** An external task is placed, started and receiving within about this: its image is on the machine. */
const externalStartSeconds = 10;
/** Seconds that a new task must be able to work before a need for it counts, or a small need would ask for many. */
const usefulSeconds = 15;
/**
 * The same while Fargate has no room: what is due falls due meanwhile, so ever more tasks would be asked for ever less work.
 * About what is left of the minute that is billed in any case when a task is ready.
 */
const catchUpSeconds = 30;
/** Where the deadline leaves no time to wait for what is known, the plan reaches so far beyond the start of a task. */
const reachSeconds = 20;
/** By how much the plan for giving back is stricter than the plan for asking: the lesser of a share of the deadline and seconds. */
const stricter = { share: 0.1, seconds: 4 };
/** A burst that has needed Fargate for so long goes on: its share is then done so much sooner than the plan asks. */
const sustained = { afterSeconds: 90, soonerSeconds: 27 };
/** Of the tasks: fewer that would stay behind go with the others, as soon as the plan for asking allows it. */
const stragglers = 0.2;
/** An error of the counts up to this is chance: whole messages, and reports a few seconds old. */
const errorOfChance = 0.02;
/** Share of the deadline that is kept in hand at most. */
const reserveMax = 0.35;
/** Of a task: less than this is not worth one. */
const leastNeed = 0.15;
/** Counts that are remembered; beyond it every second one of the older half is forgotten. */
const countsMax = 64;
/** Counts that are less behind than this count as fresh, in seconds. */
const staleLeast = 6;
/** Tasks that worked for less than this share of their last seconds had nothing to wait for them. */
const fullShare = 0.8;
/** For so long a refusal by ECS to place a task, that no look has seen yet, speaks of now. */
const refusedMs = 60_000;

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
const round = (value: number): number => Math.round(value * 10) / 10;
const tasks = (count: number): string => `${count} task${count === 1 ? '' : 's'}`;
const were = (count: number): string => (count === 1 ? 'was' : 'were');
const wait = (count: number): string => (Math.round(count) === 1 ? 'waits' : 'wait');
const messages = (count: number): string => `${Math.round(count)} message${Math.round(count) === 1 ? '' : 's'}`;

const thinned = (counts: BurstMemory['counts'], sinceMs: number): BurstMemory['counts'] => {
  const wanted = counts.filter(({ atMs }) => atMs >= sinceMs);
  if (wanted.length <= countsMax) return wanted;
  const half = wanted.length - countsMax / 2;
  return wanted.filter((_, index) => index >= half || index % 2 === 0);
};

/**
 * How many tasks each capacity should have, so that every message is picked up within the objective at the least cost:
 * the external tasks always, and Fargate tasks at the last moment at which they still help what is known to wait.
 *
 * A message will be late exactly if more waits before it than all tasks can pick up in time, which is known when it
 * arrives; so what falls due within the plan is known, and no forecast is needed as long as a task starts faster than
 * the deadline. Where it does not, the arrival rate of the last minutes is carried on.
 *
 * The caller looks every `limits.lookSeconds`, starts with `freshMemory`, hands each decision's memory to the next look
 * unchanged, and sets the desired counts in `moves` at once: a task counts as asked for from `nowMs` on. A move that
 * failed shows in the next look's `desired` and is decided anew. Without reports of workers the counts of ECS and the
 * believed service time stand in for them, which costs precision.
 */
export const decideBurst = (
  observed: ObservedBurst,
  memory: BurstMemory,
  limits: BurstLimits,
  nowMs: number,
): BurstDecision => {
  const { external } = observed;
  const workers = withCutOff(observed.workers, nowMs);
  const deadline = limits.deadlineSeconds;
  const lastMs = memory.lastLookMs;
  const elapsed = lastMs === undefined ? 0 : Math.max(0, (nowMs - lastMs) / 1_000);

  // Where the count does not show what the last look asked for, this is a late read, or the call failed: it is repeated, which
  // costs nothing, and nothing else is decided on it.
  const shown = Math.max(0, observed.fargate.desired - limits.fargateBase);
  const askedLast = sum(memory.asked.filter(({ atMs }) => atMs === lastMs));
  const unshown = Math.min(askedLast, Math.max(0, sum(memory.asked) - shown));
  const hidden = 1_000 * elapsed <= lateReadMs ? unshown : 0;
  const fargate = { ...observed.fargate, desired: observed.fargate.desired + hidden };

  // Who works, and how fast.
  const live = workers.filter((worker) => isLive(worker, nowMs));
  const liveOn = {
    external: live.filter((w) => w.capacity === 'external'),
    fargate: live.filter((w) => w.capacity === 'fargate'),
  };
  // A task that reported and fell silent does not work, whatever ECS last heard of it: it goes on telling of a cut-off
  // machine's tasks as running. Where nobody reports at all, it is the reporting that may be broken.
  const silent = workers.filter((w) => w.capacity === 'external' && !w.stopping && !isLive(w, nowMs)).length;
  const externalReports =
    memory.externalReports || (external.running > 0 && liveOn.external.length + silent >= external.running);
  const externalReady =
    externalReports && workers.length > 0
      ? liveOn.external.length
      : Math.max(liveOn.external.length, external.running - silent);
  const fargateReady = workers.length > 0 ? liveOn.fargate.length : fargate.running;
  const service = estimateService(workers, limits.workSecondsPerMessage, observed.visible > 0);
  const slotsOn = (capacity: 'external' | 'fargate'): number => {
    const own = liveOn[capacity].length > 0 ? liveOn[capacity] : live;
    return own.length === 0 ? limits.messagesPerTask : own.reduce((all, { slots }) => all + slots, 0) / own.length;
  };
  const perTask = {
    external: (ownShare(liveOn.external) * slotsOn('external')) / service.external.secondsPerMessage,
    fargate: slotsOn('fargate') / service.fargate.secondsPerMessage,
  };

  // What became of the tasks that were asked for.
  const beyondBase = Math.max(0, fargate.desired - limits.fargateBase);
  const unasked = beyondBase - sum(memory.asked);
  let asked: Asked =
    unasked > 0 ? [...memory.asked, { atMs: nowMs, tasks: unasked }] : withoutNewest(memory.asked, -unasked);
  // As ECS counts them: it may lack room for what was asked, and a busy task that is spared is there although given back.
  const paidTasks = Math.max(0, fargate.running + fargate.pending - limits.fargateBase);
  // Where looks failed or nobody looked, tasks have come and gone unseen: the mean of what was to be and what is, is nearest.
  const unlookedSeconds = Math.max(0, elapsed - limits.lookSeconds);
  const unplaced = Math.max(0, observed.fargate.desired - Math.max(fargate.running, fargateReady) - fargate.pending);
  const sinceMs = lastMs ?? nowMs;
  // What ECS has refused since and finds no place for yet has not been there meanwhile either, nor what it never heard of.
  const refusedSince = fargate.refused && fargate.refused.atMs >= sinceMs ? unplaced : 0;
  const ecsStarts = fargate.starts ?? [];
  const startsToldMs = memory.startsToldMs ?? sinceMs;
  const startedSince = sum(ecsStarts.filter(({ atMs }) => atMs > startsToldMs));
  const present = memory.present ?? [];
  // Nor what is not there and was not, where ECS, which tells of each start, tells of none.
  const atMost = fargate.starts ? Math.max(paidTasks, sum(present) + startedSince) : Number.POSITIVE_INFINITY;
  const before = Math.max(0, Math.min((memory.paidTasks ?? paidTasks) - refusedSince - unshown, atMost));
  const takenBackSpot = fargate.spot?.takenBack ?? [];
  const unseen = seeUnseen(
    present,
    {
      ...{ tasks: paidTasks, wanted: memory.paidTasks, asked, deploymentMs: fargate.deploymentMs },
      ...{ starts: ecsStarts, toldMs: startsToldMs },
      stops: [...(fargate.stops ?? []), ...takenBackSpot.map(({ atMs }) => ({ atMs, tasks: 1 }))],
      leaving: leavingSpot(takenBackSpot, sum(present) - beyondBase, sinceMs),
    },
    sinceMs,
    // What was given back went soon after the last look, the others at any time since.
    before > paidTasks ? sinceMs + 500 * unlookedSeconds : sinceMs,
    nowMs,
  );
  // Of those that came ECS may say when; those that came and went are in its seconds already.
  const lookedMs = nowMs - 1_000 * (elapsed - unlookedSeconds);
  const came = sum(unseen.arrived);
  const cameSeconds = unseen.arrived.reduce(
    (all, { atMs, tasks: count }) => all + (count * Math.max(0, lookedMs - atMs)) / 1_000,
    0,
  );
  const mean = (paidTasks - came + Math.max(0, before - came - unseen.passed)) / 2;
  const paidTaskSeconds =
    paidTasks * (elapsed - unlookedSeconds) + mean * unlookedSeconds + cameSeconds + unseen.seconds;
  const spot = seeSpot(fargate.spot, memory, { tasks: paidTasks, taskSeconds: paidTaskSeconds }, limits, nowMs);
  const takenBack = spot.takenBackMs.length;
  const restarted = askedAgain(asked, spot.takenBackMs);
  asked = restarted.asked;
  // ECS tries again by itself what it finds no place for. Those tasks start at the earliest now, and have said nothing of how
  // long a start takes; once all are placed, the refusal is over. Until then it lasts, however long ago ECS said it: it leaves
  // duplicates of a message out for six hours (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html).
  const refusal = unplaced > 0 ? fargate.refused : undefined;
  const refused =
    refusal && (nowMs - refusal.atMs <= refusedMs || refusal.atMs === memory.refusedMs) ? refusal : undefined;
  const again = refused ? Math.min(unplaced, beyondBase) : 0;
  if (again > 0) asked = [...withoutNewest(asked, again), { atMs: nowMs, tasks: again }];
  const { lag: seenLag, lagSeenMs } = seeStarts(observed, memory, limits, nowMs);
  const pending = Math.max(0, fargate.desired - fargateReady);
  const starting = newest(asked, pending).map((each) => ({ ...each, ageSeconds: (nowMs - each.atMs) / 1_000 }));
  const lag = withOverdue(
    seenLag,
    starting.flatMap(({ tasks: count, ageSeconds }) => Array<number>(count).fill(ageSeconds)),
  );
  const startLag = plannedLag(lag);
  // Where messages wait every slot has work, whatever it did before they came; where none waits nor is in work none has any.
  const busyPerSlot = observed.visible > 0 ? 1 : observed.inFlight === 0 ? 0 : undefined;
  const pacePerSlot = busyPerSlot === undefined ? undefined : busyPerSlot / service.external.secondsPerMessage;

  // What was picked up. Without reports: as much as the tasks that ECS tells of can.
  const counted = countPickUps(memory, workers, pacePerSlot, nowMs);
  const guessed =
    observed.visible > 0 ? elapsed * (externalReady * perTask.external + fargateReady * perTask.fargate) : 0;
  const pickedUp = workers.length > 0 ? counted.pickedUp : memory.pickedUp + guessed;
  const onPremises: readonly Serving[] = [
    { perSecond: externalReady * perTask.external, readySeconds: 0 },
    {
      perSecond: Math.max(0, external.desired - Math.max(external.running, externalReady)) * perTask.external,
      readySeconds: externalStartSeconds,
    },
  ];
  const inFargate: readonly Serving[] = [
    { perSecond: Math.min(fargateReady, fargate.desired) * perTask.fargate, readySeconds: 0 },
    ...starting.map(({ tasks: count, ageSeconds }) => ({
      perSecond: count * perTask.fargate,
      readySeconds: secondsToReady(lag, ageSeconds),
    })),
  ];
  const serving: readonly Serving[] = [...onPremises, ...inFargate];
  const ratePerSecond = serving.reduce(
    (all, { perSecond, readySeconds }) => all + (readySeconds === 0 ? perSecond : 0),
    0,
  );
  const head = readHead(workers, nowMs);
  const count = { atMs: nowMs, visible: observed.visible, pickedUp, ...(head && { head }) };
  const counts = [...counted.counts, count];
  const judged = judgeCounts(counts);
  // Smoothed, since one look's guess of how old the counts are jumps between the candidates.
  const staleSeconds =
    judged.secondsBehind === undefined ? memory.staleSeconds : 0.7 * memory.staleSeconds + 0.3 * judged.secondsBehind;
  const behind = staleSeconds < staleLeast ? 0 : staleSeconds;
  const shiftedCounts = shifted(counts, behind);
  // Counts that cannot be right, or that tell of a time before the burst: then what waits is what came since the oldest
  // message, at the rate at which the messages before it came. Where a slot is free nothing waits.
  const headRate = busyShare(live) < fullShare ? undefined : rateByHeads(counts, nowMs - 60_000);
  const blind =
    headRate !== undefined &&
    (shiftedCounts.length === 0 || (behind === 0 && judged.secondsBehind === undefined && isUnderstated(counts)));
  const known = blind ? [] : shiftedCounts;
  const knownLast = known.at(-1) ?? count;
  const headMs =
    observed.visible === 0 && !blind
      ? nowMs
      : (head?.sentMs ?? guessHead(known, knownLast, ratePerSecond, deadline, nowMs));
  const rates = blind ? { short: headRate, long: headRate } : arrivalRates(known, headMs, nowMs);
  // Both must agree before it is carried on: a flash is over before tasks that were asked for it work.
  const arriving = Math.min(rates.short, rates.long);
  const waiting = blind
    ? Math.max(observed.visible, (headRate * (nowMs - headMs)) / 1_000)
    : behind === 0
      ? observed.visible
      : Math.max(0, knownLast.visible + rates.short * behind - (pickedUp - knownLast.pickedUp));
  const profile = waitingProfile(known, { atMs: nowMs, visible: waiting, pickedUp }, headMs);
  const headSeconds = (nowMs - headMs) / 1_000;

  // What the plan keeps in hand: part of a look, starts that come late, work that takes longer than measured until tasks
  // that are asked for now work, and counts that are off.
  // Each second of it costs a quarter of a per cent in the benchmark; with a fifth of a look all messages are still in time there.
  const countSeconds = Math.max(0, judged.error - errorOfChance) * headSeconds;
  const reserve = Math.min(
    reserveMax * deadline,
    0.2 * limits.lookSeconds +
      0.15 * Math.sqrt(lag.varianceSeconds2) +
      service.external.relativeError * startLag +
      countSeconds,
  );
  const planned = deadline - reserve;
  const outlook: Outlook = { profile, nowMs, serving, arriving };
  const task = { perSecond: perTask.fargate, lagSeconds: startLag };
  const from = startLag + (refused ? catchUpSeconds : usefulSeconds);
  // The first tasks are asked for a look ahead, since a look later comes up to a whole one too late, and sooner by as much as
  // the start is not known: they are the ones that teach it. What arrives until then is a guess, and without it an overflow
  // that lasts would still be seen.
  const aheadSeconds = beyondBase === 0 && planned > from ? limits.lookSeconds + lagError(lag) : 0;
  const need = missing(outlook, planned, task, from, Math.max(planned + aheadSeconds, startLag + reachSeconds));

  // What limits it.
  const spent = spend(memory.spent, spot.spentUsd, nowMs);
  const cap = effectiveCap(limits, spent, commitSeconds(limits.lookSeconds));

  // Whether more would help.
  const windowFromMs = nowMs - 60_000;
  const completed = risen(workers, { read: ({ completions }) => completions, pacePerSlot }, windowFromMs, nowMs, nowMs);
  const deadLettersBase =
    observed.deadLetters === undefined
      ? undefined
      : memory.deadLetters && nowMs - memory.deadLetters.atMs < 120_000
        ? memory.deadLetters
        : { atMs: nowMs, messages: observed.deadLetters };
  const work: AddedWork = {
    nowMs,
    completed,
    failed: risen(workers, { read: ({ failures }) => failures, pacePerSlot: 0 }, windowFromMs, nowMs, nowMs),
    deadLettersAdded: Math.max(0, (observed.deadLetters ?? 0) - (deadLettersBase?.messages ?? 0)),
    tasks: externalReady + fargateReady,
    perTask: throughputOf(live),
    fargate: Math.min(fargateReady, fargate.desired),
    waiting: observed.visible > 0,
  };
  const fire = seeFire(work);
  const gain = seeGain(work, memory.trial);
  const overdue = starting.reduce((all, each) => all + (each.ageSeconds >= overdueSeconds ? each.tasks : 0), 0);
  const beganMs = Math.max(...workers.map(({ capacity, startedMs }) => (capacity === 'fargate' ? startedMs : 0)));
  const young = sum(starting) - overdue;
  const ofDeployment = ecsStarts.filter(({ atMs }) => atMs >= (fargate.deploymentMs ?? 0));
  const crashLoop = seeCrashLoop(ofDeployment, { overdue, young }, beganMs, nowMs);
  const { taskDefinition } = fargate;
  // Another release is another chance: a rollout may have been taken back meanwhile.
  const holds = (before: Held): boolean =>
    before.kind !== 'fire' &&
    before.untilMs > nowMs &&
    (before.taskDefinition === undefined || before.taskDefinition === taskDefinition);
  const held: Held | undefined = fire
    ? holdFor('fire', fargate.desired, nowMs)
    : crashLoop
      ? { ...holdFor('crash-loop', fargateReady, nowMs), ...(taskDefinition !== undefined && { taskDefinition }) }
      : memory.held && holds(memory.held)
        ? memory.held
        : gain.held;
  const heldReason =
    fire ??
    crashLoop ??
    gain.reason ??
    (held?.kind === 'crash-loop'
      ? 'added tasks have ended as soon as they had started'
      : 'added tasks have added no throughput');

  // How many Fargate tasks.
  // What the premises cannot pick up in time Fargate must, whatever comes, and it costs the same done sooner.
  const onPremisesOnly: Outlook = { ...outlook, serving: onPremises, arriving: 0 };
  const unavoidable = late(onPremisesOnly, planned, planned);
  // Where a burst lasts, the starts that it takes to be sooner are soon paid off, and Fargate is given back sooner.
  const firstAskedMs = asked[0]?.atMs ?? nowMs;
  const soonerSeconds = planned - sustained.soonerSeconds;
  const lasts = nowMs - firstAskedMs > sustained.afterSeconds * 1_000 && soonerSeconds > from;
  const sooner = lasts
    ? Math.round((unavoidable - served(inFargate, soonerSeconds)) / (perTask.fargate * (soonerSeconds - startLag)))
    : 0;
  const starts = Math.max(0, Math.ceil(need.tasks - leastNeed), sooner);
  const newestAskedMs = asked.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  const paid = nowMs - newestAskedMs >= (unpaidSeconds + paidSeconds) * 1_000;
  const strictly = planned - Math.min(stricter.share * deadline, stricter.seconds) - countSeconds;
  const spares =
    starts > 0 ? 0 : Math.min(beyondBase, spare(outlook, strictly, perTask.fargate, limits.lookSeconds / 2));
  const lasting = arriving - externalReady * perTask.external;
  const keeps = Math.floor(lasting / perTask.fargate);
  // Unavoidable work done now may spare a start later; so a task stays while there is such work for it until the next look.
  const occupied = Math.floor(late(onPremisesOnly, strictly, strictly) / (perTask.fargate * limits.lookSeconds));
  const free = Math.max(0, Math.min(spares, memory.surplus, fargate.desired - Math.max(keeps, occupied)));
  const allGo = unavoidable === 0 && keeps <= 0 && free >= (1 - stragglers) * beyondBase;
  const releases = allGo ? beyondBase : paid ? free : 0;
  const tried = Math.max(fargate.desired, triedAtMost(gain.trial, externalReady));
  const wanted =
    limits.fixedTasks !== undefined
      ? limits.fixedTasks
      : Math.min(tried, fargate.desired + (held ? 0 : starts)) - releases;
  // What crashes is paid for anew at each start, so nothing of it is used up by waiting.
  const givesBack = held?.kind === 'crash-loop' || (held?.kind === 'no-gain' && paid);
  const throttled = held && givesBack ? Math.min(wanted, held.fargate) : wanted;

  // The base, and whether it is enough.
  const base = limits.externalBase + limits.fargateBase;
  const baseOutlook: Outlook = {
    ...outlook,
    serving: [
      { perSecond: Math.min(externalReady, limits.externalBase) * perTask.external, readySeconds: 0 },
      { perSecond: Math.min(fargateReady, limits.fargateBase) * perTask.fargate, readySeconds: 0 },
    ],
  };
  // An empty queue says nothing while Fargate keeps it empty: the base must be able to carry what arrives, too.
  const basePerSecond = baseOutlook.serving.reduce((all, { perSecond }) => all + perSecond, 0);
  const enough = late(baseOutlook, planned / 2, planned / 2) <= 0 && arriving <= basePerSecond;
  // An empty queue is no reason to look away while nobody on premises works: the next message would be late unseen.
  const attended = externalReady > 0 || limits.externalBase === 0;
  const calmNow = enough && attended && headSeconds <= calmShare * deadline;
  const calm = calmNow ? memory.calm + 1 : 0;
  const { recalled } = limits;
  const timeOver = nowMs >= (limits.untilMs ?? Number.POSITIVE_INFINITY);
  const recall =
    recalled !== undefined ||
    timeOver ||
    (calm >= limits.calmLooks && (limits.fixedTasks === undefined || limits.untilMs === undefined) && paid);

  const externalFits =
    observed.externalRoom === undefined
      ? limits.externalMax
      : Math.max(limits.externalBase, external.running + external.pending + observed.externalRoom);
  const externalMax = Math.min(limits.externalMax, externalFits);
  const crowded = late(baseOutlook, planned / 4, planned / 4) > 0;
  const externalGoal = recall
    ? limits.externalBase
    : Math.min(externalMax, crowded ? externalMax : Math.max(external.desired, limits.externalBase));
  const fargateGoal = recall ? limits.fargateBase : clamp(throttled, limits.fargateBase, cap.tasks);

  const moves: CountMove[] = [];
  if (externalGoal !== external.desired) moves.push({ twin: external.twin, desiredCount: externalGoal });
  // What a late read hides may be there: it is given back in words, too.
  const isSet = fargateGoal === observed.fargate.desired && fargateGoal === fargate.desired;
  if (!isSet) moves.push({ twin: fargate.twin, desiredCount: fargateGoal });

  // What will be late all the same.
  const added = Math.max(0, fargateGoal - fargate.desired);
  const planOutlook: Outlook = {
    ...outlook,
    serving: [...serving, { perSecond: added * perTask.fargate, readySeconds: startLag }],
  };
  const lateMessages = late(planOutlook, deadline, Math.max(deadline, startLag + reachSeconds));
  const inAll = profile.visible + arriving * Math.max(0, startLag + reachSeconds - deadline);
  const expectedLateShare = inAll > 0 ? clamp(lateMessages / inAll, 0, 1) : 0;

  const direction =
    fargateGoal > fargate.desired ? ('up' as const) : fargateGoal < fargate.desired ? ('down' as const) : undefined;
  const reportingInFargate = workers.filter(({ capacity }) => capacity === 'fargate');
  const busyMs = risen(
    reportingInFargate,
    { read: (point) => point.busyMs, pacePerSlot: busyPerSlot === undefined ? undefined : 1_000 * busyPerSlot },
    lastMs ?? nowMs,
    nowMs,
    nowMs,
  );
  const readySeconds = Math.max(0, Math.min(fargateReady, memory.fargateReady) - limits.fargateBase) * elapsed;
  const idleSeconds =
    workers.length > 0 ? Math.max(0, readySeconds - busyMs / 1_000 / Math.max(1, slotsOn('fargate'))) : 0;
  const delays = foldDelays(memory.delays, observed.delays, nowMs);
  const wantedTasks = Math.max(0, fargateGoal - limits.fargateBase - Math.min(unplaced, beyondBase));
  const next: BurstMemory = {
    looks: memory.looks + 1,
    looksInAll: memory.looksInAll + 1,
    lastLookMs: nowMs,
    counts: thinned(counts, Math.min(headMs, nowMs - 120_000) - 60_000),
    staleSeconds,
    pickedUp,
    ...(workers.length > 0 && { told: counted.told }),
    externalReports,
    asked:
      fargateGoal > Math.max(fargate.desired, limits.fargateBase)
        ? [...asked, { atMs: nowMs, tasks: fargateGoal - Math.max(fargate.desired, limits.fargateBase) }]
        : withoutNewest(asked, fargate.desired - fargateGoal),
    fargateReady,
    ...(lagSeenMs !== undefined && { lagSeenMs }),
    lag: seenLag,
    surplus: spares,
    calm,
    turns: memory.turns + (direction && memory.direction && direction !== memory.direction ? 1 : 0),
    ...((direction ?? memory.direction) && { direction: direction ?? memory.direction }),
    ...(deadLettersBase && { deadLetters: deadLettersBase }),
    ...(gain.trial && { trial: gain.trial }),
    ...(held && { held }),
    spent,
    delays,
    peakBacklog: Math.max(memory.peakBacklog, observed.visible + observed.inFlight),
    peakFargateTasks: Math.max(memory.peakFargateTasks, fargate.running),
    ...(refused && { refusedMs: refused.atMs }),
    taskHourUsd: limits.fargateHourlyUsd,
    present: unseen.present,
    startsToldMs: Math.max(startsToldMs, ...ecsStarts.map(({ atMs }) => atMs)),
    // What was given back before and is still there is spared at its work, or takes its time, and stays.
    paidTasks: direction === 'down' ? wantedTasks : Math.max(wantedTasks, paidTasks),
    fargateTaskSeconds: memory.fargateTaskSeconds + paidTaskSeconds,
    fargateIdleSeconds: memory.fargateIdleSeconds + idleSeconds,
    ...(workers.length > 0 && {
      fargateBusy: countBusy(memory.fargateBusy, reportingInFargate, busyPerSlot, limits.fargateBase, sinceMs, nowMs),
    }),
    // What was there at the first look was started by another burst.
    fargateStarts: memory.fargateStarts + (lastMs === undefined ? 0 : unseen.starts),
    moves: memory.moves + moves.length,
    costUsd: memory.costUsd + spot.spentUsd,
    ...(spot.memory && { spot: spot.memory }),
  };

  // What is late where something allows no more would not be late whatever is started.
  const { fixedTasks } = limits;
  const needed = starts > 0 ? fargate.desired + starts : throttled;
  const because = recall
    ? 'as the burst is over'
    : fargateGoal < throttled
      ? `as ${cap.because} allows ${cap.tasks} of the ${tasks(needed)} in Fargate that would be needed`
      : fixedTasks !== undefined && fargateGoal < needed
        ? `as ${tasks(fixedTasks)} in Fargate ${were(fixedTasks)} asked for, and ${needed} would be needed`
        : fargateGoal < needed
          ? `as only ${tasks(tried)} in Fargate of ${needed} ${tried === 1 ? 'is' : 'are'} tried, since added ones have added nothing before`
          : 'whatever is started now';
  const infeasible = expectedLateShare > limits.lateShareMax && lateMessages >= 1;
  const alarm: BurstDecision['alarm'] =
    held && (starts > 0 || crashLoop !== undefined)
      ? { kind: held.kind, reason: heldReason }
      : infeasible
        ? {
            kind: 'infeasible',
            reason: `about ${messages(lateMessages)} (${round(100 * expectedLateShare)} %) will be picked up later than ${deadline} s, ${because}`,
          }
        : undefined;

  const seen = blind
    ? `${messages(observed.visible)} ${observed.visible === 1 ? 'is' : 'are'} counted, which is old: by what was picked up about ${messages(waiting)} ${wait(waiting)}, the oldest for ${Math.round(headSeconds)} s; about ${round(arriving)} a second arrive and ${round(ratePerSecond)} are picked up by ${tasks(externalReady)} on premises and ${fargateReady} in Fargate`
    : observed.visible === 0
      ? `No message waits, ${observed.inFlight} in work; about ${round(arriving)} a second arrive`
      : `${messages(observed.visible)} ${wait(observed.visible)}, the oldest for ${Math.round(headSeconds)} s; about ${round(arriving)} a second arrive and ${round(ratePerSecond)} are picked up by ${tasks(externalReady)} on premises and ${fargateReady} in Fargate`;
  const startsAgain =
    restarted.again === 0
      ? ''
      : `, and ECS starts ${restarted.again === takenBack ? 'as many' : restarted.again} again`;
  const sees = takenBack > 0 ? `${seen}; AWS took ${tasks(takenBack)} on Spot back${startsAgain}` : seen;
  // A warning is told once, with what is decided then or by itself.
  const warns = alarm !== undefined && alarm.kind !== memory.warned;
  const warned = alarm?.kind ?? memory.warned;
  const remembered: BurstMemory = { ...next, ...(warned && { warned }) };
  const point: BurstPoint = [
    nowMs,
    Math.round(pickedUp + waiting),
    Math.round(waiting),
    Math.round(headSeconds),
    externalReady,
    fargateGoal,
    fargateReady,
  ];
  const result = { moves, memory: remembered, point, expectedLateShare, ...(alarm && { alarm }) };
  const leaving = Math.max(0, fargate.running + fargate.pending - fargateGoal);
  const settled = moves.length === 0 && leaving === 0;
  if (settled && recall) {
    return {
      ...result,
      action: 'end',
      memory: { ...remembered, delays: allDelays(delays, observed.delays) },
      cause: recalled !== undefined ? 'by-hand' : timeOver ? 'time-over' : 'calm',
      reason:
        recalled !== undefined
          ? `${sees}. Both twins are at their base: ${recalled}.`
          : timeOver
            ? `${sees}. The time that was asked for is over, and both twins are at their base.`
            : `${sees}. The base of ${tasks(base)} has been enough for ${limits.calmLooks} looks in a row, and both twins are at it.`,
    };
  }
  if (next.looks >= looksPerExecution && moves.length === 0) {
    return {
      ...result,
      action: 'hand-over',
      memory: { ...remembered, looks: 0 },
      reason: `${sees}. After ${next.looks} looks a fresh execution goes on.`,
    };
  }
  const needs =
    sooner > need.tasks
      ? `the premises cannot pick up ${messages(unavoidable)} in time, and as the burst lasts Fargate should have them in ${Math.round(soonerSeconds)} s, for which ${tasks(starts)} more ${starts === 1 ? 'is' : 'are'} needed`
      : starts > 0
        ? `${messages(need.messages)} would wait longer than ${Math.round(planned)} s (of ${deadline} s) in ${Math.round(need.atSeconds)} s, for which ${tasks(starts)} more ${starts === 1 ? 'is' : 'are'} needed, each of ${round(perTask.fargate)} a second and ready in ${Math.round(startLag)} s`
        : 'all that waits can be picked up in time';
  const short = fargateGoal < throttled ? `; ${throttled} would be needed, and ${cap.because} allows ${cap.tasks}` : '';
  const lacking = refused
    ? `; ECS finds no place in Fargate for ${tasks(unplaced)} (${refused.reason.trim()}) and tries again`
    : '';
  const goal = [
    ...(externalGoal === external.desired ? [] : [`external ${external.desired} → ${externalGoal}`]),
    ...(fargateGoal === fargate.desired ? [] : [`Fargate ${fargate.desired} → ${fargateGoal}`]),
  ].join(', ');
  const why =
    recalled !== undefined
      ? recalled
      : timeOver
        ? 'the time that was asked for is over'
        : recall
          ? `the base of ${tasks(base)} has been enough for ${limits.calmLooks} looks in a row`
          : fixedTasks !== undefined
            ? `${tasks(fixedTasks)} in Fargate ${were(fixedTasks)} asked for${fixedTasks < limits.fargateBase ? `, and ${limits.fargateBase} run there in any case` : ''}`
            : releases > 0
              ? `${tasks(releases)} can go and all that waits is still picked up in time`
              : fargate.desired + starts > tried && !held
                ? `${needs}; as added tasks have added nothing before, ${tasks(tried)} ${tried === 1 ? 'is' : 'are'} tried first`
                : needs;
  const warning = alarm
    ? ` ${alarm.reason[0]?.toUpperCase()}${alarm.reason.slice(1)}${held ? '; nothing is added' : ''}.`
    : '';
  return moves.length > 0
    ? { ...result, action: 'act', reason: `${sees}: ${why}; ${goal}${recall ? '' : short}${lacking}.${warning}` }
    : {
        ...result,
        action: warns ? 'act' : 'rest',
        reason: `${sees}: ${why}; the counts stay at external ${external.desired}, Fargate ${fargate.desired}${short}${lacking}${recall && leaving > 0 ? `, where ${tasks(leaving)} more still ${leaving === 1 ? 'works' : 'work'}` : ''}.${warning}`,
      };
};

/**
 * What a burst leaves to the next one of its service: what Fargate has cost in this hour and on this day, how fast its
 * tasks start, and how far the counts and the reports can be trusted.
 */
export const carriedOver = (last: BurstMemory | undefined): BurstMemory => {
  if (!last) return freshMemory;
  const { spent, lag, staleSeconds, externalReports } = last;
  return { ...freshMemory, staleSeconds, externalReports, ...(spent && { spent }), ...(lag && { lag }) };
};

/** Pairs the tasks that began to work since the last look with the oldest ones that were asked for. */
const seeStarts = (
  { workers, fargate }: ObservedBurst,
  memory: BurstMemory,
  limits: BurstLimits,
  nowMs: number,
): { readonly lag: StartLag; readonly lagSeenMs: number | undefined } => {
  let lag = memory.lag ?? believedLag(limits.startSeconds);
  let lagSeenMs = memory.lagSeenMs;
  const waiting = newest(
    memory.asked,
    Math.max(0, sum(memory.asked) - Math.max(0, memory.fargateReady - limits.fargateBase)),
  ).flatMap(({ atMs, tasks: count }) => Array<number>(count).fill(atMs));
  const began =
    workers.length > 0
      ? workers
          .filter(
            ({ capacity, startedMs }) =>
              capacity === 'fargate' && startedMs > (lagSeenMs ?? memory.lastLookMs ?? nowMs),
          )
          .map(({ startedMs }) => startedMs)
          .sort((a, b) => a - b)
      : Array<number>(Math.max(0, fargate.running - memory.fargateReady)).fill(nowMs - 500 * limits.lookSeconds);
  for (const beganMs of began) {
    lagSeenMs = Math.max(lagSeenMs ?? 0, beganMs);
    const askedMs = waiting.shift();
    if (askedMs !== undefined && beganMs > askedMs) lag = seeStart(lag, (beganMs - askedMs) / 1_000);
  }
  return { lag, lagSeenMs };
};

/** Where no worker says it: the newest earlier look whose waiting messages have all been picked up since. */
const guessHead = (
  counts: readonly QueueCount[],
  now: QueueCount,
  perSecond: number,
  deadline: number,
  nowMs: number,
): number => {
  for (const { atMs, visible, pickedUp } of counts.toReversed()) {
    if (visible - (now.pickedUp - pickedUp) <= 0) return atMs;
  }
  const oldest = counts[0]?.atMs ?? nowMs;
  // Nobody knows: as old as it takes to pick up so many, and no older than half the deadline.
  const seconds = perSecond > 0 ? now.visible / perSecond : deadline / 2;
  return Math.min(oldest, nowMs - 1_000 * Math.min(seconds, deadline / 2));
};

/** Messages a second that arrived in the last half minute and in the last two minutes, as far as known. */
const arrivalRates = (
  counts: readonly QueueCount[],
  headMs: number,
  nowMs: number,
): { readonly short: number; readonly long: number } => {
  const last = counts.at(-1);
  if (!last) return { short: 0, long: 0 };
  const since = (seconds: number): number | undefined => {
    const from = counts.find(({ atMs }) => last.atMs - atMs <= seconds * 1_000);
    // Over less than this chance would decide.
    if (!from || last.atMs - from.atMs < 15_000) return undefined;
    const arrived = last.visible - from.visible + last.pickedUp - from.pickedUp;
    return Math.max(0, (arrived * 1_000) / (last.atMs - from.atMs));
  };
  // At the first looks: what waits came since the oldest of it.
  const waited = nowMs - headMs >= 2_000 ? (last.visible * 1_000) / (nowMs - headMs) : 0;
  return { short: since(35) ?? waited, long: since(125) ?? waited };
};

/** Share of the messages of the burst's queue in all that these tasks picked up: the others take slots as well. */
const ownShare = (workers: readonly WorkerReport[]): number => {
  let own = 0;
  let other = 0;
  for (const { points } of workers) {
    const [first] = points;
    const last = points.at(-1);
    own += (last?.pickUps ?? 0) - (first?.pickUps ?? 0);
    other += (last?.otherPickUps ?? 0) - (first?.otherPickUps ?? 0);
  }
  // While nothing is picked up nothing is known, and a queue that nobody serves would never be served.
  return own > 0 ? own / (own + other) : 1;
};

/** Share of these tasks' slot time that was work, between the last two points of each. */
const busyShare = (workers: readonly WorkerReport[]): number => {
  let busy = 0;
  let all = 0;
  for (const { slots, points } of workers) {
    const [from, to] = points.slice(-2);
    if (!from || !to) continue;
    busy += to.busyMs - from.busyMs;
    all += slots * (to.atMs - from.atMs);
  }
  return all > 0 ? busy / all : 0;
};

/** Messages that one of these tasks completes a second, over what their reports cover. */
const throughputOf = (workers: readonly WorkerReport[]): number => {
  let completions = 0;
  let seconds = 0;
  for (const { points } of workers) {
    const [first] = points;
    const last = points.at(-1);
    if (!first || !last) continue;
    completions += last.completions - first.completions;
    seconds += (last.atMs - first.atMs) / 1_000;
  }
  return seconds > 0 ? completions / seconds : 0;
};

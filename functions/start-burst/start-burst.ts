import { z } from 'zod';
import { tell } from '../adapters/events.ts';
import { appendHistory } from '../adapters/history.ts';
import { readService } from '../adapters/parameters.ts';
import { readControl } from '../adapters/records.ts';
import { executionRuns, startOnce } from '../adapters/sfn.ts';
import { burstKey, createdItem } from '../adapters/table.ts';
import { refusalOf } from '../core/admit-burst.ts';
import { refusedLine } from '../core/burst-story.ts';
import { type BurstSignal, decideBurstStart } from '../core/decide-burst-start.ts';
import { pausedBecause } from '../core/recall-burst.ts';
import type { BurstRequest } from '../core/requests.ts';
import { type BurstRecord, freshMemory } from '../core/state.ts';
import { endOf } from '../core/verdict.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

/** What the rules make of the workers' `Queue Saturated` and of ECS's `Container Instance State Change`. */
const Input = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('saturation'),
    service: z.string(),
    queue: z.string(),
    queueDelaySeconds: z.coerce.number(),
    time: z.iso.datetime(),
    eventId: z.string().min(1),
  }),
  z.object({
    kind: z.literal('site-loss'),
    service: z.string(),
    machine: z.string(),
    time: z.iso.datetime(),
    eventId: z.string().min(1),
  }),
]);

export interface StartBurstOutput {
  readonly kind: 'started' | 'already-started' | 'ignored' | 'refused';
  readonly service: string;
  readonly reason: string;
}

/**
 * Starts a burst on a signal. Executions are named by the time of the signal, so that twenty tasks that see the same
 * queue start one, and an event that is delivered twice starts nothing more.
 */
export const create = (deps: Dependencies<'ssm' | 'sfn' | 'dynamodb' | 'events'>): WrappedHandler<StartBurstOutput> => {
  const env = readEnvironment(deps.env, 'start-burst', [
    'TABLE_NAME',
    'SERVICES_PARAMETER_PREFIX',
    'BURST_STATE_MACHINE_ARN',
  ]);
  const { clients, clock } = deps;
  const table = { client: clients.dynamodb, name: env.TABLE_NAME };
  const parameters = { client: clients.ssm, prefix: env.SERVICES_PARAMETER_PREFIX };

  const run = async (input: z.infer<typeof Input>): Promise<StartBurstOutput> => {
    const { service } = input;
    const { time, ...rest } = input;
    const signal: BurstSignal = { ...rest, atMs: Date.parse(time) };
    const control = await readControl(table, service);
    const lease = control.burst;
    const bursting =
      lease !== undefined && (await executionRuns(clients.sfn, lease.executionArn, lease.startedAt, clock.now()));
    const meanwhile = bursting ? 'a burst is under way' : pausedBecause(control, clock.now());
    const decision = decideBurstStart(signal, await readService(parameters, service), meanwhile, clock.now());
    if (decision.kind === 'ignore') return { kind: 'ignored', service, reason: decision.reason };
    if (decision.kind === 'start') {
      // Made of the first signal of a name alone: a second start with another input is an error that says "already".
      const request: BurstRequest = { service, trigger: decision.trigger };
      const kind = await startOnce(clients.sfn, {
        stateMachineArn: env.BURST_STATE_MACHINE_ARN,
        name: decision.name,
        input: request,
      });
      return { kind, service, reason: `${signal.kind} of ${service}` };
    }
    const end = endOf('burst', 'refused', 'bound-to-premises', decision.reason);
    const startedAt = new Date(signal.atMs).toISOString();
    const { burstId, keptAt } = refusalOf({ name: '', startedAt, byHand: false }, decision.queue);
    const record: BurstRecord = {
      service,
      burstId,
      executionArn: '',
      startedAt,
      trigger: { kind: 'saturation', queue: decision.queue, eventId: signal.eventId },
      actor: '',
      memory: freshMemory,
      endedAt: isoNow(clock),
      ...end,
    };
    // The first one of five minutes writes it and tells; all others find it there.
    if (await createdItem<BurstRecord>(table, burstKey({ service, burstId, startedAt: keptAt }), record)) {
      const { trigger, endedAt = startedAt } = record;
      await appendHistory(table, service, [refusedLine(record, end, endedAt)]);
      await tell(clients.events, 'Spillway Burst State Change', env.BURST_STATE_MACHINE_ARN, {
        ...{ service, burstId, startedAt, trigger, endedAt, state: 'REFUSED' },
        ...end,
      });
    }
    return { kind: 'refused', service, reason: decision.reason };
  };

  return wrapHandler({
    folder: 'start-burst',
    env: deps.env,
    input: Input,
    run,
    summary: ({ kind }, output) => ({
      signal: kind,
      outcome: output.kind,
      service: output.service,
      reason: output.reason,
    }),
  });
};

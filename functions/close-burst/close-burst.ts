import { z } from 'zod';
import { tell } from '../adapters/events.ts';
import { appendHistory } from '../adapters/history.ts';
import { readBurstCurve } from '../adapters/records.ts';
import { burstKey, changeItem, controlKey } from '../adapters/table.ts';
import { closeLedger, newerMemory, payUntil } from '../core/burst-ledger.ts';
import { milestonesOf } from '../core/burst-milestones.ts';
import { decidedLine, endLines, signalLine } from '../core/burst-story.ts';
import { concludeBurst, leaveBurst } from '../core/close-burst.ts';
import { Burst, BurstMemory, type BurstRecord, type Control, CountMove, type End, Execution } from '../core/state.ts';
import { isoNow } from '../runtime/clock.ts';
import type { Dependencies } from '../runtime/dependencies.ts';
import { readEnvironment } from '../runtime/environment.ts';
import { type WrappedHandler, wrapHandler } from '../runtime/wrap-handler.ts';

const Input = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), execution: Execution, burst: Burst }),
  z.object({
    kind: z.literal('decided'),
    execution: Execution,
    burst: Burst,
    /** Number of the look in the burst. */
    look: z.int(),
    moves: z.array(CountMove),
    reason: z.string(),
    /** What a person should know, for those who listen for it. */
    alarm: z.object({ kind: z.string(), reason: z.string() }).nullish(),
  }),
  z.object({
    kind: z.literal('end'),
    execution: Execution,
    burst: Burst,
    memory: BurstMemory,
    ending: z.object({ cause: z.enum(['calm', 'time-over', 'by-hand', 'controller-error']), reason: z.string() }),
    failedMoves: z.int(),
  }),
]);
type Input = z.infer<typeof Input>;

/** What telling alone answers: no end. */
const told: End = { succeeded: true, verdict: '', cause: '', reason: '', error: null };

export type CloseBurstOutput = End & {
  readonly service: string;
  readonly burstId: string;
  readonly [detail: string]: unknown;
};

/** Ends a burst: the record gets its verdict, the lease is freed, listeners are told; on the way it tells them what was decided. Repeatable after a crash anywhere. */
export const create = (deps: Dependencies<'dynamodb' | 'events'>): WrappedHandler<CloseBurstOutput> => {
  const env = readEnvironment(deps.env, 'close-burst', ['TABLE_NAME']);
  const table = { client: deps.clients.dynamodb, name: env.TABLE_NAME };

  const run = async (input: Input): Promise<CloseBurstOutput> => {
    const { burst } = input;
    const { service, burstId, startedAt, trigger, actor } = burst;
    const publish = (executionArn: string, detail: Readonly<Record<string, unknown>>): Promise<void> =>
      tell(deps.clients.events, 'Spillway Burst State Change', executionArn, {
        service,
        burstId,
        startedAt,
        trigger,
        actor,
        executionArn,
        ...detail,
      });
    if (input.kind === 'started') {
      await appendHistory(table, service, [signalLine(burst)]);
      await publish(input.execution.arn, {
        state: 'STARTED',
        verdict: null,
        cause: null,
        reason: `A burst of ${service} begins.`,
      });
      return { ...told, service, burstId };
    }
    if (input.kind === 'decided') {
      const { look, moves, reason, alarm } = input;
      const line = decidedLine(burst, look, { reason, moves }, alarm ?? undefined, isoNow(deps.clock));
      await appendHistory(table, service, [line]);
      await publish(input.execution.arn, {
        state: 'CHANGED',
        verdict: null,
        cause: null,
        moves,
        reason,
        alarm: alarm ?? null,
      });
      return { ...told, service, burstId };
    }
    const { execution, ending, failedMoves } = input;
    const end = concludeBurst(ending, failedMoves);
    const points = await readBurstCurve(table, burst);
    const record = await changeItem<BurstRecord>(table, burstKey(burst), (old) => {
      if (!old || old.endedAt !== undefined) return old;
      const memory = payUntil(newerMemory(input.memory, old.memory), deps.clock.now());
      return {
        ...old,
        ...end,
        memory,
        ledger: closeLedger(memory, burst.deadlineSeconds, points, burst.terms),
        endedAt: isoNow(deps.clock),
      };
    });
    // A close that is repeated tells what the first one wrote.
    const ledger =
      record?.ledger ??
      closeLedger(payUntil(input.memory, deps.clock.now()), burst.deadlineSeconds, points, burst.terms);
    await changeItem<Control>(table, controlKey(service), (old) => old && leaveBurst(old, burstId, execution.arn));
    const endedAt = record?.endedAt ?? isoNow(deps.clock);
    const milestones = milestonesOf({ startedAt, endedAt }, points, {
      deadlineSeconds: burst.deadlineSeconds,
      // The last of them is that of Fargate.
      fargateBase: burst.baseMoves.at(-1)?.desiredCount ?? 0,
    });
    // Told first: where AWS throttles on until nobody tries any more, the record and its event are what is left of the burst.
    await publish(execution.arn, { state: 'ENDED', endedAt, ...end, ledger });
    await appendHistory(table, service, endLines(burst, milestones, end, ledger, endedAt));
    return { ...end, service, burstId, ledger };
  };

  return wrapHandler({
    folder: 'close-burst',
    env: deps.env,
    input: Input,
    run: async (input, tools) => {
      const output = await run(input);
      if (input.kind === 'end') tools.count(`Burst-${output.verdict}`);
      if (input.kind === 'decided' && input.alarm) tools.count(`Burst-${input.alarm.kind}`);
      return output;
    },
    summary: ({ kind }, output) => ({ for: kind, ...output }),
  });
};

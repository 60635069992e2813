import { z } from 'zod';
import { pushTime } from './asked-at.ts';
import { Capacity, serviceName } from './configuration.ts';
import { BurstMemory, Trigger } from './state.ts';

/** What people, pipelines and rules send to the state machines. */

/** Step Functions' console and nested starts add this one; it links executions. */
const startedBy = { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.string().optional() };
const service = z.string().min(1);
const actor = z.string().optional();
const moment = z.iso.datetime({ offset: true });

export const RolloutRequest = z
  .strictObject({
    service,
    image: z.string().min(1).optional(),
    /** Instead of an image: roll the current release out again, on what the newest templates say. */
    refresh: z.literal(true).optional(),
    /** Instead of an image: take back what a rollout left half done whose execution ended without closing it. */
    takeBack: z.literal(true).optional(),
    trigger: Trigger.optional(),
    actor,
    /** Roll out even when the service is on this digest already: a restart, or a new template. */
    force: z.boolean().optional(),
    ...startedBy,
  })
  .refine(
    ({ image, refresh, takeBack }) => [image, refresh, takeBack].filter((each) => each !== undefined).length === 1,
    "needs exactly one of 'image', 'refresh' and 'takeBack'",
  )
  .refine(({ trigger }) => moment.optional().safeParse(trigger && pushTime(trigger)).success, {
    path: ['trigger', 'time'],
    message: 'of a push it is an ISO 8601 time with its zone, such as "2026-11-28T12:00:00Z"',
  });
export type RolloutRequest = z.infer<typeof RolloutRequest>;

/** What a start wants that nobody has looked at yet; without a name that a service can have, it is of none. */
export const Wanted = z
  .object({
    service: serviceName.catch(''),
    image: z.string().catch(''),
    trigger: Trigger.catch({ kind: 'hand' }),
    actor: z.string().catch(''),
  })
  .catch({ service: '', image: '', trigger: { kind: 'hand' }, actor: '' });

export const rolloutAccepts =
  '{"service": "orders-api", "image": "<tag, digest or full reference>"}, optionally with "force": true, "actor" and "trigger"; instead of "image" it may have "refresh": true or "takeBack": true';

/** A fixed number of Fargate tasks. Left out: as many as the queue needs. */
const tasks = z.int().min(1).optional();
/** Seconds: after which a burst is recalled, or for which no signal starts one. */
const seconds = z.int().min(1).max(86_400).optional();

export const BurstRequest = z.strictObject({
  service,
  tasks,
  for: seconds,
  trigger: Trigger.optional(),
  actor,
  /** Set by an execution that hands over; not for people. */
  handover: z
    .object({ burstId: z.string().min(1), generation: z.int().min(1), memory: BurstMemory })
    .readonly()
    .optional(),
  ...startedBy,
});
export type BurstRequest = z.infer<typeof BurstRequest>;

export const burstAccepts =
  '{"service": "order-processor"}, optionally with "tasks" (Fargate tasks, at least 1), "for" (seconds, 1 to 86400), "actor" and "trigger"';

/** Stands for all services where an operation may be about all of them. */
export const allServices = '*';

const reason = z.string().max(1_000).optional();
/** Id of a rollout that waits. Left out: all of the service. */
const rollout = z.string().min(1).optional();
/** A tag, a digest or a full reference. */
const image = z.string().min(1);

export const OperationRequest = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('plan'), service, image, actor, ...startedBy }),
  z.strictObject({ action: z.literal('rollback'), service, actor, ...startedBy }),
  z.strictObject({ action: z.literal('restart'), service, actor, ...startedBy }),
  z.strictObject({
    action: z.literal('scale'),
    service,
    capacity: Capacity.optional(),
    twin: z.string().optional(),
    tasks: z.int().min(0),
    actor,
    ...startedBy,
  }),
  z.strictObject({ action: z.literal('freeze'), service, reason, actor, ...startedBy }),
  z.strictObject({ action: z.literal('unfreeze'), service, reason, actor, ...startedBy }),
  z.strictObject({ action: z.literal('hold'), service, image, reason, actor, ...startedBy }),
  z.strictObject({ action: z.literal('release'), service, image, reason, actor, ...startedBy }),
  z.strictObject({ action: z.literal('burst'), service, tasks, for: seconds, actor, ...startedBy }),
  z.strictObject({ action: z.literal('recall'), service, for: seconds, reason, actor, ...startedBy }),
  z.strictObject({ action: z.literal('approve'), service, rollout, reason, actor, ...startedBy }),
  z.strictObject({ action: z.literal('deny'), service, rollout, reason, actor, ...startedBy }),
]);
export type OperationRequest = z.infer<typeof OperationRequest>;

export const operationAccepts = [
  '{"action": "plan", "service": …, "image": "<tag, digest or full reference>"}',
  '{"action": "rollback" or "restart", "service": …}',
  '{"action": "scale", "service": …, "capacity": "external" or "fargate", "tasks": …}',
  '{"action": "freeze" or "unfreeze", "service": … or "*" for all}',
  '{"action": "hold" or "release", "service": …, "image": "<tag, digest or full reference>"}',
  '{"action": "burst", "service": …}, optionally with "tasks" (Fargate tasks, at least 1) and "for" (seconds, 1 to 86400)',
  '{"action": "recall", "service": …}, optionally with "for" (seconds for which no signal starts a burst, 1 to 86400)',
  '{"action": "approve" or "deny", "service": …}, optionally with "rollout"; each optionally with "actor", all from "freeze" on but "burst" with "reason"',
].join(', ');

/** One sentence about what was wrong with an input, and what is accepted. */
export const explainInput = (error: z.ZodError, accepted: string): string => {
  const wrong = error.issues
    .map((issue) => `${issue.path.map(String).join('.') || 'input'}: ${issue.message}`)
    .join('; ');
  return `The input was not accepted (${wrong}). Accepted is ${accepted}.`;
};

import type { Queue } from './queue.ts';

/** A policy as `AddPermission` writes it; one that was set as a whole may hold more. */
export interface QueuePolicy {
  readonly Version: string;
  readonly Id: string;
  readonly Statement: readonly QueueStatement[];
}

export interface QueueStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Resource: unknown;
}

export const readPolicy = (queue: Queue): QueuePolicy => {
  const text = queue.attributes.get('Policy');
  const empty: QueuePolicy = { Version: '2008-10-17', Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] };
  if (text === undefined) return empty;
  const policy = JSON.parse(text) as Partial<QueuePolicy>;
  const statements = policy.Statement ?? [];
  return {
    ...empty,
    ...policy,
    Statement: Array.isArray(statements) ? statements : [statements as unknown as QueueStatement],
  };
};

/** A policy without statements is none. */
export const writePolicy = (queue: Queue, policy: QueuePolicy, nowMs: number): void => {
  if (policy.Statement.length === 0) queue.attributes.delete('Policy');
  else queue.attributes.set('Policy', JSON.stringify(policy));
  queue.modifiedMs = nowMs;
};

/** One as itself, several as a list. */
export const oneOrMany = <T>(items: readonly T[]): T | readonly T[] => (items.length === 1 ? (items[0] as T) : items);

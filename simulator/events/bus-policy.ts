import { validation } from './errors.ts';
import type { EventBus } from './model.ts';

/** A policy on a bus. `PutPermission` may set it as a whole, so statements can hold more than is named here. */
export interface BusPolicy {
  readonly Version: string;
  readonly Statement: readonly BusStatement[];
}

export interface BusStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Largest policy of a bus: 10 KB (API_PutPermission). */
const bytesMax = 10_240;

/** @throws AwsError when the policy is larger than AWS takes. */
export const setPolicy = (bus: EventBus, policy: BusPolicy, nowMs: number): void => {
  if (Buffer.byteLength(JSON.stringify(policy)) > bytesMax)
    throw validation('The permission policy on the event bus cannot exceed 10 KB in size.');
  bus.policy = policy.Statement.length === 0 ? undefined : policy;
  bus.modifiedMs = nowMs;
};

/** A policy that came as text. @throws AwsError */
export const parsePolicy = (text: string): BusPolicy => {
  try {
    const { Version = '2012-10-17', Statement } = JSON.parse(text) as Partial<BusPolicy>;
    if (Statement !== undefined)
      return { Version, Statement: Array.isArray(Statement) ? Statement : [Statement as unknown as BusStatement] };
  } catch {
    // Answered below as every text that is no policy.
  }
  throw validation('Policy is not valid.');
};

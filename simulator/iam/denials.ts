import type { NearMiss } from './evaluation.ts';

/** One call that IAM refused, however often it was made. */
export interface Denial {
  /** The role's ARN, or the service's principal. Sessions of one role count as one. */
  readonly who: string;
  readonly action: string;
  readonly resource: string;
  /** The sentence that the caller was answered, without the session's name. */
  readonly reason: string;
  readonly count: number;
  readonly nearestGrant:
    | {
        readonly origin: string;
        readonly sid: string | undefined;
        readonly statement: Readonly<Record<string, unknown>>;
        /** Why that statement did not grant. */
        readonly miss: string;
      }
    | undefined;
}

/** Remembers what was refused, so that a missing grant can be read off after a run instead of searched in logs. */
export class Denials {
  readonly #denials = new Map<string, Denial>();

  add(denied: Pick<Denial, 'who' | 'action' | 'resource' | 'reason'>, nearest: () => NearMiss | undefined): void {
    const key = JSON.stringify([denied.who, denied.action, denied.resource, denied.reason]);
    const known = this.#denials.get(key);
    if (known) {
      this.#denials.set(key, { ...known, count: known.count + 1 });
      return;
    }
    const grant = nearest();
    this.#denials.set(key, {
      ...denied,
      count: 1,
      nearestGrant: grant && {
        origin: grant.statement.origin,
        sid: grant.statement.sid,
        statement: structuredClone(grant.statement.source),
        miss: grant.sentence,
      },
    });
  }

  all(): readonly Denial[] {
    return [...this.#denials.values()];
  }
}

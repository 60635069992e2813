import type { Happening } from './history.ts';

/** What happened on the way of a rollout or a burst, before it has the names of that. */
export interface Told {
  /** Of all that happens in it this one: told again, it has the same words and gets no second line. */
  readonly what: string;
  readonly at: string;
  readonly source: string;
  readonly text: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** A line about a rollout or a burst, by its id. */
export const lineAbout = (
  kind: 'rollout' | 'burst',
  subject: string,
  actor: string,
  { what, detail = {}, ...rest }: Told,
): Happening => ({ key: `${kind}#${subject}#${what}`, kind, subject, actor, ...rest, detail });

/** A sentence ends with a full stop, also where it is somebody else's words. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

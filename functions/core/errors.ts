/**
 * The expected failures by name. The name is the contract with the state machines, which retry and catch by it, so it
 * is set by hand: a bundler may rename a class.
 */
export const errorNames = {
  /** Another execution holds the lease now: this one must write nothing more. */
  FenceLost: 'the lease of the service belongs to another execution',
  /** Too many writers at once; nothing was written, trying again is safe. */
  ItemContended: 'an item of the table was changed by others in every attempt',
  /** What was read does not fit yet, and late reads are normal; reading again may mend it. */
  NotSettled: 'what AWS answers does not fit together yet',
  /** The bus did not take an event. Trying again may tell it twice, which listeners must bear. */
  EventsNotAccepted: 'EventBridge did not take an event',
  /** An operator asked for something that is not possible; the message says what is. */
  InvalidOperation: 'the operation is not possible',
  /** A state machine or a rule sent what the function does not know: a mistake in the program. */
  InvalidEvent: 'the input of a function does not have its shape',
  /** AWS answered without something that it always answers. */
  UnexpectedAnswer: 'an answer of AWS lacks what it always has',
  /** The function was deployed without a variable that it needs. */
  MissingEnvironment: 'an environment variable is missing',
} as const;
export type ErrorName = keyof typeof errorNames;

/** A failure that the state machines know by name. */
export class ExpectedFailure extends Error {
  constructor(name: ErrorName, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = name;
  }
}

/** The name that a state machine would see for this error. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

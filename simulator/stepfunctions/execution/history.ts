import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';

/** An event without what the history adds. */
export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

/** The event that ends an execution is the last of these at the latest. */
export const historyEventsMax = 25_000;

/** Thrown when an execution has no room left for an event that does not end it. */
export class HistoryFull extends Error {}

/** The events of one execution. Ids are positions, from 1. */
export class History {
  readonly #events: HistoryEvent[] = [];
  readonly #nowMs: () => number;
  readonly #onEvent: ((event: HistoryEvent) => void) | undefined;
  #closed = false;

  constructor(nowMs: () => number, onEvent?: (event: HistoryEvent) => void) {
    this.#nowMs = nowMs;
    this.#onEvent = onEvent;
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  /** @throws HistoryFull */
  append(type: HistoryEventType, previousEventId: number, details: EventDetails): number {
    if (this.#closed) throw new Error(`the history is closed and takes no ${type}`);
    if (this.#events.length >= historyEventsMax - 1) throw new HistoryFull();
    return this.#push(type, previousEventId, details);
  }

  /** Appends the event that ends the execution. */
  end(type: HistoryEventType, previousEventId: number, details: EventDetails): void {
    this.#push(type, previousEventId, details);
    this.#closed = true;
  }

  #push(type: HistoryEventType, previousEventId: number, details: EventDetails): number {
    const id = this.#events.length + 1;
    const event = { timestamp: new Date(this.#nowMs()), type, id, previousEventId, ...details };
    this.#events.push(event);
    this.#onEvent?.(event);
    return id;
  }
}

/**
 * One thread of `previousEventId`s through a history: the machine's own, a branch's, an iteration's. Some events
 * AWS records beside the thread: the next one names the event before them as its predecessor. What ends the
 * execution follows the thread's very last event, beside or not.
 */
export class Chain {
  readonly #history: History;
  #lastId: number;
  #tailId: number;

  /** A machine's own thread starts at 0: the first state does not name `ExecutionStarted` as its predecessor. */
  constructor(history: History, lastId = 0) {
    this.#history = history;
    this.#lastId = lastId;
    this.#tailId = lastId;
  }

  get lastId(): number {
    return this.#lastId;
  }

  get tailId(): number {
    return this.#tailId;
  }

  fork(lastId = this.#lastId): Chain {
    return new Chain(this.#history, lastId);
  }

  append(type: HistoryEventType, details: EventDetails = {}): number {
    return this.appendAfter(this.#lastId, type, details);
  }

  /** Appends with a predecessor of the caller's choice; the thread goes on from the new event. */
  appendAfter(previousEventId: number, type: HistoryEventType, details: EventDetails = {}): number {
    this.#tailId = this.#history.append(type, previousEventId, details);
    this.#lastId = this.#tailId;
    return this.#lastId;
  }

  /** Appends after the very last event; the thread goes on from where it was. */
  appendAside(type: HistoryEventType, details: EventDetails = {}): void {
    this.#tailId = this.#history.append(type, this.#tailId, details);
  }

  /** Appends after the thread's last event; the thread goes on from there, as if this had not happened. */
  appendBeside(type: HistoryEventType, details: EventDetails = {}): void {
    this.#tailId = this.#history.append(type, this.#lastId, details);
  }

  /** Goes on where another thread ended. */
  continueFrom(other: Chain): void {
    this.#lastId = other.#lastId;
    this.#tailId = other.#tailId;
  }
}

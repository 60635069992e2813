import type { BusEvent, TimelineLine } from '../timeline/describe-event.ts';
import { formatLine, wallClock } from '../timeline/print-timeline.ts';
import { type TimedLine, Timeline } from '../timeline/timeline.ts';

export interface PrinterOptions {
  /** One JSON object a line, one line for each thing that happened. */
  readonly json: boolean;
  readonly colour: boolean;
  readonly write: (line: string) => void;
}

/** Tasks of one twin that start or stop within this time are told as one line. */
const togetherMs = 1_000;

/** Prints the timeline of a local cloud as it happens. */
export class TimelinePrinter {
  readonly #options: PrinterOptions;
  readonly #timeline: Timeline;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PrinterOptions) {
    this.#options = options;
    this.#timeline = new Timeline(options.json ? 0 : togetherMs);
  }

  event(event: BusEvent): void {
    if (!this.#closed) this.#print(this.#timeline.event(event, Date.now()));
  }

  say(text: string, tone: TimelineLine['tone'] = 'plain'): void {
    this.#print(this.#timeline.line({ about: 'local cloud', text, tone }, Date.now()));
  }

  /** Events are no news any more: what a cloud does while it ends is noise. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #print(lines: readonly TimedLine[]): void {
    for (const { atMs, about, text, tone, together } of lines) {
      this.#options.write(
        this.#options.json
          ? JSON.stringify({ time: new Date(atMs).toISOString(), about, text, tone })
          : formatLine(wallClock(atMs), { about, text, tone, together }, this.#options.colour),
      );
    }
    if (!this.#timeline.isHolding || this.#timer || this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#print(this.#timeline.due(Date.now()));
    }, togetherMs);
  }
}

import type { ServiceContext } from '../cloud/service.ts';
import type { FunctionSettings } from './model.ts';

/** The lines that Lambda itself writes around an invocation, as text or as JSON, and the last 4 KB for `LogType: Tail`. */
export class InvocationLog {
  readonly #ctx: ServiceContext;
  readonly #settings: FunctionSettings;
  readonly #stream: string;
  readonly #lines: string[] = [];

  constructor(ctx: ServiceContext, settings: FunctionSettings, stream: string) {
    this.#ctx = ctx;
    this.#settings = settings;
    this.#stream = stream;
  }

  readonly line = (message: string): void => {
    this.#lines.push(message);
    this.#ctx.log({ group: this.#settings.logGroup, stream: this.#stream, message });
  };

  start(requestId: string, version: string): void {
    if (this.#settings.logFormat === 'JSON') this.#platform('start', { requestId, version });
    else this.line(`START RequestId: ${requestId} Version: ${version}`);
  }

  timedOut(requestId: string): void {
    const at = new Date(this.#ctx.kernel.now()).toISOString();
    this.line(`${at} ${requestId} Task timed out after ${this.#settings.timeoutSeconds.toFixed(2)} seconds`);
  }

  report(
    requestId: string,
    report: { readonly durationMs: number; readonly initMs: number | undefined; readonly failed: boolean },
  ): void {
    const billedMs = Math.ceil(report.durationMs);
    const { memoryMb } = this.#settings;
    if (this.#settings.logFormat === 'JSON') {
      this.#platform('report', {
        requestId,
        metrics: {
          durationMs: report.durationMs,
          billedDurationMs: billedMs,
          memorySizeMB: memoryMb,
          ...(report.initMs === undefined ? {} : { initDurationMs: report.initMs }),
        },
        status: report.failed ? 'error' : 'success',
      });
      return;
    }
    this.line(`END RequestId: ${requestId}`);
    this.line(
      `REPORT RequestId: ${requestId}\tDuration: ${report.durationMs.toFixed(2)} ms\tBilled Duration: ${billedMs} ms\t` +
        `Memory Size: ${memoryMb} MB${report.initMs === undefined ? '' : `\tInit Duration: ${report.initMs.toFixed(2)} ms`}`,
    );
  }

  tail(): string {
    return Buffer.from(this.#lines.join('\n')).subarray(-4096).toString('base64');
  }

  #platform(type: string, record: Readonly<Record<string, unknown>>): void {
    const time = new Date(this.#ctx.kernel.now()).toISOString();
    this.line(JSON.stringify({ time, type: `platform.${type}`, record }));
  }
}

import { SingleBar } from 'cli-progress';
import type { Progress } from './run-load.ts';

const said = {
  send: { doing: 'sending', unit: 'orders sent' },
  settle: { doing: 'waiting', unit: 'orders processed' },
  reconcile: { doing: 'checking', unit: 'orders checked' },
} as const;

const lineEveryMs = 5_000;

/** A bar on a terminal, elsewhere a line every five seconds and one at the end of each phase. */
export const progressOn = (
  stream: NodeJS.WriteStream,
  now: () => number,
): { show(progress: Progress): void; end(): void } => {
  let phase: Progress['phase'] | undefined;
  if (!stream.isTTY) {
    let nextMs = now() + lineEveryMs;
    return {
      show: (progress) => {
        if (now() < nextMs && progress.done < progress.total) return;
        nextMs = now() + lineEveryMs;
        stream.write(`${said[progress.phase].unit}: ${progress.done} of ${progress.total}\n`);
      },
      end: () => {},
    };
  }
  const bar = new SingleBar({
    stream,
    format: '{doing} {bar} {value} of {total} {unit}, {duration_formatted}',
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    forceRedraw: true,
  });
  return {
    show: (progress) => {
      if (progress.phase !== phase) {
        if (phase !== undefined) bar.stop();
        phase = progress.phase;
        bar.start(progress.total, 0, { doing: said[phase].doing.padEnd(8), unit: said[phase].unit });
      }
      bar.update(progress.done);
    },
    end: () => bar.stop(),
  };
};

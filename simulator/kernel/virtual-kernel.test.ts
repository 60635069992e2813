import { describe, expect, it } from 'vitest';
import { VirtualKernel } from './virtual-kernel.ts';

describe('VirtualKernel', () => {
  it('runs events in the order of (time, sequence), not of scheduling', async () => {
    const kernel = new VirtualKernel({ seed: 1, startMs: 0 });
    const seen: string[] = [];
    kernel.after(20, 'late', () => void seen.push(`late@${kernel.now()}`));
    kernel.after(10, 'first of two', () => void seen.push(`a@${kernel.now()}`));
    kernel.after(10, 'second of two', () => void seen.push(`b@${kernel.now()}`));
    await kernel.run({ untilMs: 100 });
    expect(seen).toEqual(['a@10', 'b@10', 'late@20']);
    expect(kernel.now()).toBe(100);
  });

  it('runs nothing before its time, so that whoever waits for a moment does not find himself before it', async () => {
    // 0.2 ms on from 10 are 11, and not 10 again: times are whole milliseconds.
    const kernel = new VirtualKernel({ seed: 1, startMs: 10 });
    const untilMs = 10.2;
    let looks = 0;
    const look = (): void => {
      looks += 1;
      if (kernel.now() < untilMs && looks < 10) kernel.after(untilMs - kernel.now(), 'look', look);
    };
    look();
    await kernel.run({ untilMs: 100 });
    expect(looks).toBe(2);
  });

  it('lets promise chains settle between two events', async () => {
    const kernel = new VirtualKernel({ seed: 1, startMs: 0 });
    const seen: string[] = [];
    kernel.after(1, 'chain', async () => {
      for (let step = 0; step < 50; step += 1) await Promise.resolve();
      seen.push('chain settled');
    });
    kernel.after(1, 'next', () => void seen.push('next event'));
    await kernel.run({ untilMs: 10 });
    expect(seen).toEqual(['chain settled', 'next event']);
  });

  it('does not run a cancelled event', async () => {
    const kernel = new VirtualKernel({ seed: 1, startMs: 0 });
    let ran = false;
    kernel
      .after(5, 'cancelled', () => {
        ran = true;
      })
      .cancel();
    await kernel.run({ untilMs: 10 });
    expect(ran).toBe(false);
  });

  it('keeps its order when most of its timers are cancelled, some of them twice or after they ran', async () => {
    const kernel = new VirtualKernel({ seed: 1, startMs: 0 });
    const seen: number[] = [];
    const timers = Array.from({ length: 1_000 }, (_, index) =>
      kernel.after(1_000 - index, 'timer', () => void seen.push(kernel.now())),
    );
    kernel.after(5, 'cancel', () => {
      for (const [index, timer] of timers.entries()) if (index % 100 !== 0) timer.cancel();
      for (const timer of timers.slice(1, 99)) timer.cancel();
      for (const timer of timers.slice(996)) timer.cancel();
    });
    await kernel.run({ untilMs: 2_000 });
    expect(seen).toEqual([1, 2, 3, 4, 5, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
  });

  it('throws the unchanged error of a task that failed', async () => {
    const kernel = new VirtualKernel({ seed: 1, startMs: 0 });
    const error = new Error('broken');
    kernel.after(5, 'fails', async () => {
      throw error;
    });
    await expect(kernel.run({ untilMs: 10 })).rejects.toBe(error);
  });

  it('gives one history for one seed and another for another', async () => {
    const play = async (seed: number): Promise<string> => {
      const kernel = new VirtualKernel({ seed, startMs: 0 });
      const step = (left: number): void => {
        if (left > 0) kernel.after(kernel.draw('delay') * 1000, 'step', () => step(left - 1));
        kernel.record('step', { left, id: kernel.uuid('id') });
      };
      step(100);
      await kernel.run({ untilMs: 1_000_000 });
      return kernel.traceHash();
    };
    expect(await play(1)).toBe(await play(1));
    expect(await play(1)).not.toBe(await play(2));
  });

  it('keeps a stream as it was when another name is drawn from in between', () => {
    const alone = new VirtualKernel({ seed: 3 });
    const mixed = new VirtualKernel({ seed: 3 });
    const first = [alone.draw('a'), alone.draw('a'), alone.draw('a')];
    const second = [mixed.draw('a')];
    mixed.draw('b');
    second.push(mixed.draw('a'), mixed.draw('a'));
    expect(second).toEqual(first);
  });
});

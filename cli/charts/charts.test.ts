import { describe, expect, it } from 'vitest';
import { burstChart } from './burst-chart.ts';

const steps = Array.from({ length: 30 }, (_, step) => ({
  seconds: step * 10,
  waiting: step * 20,
  externalTasks: 3,
  fargateTasks: step > 10 ? 5 : 0,
  ...(step > 0 && { longestWaitSeconds: step * 3 }),
}));

describe('the chart of a burst', () => {
  it('is one SVG with queue, capacity and waits, its objective, and no figure that is not one', async () => {
    const svg = await burstChart('orders: a burst', 'picked up within 60 s', steps, 60);
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    for (const text of [
      'orders: a burst',
      'messages waiting',
      'tasks that work',
      'on premises',
      'Fargate',
      'objective 60 s',
    ])
      expect(svg).toContain(`>${text}<`);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is the same for the same burst', async () => {
    expect(await burstChart('a', 'b', steps, 60)).toBe(await burstChart('a', 'b', steps, 60));
  });

  it('marks what happened with its second, and nothing where nothing is to be marked', async () => {
    const marks = [
      { seconds: 12, text: 'decision' },
      { seconds: 280, text: 'recall' },
    ];
    const svg = await burstChart('a', 'b', steps, 60, { marks, waitTitle: 'oldest message, s' });
    for (const text of ['decision 12 s', 'recall 280 s', 'oldest message, s']) expect(svg).toContain(`>${text}<`);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(await burstChart('a', 'b', steps, 60)).not.toContain('recall');
  });

  it('hides nothing behind its legend, which stands above the tasks', async () => {
    const svg = await burstChart('a', 'b', steps, 60);
    const [, y, height] = /role-legend".*?translate\(0,(-\d+)\)"><path[^>]*d="M0,0h\d+v(\d+)/.exec(svg) ?? [];
    expect(Number(y) + Number(height)).toBeLessThanOrEqual(0);
  });

  it('counts in seconds what is shorter than three minutes, and in minutes from there on', async () => {
    const lasting = (seconds: number) =>
      burstChart(
        'a',
        'b',
        [
          { ...steps[0], seconds: 5 },
          { ...steps[1], seconds },
        ] as never,
        60,
      );
    expect(await lasting(184)).toContain('>seconds<');
    expect(await lasting(185)).toContain('>minutes<');
  });

  it('has axes from 0 to 1 where nothing waited, no task worked or all was over at once', async () => {
    const quiet = steps.map(({ seconds }) => ({ seconds, waiting: 0, externalTasks: 0, fargateTasks: 0 }));
    const refused = { marks: [{ seconds: 0, text: 'signal' }] };
    for (const svg of [await burstChart('a', 'b', quiet, 0), await burstChart('a', 'b', [], 60, refused)]) {
      expect(svg).not.toContain('0.000000');
      // Two axes at least have exactly these two labels.
      expect(svg.match(/>0<[^>]*>(?:<[^>]*>)*1</g)?.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('does without steps', async () => {
    expect(await burstChart('a', 'b', [], 60)).toContain('objective 60 s');
  });
});

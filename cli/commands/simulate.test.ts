import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { WhatIfAnswer } from '../../local/replay/what-if.ts';
import { runProgram } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'spillway-simulate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, ['timestamp_s,count', ...lines].join('\n'));
  return path;
};

const run = async (...args: readonly string[]) => {
  const told = { out: '', progress: '', code: 0 };
  await runProgram(
    {
      configuration: () => Promise.reject(new Error('it needs no configuration')),
      connection: () => {
        throw new Error('it needs no connection');
      },
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      out: (text) => {
        told.out += `${text}\n`;
      },
      progress: (text) => {
        told.progress += `${text}\n`;
      },
      actor: 'tester',
      exit: (code) => {
        told.code = code;
      },
    },
    ['simulate', ...args],
  );
  return told;
};
const asked = ['--service-time', '4', '--external', '6', '--deadline', '60'] as const;

// A replay takes seconds of CPU, which others may want, too.
describe('spillway simulate', { timeout: 60_000 }, () => {
  it('replays counts as they are: lateness, cost, bound and alternatives, with a chart', async () => {
    // Six slots of 4 s carry 90 a minute; in the fifth to the eighth minute 240 come.
    const trace = file(
      'flood.csv',
      ...Array.from({ length: 15 }, (_, minute) => `${60 * minute},${minute >= 5 && minute < 9 ? 240 : 30}`),
    );
    const chart = join(folder, 'a folder that', 'is not there yet', 'flood.svg');
    const { out, code } = await run('--trace', trace, ...asked, '--json', '--chart', chart);
    expect(code).toBe(0);
    const answer = JSON.parse(out) as WhatIfAnswer;
    expect(answer.trace).toBe('flood.csv');
    expect(answer.messages).toBeGreaterThan(1_100);
    expect(answer.messages).toBeLessThan(1_500);
    const row = (policy: string) => answer.rows.find((each) => each.policy === policy);
    expect(row('spillway')?.taskHours).toBeGreaterThan(answer.boundTaskHours);
    expect(row('spillway')?.usd).toBeCloseTo((row('spillway')?.taskHours ?? 0) * answer.taskHourUsd, 4);
    expect(row('on premises only')?.taskHours).toBe(0);
    expect(row('on premises only')?.latePct).toBeGreaterThan(20);
    expect(answer.rows.map(({ policy }) => policy)).toContain('target tracking, 1 min');
    expect(answer.steps.some(({ fargateTasks }) => fargateTasks > 0)).toBe(true);
    expect(answer.told.length).toBeGreaterThan(0);
    expect(readFileSync(chart, 'utf8')).toContain('objective 60 s');
  });

  it('plays the part of a file with gaps that needs Fargate most, on premises of one slot, and prices a vCPU with its least memory', async () => {
    const counts = [6, 60, 6, 6, 6].map((count, minute) => `${60 * minute},${count}`);
    const trace = file('gap.csv', ...counts, '3600,6', '3660,6', '3720,6');
    const limits = ['--service-time', '4', '--external', '1', '--hours', '0.1', '--cpu', '1024'] as const;
    const { out, progress, code } = await run('--trace', trace, ...limits);
    expect(code).toBe(0);
    expect(progress).toBe(
      'gap.csv: 8 bins of 60 s over 1.05 h; 1 gap of 0.92 h, taken as time without traffic.\nReplaying about 84 messages through the controller in the simulator: some 3 s.\n',
    );
    expect(out).toMatch(
      /^gap\.csv: \d+ messages in the 0\.1 h of 1\.1 h that need Fargate most, from 0 s on; the file has 1 gap without traffic\. 1 slots /,
    );
    // A vCPU, and the least memory that Fargate has with it: $0.04048 and 2 times $0.004445.
    expect(out).toContain('A Fargate task costs $0.04937 an hour');
    expect(out).toMatch(/^ {2}spillway .* [1-9]\d*$/m);
    expect(out).toContain(
      'Ours takes about 30 ms to receive a message, 0.8 % of its work; the others, and the bound, receive in no time.',
    );
  });

  it('names the line and the reason of a file that it cannot use, and replays nothing', async () => {
    const { progress, code, out } = await run('--trace', file('bad.csv', '0,1', '60,many'), ...asked);
    expect(progress).toBe(
      "bad.csv, line 3: the count 'many' is not a number; accepted is a first line 'timestamp_s,count', then one line for each bin: seconds and the number of messages in the bin that begins there, in ascending order\n",
    );
    expect([code, out]).toEqual([2, '']);
  });

  it('says which file it cannot read, and what a number may be', async () => {
    const missing = await run('--trace', join(folder, 'no.csv'), ...asked);
    expect(missing.progress).toContain('no.csv cannot be read: ENOENT');
    expect(missing.code).toBe(2);
    const wrong = await run('--trace', 'x.csv', '--service-time', 'long', '--external', '6');
    expect(wrong.progress).toContain("'long' is no service time. Accepted: a number from 0.05 to 600.");
    expect(wrong.code).toBe(2);
  });

  it('prices only tasks that Fargate has', async () => {
    const trace = file('tasks.csv', '0,1', '60,1');
    const said = async (...args: readonly string[]) => {
      const { progress, out, code } = await run('--trace', trace, ...asked, ...args);
      expect([out, code]).toEqual(['', 2]);
      return progress;
    };
    expect(await said('--cpu', '300')).toContain(
      "Fargate has no task of '300' CPU units. Accepted: 256, 512, 1024, 2048, 4096, 8192, 16384.",
    );
    expect(await said('--cpu', '256', '--memory', '122880')).toBe(
      'Fargate has no task of 256 CPU units with 122880 MiB. Accepted for --memory: 512, 1024, 2048.\n',
    );
    expect(await said('--memory', '3072')).toContain('Accepted for --memory: 512, 1024, 2048.');
  });

  it('says before it replays anything that a chart cannot be written', async () => {
    const trace = file('chart.csv', '0,1', '60,1');
    const { progress, out, code } = await run('--trace', trace, ...asked, '--chart', join(trace, 'a.svg'));
    expect([out, code]).toEqual(['', 2]);
    expect(progress).toMatch(/The chart cannot be written to .*chart\.csv\/a\.svg: E/);
    expect(progress).not.toContain('Replaying');
  });

  it('refuses more messages than anybody would wait for', async () => {
    const { progress, code } = await run('--trace', file('much.csv', '0,9000000', '60,9000000'), ...asked);
    expect(progress).toContain('18000000 messages in 6 hours are more than a replay takes (3000000)');
    expect(code).toBe(2);
  });
});

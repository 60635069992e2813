import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFaithful, printed, rowsOf } from './report.ts';
import { runFolder } from './run-folder.ts';
import type { Finding, Level, Verdict } from './verdict.ts';

const own = join(import.meta.dirname, 'cases');

/** Runs one file of our own cases, changed. */
const changed = async (suite: string, change: (text: string) => string): Promise<readonly Finding[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'fidelity-'));
  try {
    writeFileSync(join(folder, `${suite}.jsonl`), change(readFileSync(join(own, `${suite}.jsonl`), 'utf8')));
    return await runFolder(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const failures = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ level, name, verdict }) =>
    verdict.kind === 'failed' ? [`${level} ${name}: ${verdict.differences.join(' ')}`] : [],
  );

describe('recorded cases', () => {
  it('of every format run, and pass or are refused by name', async () => {
    const findings = await runFolder(own);
    expect(failures(findings)).toEqual([]);
    expect(rowsOf(findings)).toEqual([
      { suite: 'stepfunctions-executions', level: 'result', total: 13, passed: 12, failed: 0, refused: 1 },
      { suite: 'stepfunctions-executions', level: 'cause', total: 13, passed: 12, failed: 0, refused: 1 },
      { suite: 'stepfunctions-executions', level: 'types', total: 13, passed: 12, failed: 0, refused: 1 },
      { suite: 'stepfunctions-executions', level: 'history', total: 13, passed: 12, failed: 0, refused: 1 },
      { suite: 'eventbridge-patterns', level: 'result', total: 4, passed: 4, failed: 0, refused: 0 },
      { suite: 'api-sqs', level: 'result', total: 7, passed: 5, failed: 0, refused: 2 },
      { suite: 'api-events', level: 'result', total: 11, passed: 10, failed: 0, refused: 1 },
      { suite: 'api-cloudwatch', level: 'result', total: 2, passed: 1, failed: 0, refused: 1 },
      { suite: 'cloudwatch-alarms', level: 'result', total: 2, passed: 2, failed: 0, refused: 0 },
      { suite: 'aws-responses', level: 'result', total: 3, passed: 3, failed: 0, refused: 0 },
    ]);
    expect(printed(findings)).toContain('refused: EventBridge archives (1)');
  });

  it('fail with what differs when the simulator answers otherwise', async () => {
    expect(failures(await changed('api-sqs', (text) => text.replace('"Body": "an order"', '"Body": "two"')))).toEqual([
      'result own/a message waits in its queue, call 3: ReceiveMessage (ReceiveMessage): /Messages/0/Body: recorded "two", got "an order"',
    ]);
    expect(
      failures(await changed('api-sqs', (text) => text.replace('"HTTPStatusCode": 400', '"HTTPStatusCode": 403'))),
    ).toEqual([expect.stringContaining('the HTTP status: recorded 403, got 400')]);
    expect(failures(await changed('cloudwatch-alarms', (text) => text.replace('"ALARM"', '"OK"')))).toEqual([
      'result own/two of three breach: recorded OK, got ALARM',
    ]);
    expect(
      failures(await changed('aws-responses', (text) => text.replace('"desiredCount": 1', '"desiredCount": "1"'))),
    ).toEqual([expect.stringContaining('ecs service/desiredCount: recorded string, got number')]);
    expect(
      failures(await changed('eventbridge-patterns', (text) => text.replace('Unrecognized', 'Unknown'))),
    ).toHaveLength(1);
  });

  it('of executions fail at the level at which they differ', async () => {
    const levels = async (change: (text: string) => string): Promise<Level[]> =>
      (await changed('stepfunctions-executions', change)).flatMap(({ level, verdict }) =>
        verdict.kind === 'failed' ? [level] : [],
      );
    expect(await levels((text) => text.replace('"output": {"cents": 995}}', '"output": {"cents": 1}}'))).toContain(
      'result',
    );
    expect(await levels((text) => text.replace('returned nothing', 'found nothing'))).toEqual(['cause']);
    expect(
      await levels((text) =>
        text.replace(
          '["ExecutionStarted", "PassStateEntered", "PassStateExited"',
          '["ExecutionStarted", "PassStateExited", "PassStateEntered"',
        ),
      ),
    ).toEqual(['types', 'history']);
    expect(await levels((text) => text.replace('"location": "Output"', '"location": "Assign"'))).toEqual(['history']);
  });

  it('are asked for, and found', async () => {
    await expect(runFolder(join(own, 'nowhere'))).rejects.toThrow('holds no recorded cases');
  });
});

describe('the verdict on a folder', () => {
  const findings = (level: Level, ...counts: readonly (readonly [Verdict['kind'], number])[]): Finding[] =>
    counts.flatMap(([kind, count]) =>
      Array.from({ length: count }, () => ({ suite: 's', level, name: 'n', verdict: { kind } as Verdict })),
    );

  it('asks for every result that is not refused', () => {
    expect(isFaithful(rowsOf(findings('result', ['passed', 9], ['refused', 5])))).toBe(true);
    expect(isFaithful(rowsOf(findings('result', ['passed', 999], ['failed', 1])))).toBe(false);
  });

  it('asks for 97 of 100 whole histories', () => {
    expect(isFaithful(rowsOf(findings('history', ['passed', 97], ['failed', 3], ['refused', 50])))).toBe(true);
    expect(isFaithful(rowsOf(findings('history', ['passed', 96], ['failed', 4])))).toBe(false);
  });

  it('leaves causes and types out', () => {
    expect(isFaithful(rowsOf(findings('cause', ['failed', 1])))).toBe(true);
  });
});

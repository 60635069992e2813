import { runAlarms } from './alarms.ts';
import { runShapes } from './answer-shapes.ts';
import { runExecutions } from './executions.ts';
import { runPatterns } from './patterns.ts';
import {
  type AlarmCase,
  type ExecutionCase,
  type PatternCase,
  readCases,
  type ScriptCase,
  type ShapeCase,
} from './recorded-cases.ts';
import { runScripts } from './scripts.ts';
import type { Finding } from './verdict.ts';

/** Runs every file of recorded cases that a folder has. @throws when it has none */
export const runFolder = async (folder: string): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  let files = 0;
  const run = async <Case>(
    suite: string,
    runner: (suite: string, cases: readonly Case[]) => readonly Finding[] | Promise<readonly Finding[]>,
  ): Promise<void> => {
    const cases = readCases<Case>(folder, suite);
    if (cases === undefined) return;
    files += 1;
    findings.push(...(await runner(suite, cases)));
  };
  await run<ExecutionCase>('stepfunctions-executions', runExecutions);
  await run<PatternCase>('eventbridge-patterns', runPatterns);
  for (const suite of ['api-sqs', 'api-events', 'api-cloudwatch']) await run<ScriptCase>(suite, runScripts);
  await run<AlarmCase>('cloudwatch-alarms', runAlarms);
  await run<ShapeCase>('aws-responses', runShapes);
  if (files === 0) throw new Error(`${folder} holds no recorded cases`);
  return findings;
};

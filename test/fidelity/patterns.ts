import type { TestEventPatternResponse } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../simulator/cloud/aws-error.ts';
import { loneService } from '../../simulator/cloud/lone-service.ts';
import { EventsService } from '../../simulator/events/events-service.ts';
import { eventFields } from '../../simulator/events/pattern/event-fields.ts';
import { compileEventPattern } from '../../simulator/events/pattern/event-pattern.ts';
import type { PatternCase } from './recorded-cases.ts';
import type { Finding } from './verdict.ts';
import { verdictOf } from './verdict.ts';

interface Answer {
  readonly result: boolean | 'error';
  readonly code?: string;
  readonly message?: string;
}

/** Event patterns: what AWS's API answered goes through the API, what its rule engine did through the matcher alone. */
export const runPatterns = async (suite: string, cases: readonly PatternCase[]): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const recorded of cases) {
    const { result, code, message } =
      recorded.provenance === 'aws-engine' ? askEngine(recorded) : await askApi(recorded);
    const found: string[] = [];
    if (result !== recorded.expected) found.push(`recorded ${recorded.expected}, got ${result} ${message ?? ''}`);
    else if (result === 'error') {
      if (code !== recorded.errorCode) found.push(`recorded the error ${recorded.errorCode}, got ${code}`);
      // What was kept of the API's message lacks where in the pattern its parser stopped.
      if (message?.split('\n at [Source')[0] !== recorded.errorMessage)
        found.push(`recorded '${recorded.errorMessage}', got '${message}'`);
    }
    findings.push({ suite, level: 'result', name: recorded.name, verdict: verdictOf(found) });
  }
  return findings;
};

const askApi = async ({ event, pattern }: PatternCase): Promise<Answer> => {
  const { call } = loneService((ctx) => new EventsService(ctx));
  try {
    const { Result } = await call<TestEventPatternResponse>('TestEventPattern', {
      Event: event,
      EventPattern: pattern,
    });
    return { result: Result === true };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { result: 'error', code: error.code, message: error.message };
  }
};

const askEngine = ({ event, pattern }: PatternCase): Answer => {
  try {
    return { result: compileEventPattern(pattern).matches(eventFields(event)) };
  } catch (error) {
    return {
      result: 'error',
      code: 'InvalidEventPatternException',
      message: (error as Error).message,
    };
  }
};

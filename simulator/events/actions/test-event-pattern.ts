import type { TestEventPatternRequest, TestEventPatternResponse } from '@aws-sdk/client-eventbridge';
import { AwsError } from '../../cloud/aws-error.ts';
import type { ActionDefinition } from '../../cloud/service.ts';
import { validation } from '../errors.ts';
import type { EventsService } from '../events-service.ts';
import { type EventFields, eventFields } from '../pattern/event-fields.ts';
import { compileEventPattern, type EventPattern } from '../pattern/event-pattern.ts';

/** AWS does not say its limit; it refuses `*:*:*:*:*:event-bus/*`, where a matcher can be in six places at once. */
const complexityMax = 5;

/** @throws AwsError `InvalidEventPatternException` with AWS's reason. */
export const readPattern = (text: string): EventPattern => {
  let pattern: EventPattern;
  try {
    pattern = compileEventPattern(text);
  } catch (error) {
    throw invalid((error as Error).message);
  }
  if (pattern.complexity > complexityMax)
    throw invalid(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
    );
  return pattern;
};

const invalid = (reason: string): AwsError =>
  new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);

/** Fields that an event to be tested must have (API_TestEventPattern). */
const mandatory = ['id', 'account', 'source', 'time', 'region', 'detail-type'];

export const testEventPattern: ActionDefinition<EventsService, TestEventPatternRequest, TestEventPatternResponse> = {
  run: (_service, input) => {
    let fields: EventFields;
    try {
      fields = eventFields(input.Event ?? '');
    } catch {
      throw validation('Parameter Event is not valid.');
    }
    if (mandatory.some((name) => !fields.has(name))) throw validation('Parameter Event is not valid.');
    return { Result: readPattern(input.EventPattern ?? '').matches(fields) };
  },
};

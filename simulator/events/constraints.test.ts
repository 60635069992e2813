import { describe, expect, it } from 'vitest';
import { checkRequest } from './constraints.ts';

const messageOf = (action: string, input: object): string | undefined => {
  try {
    checkRequest(action, input);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

const one = '1 validation error detected: Value';
const failed = 'failed to satisfy constraint: Member must';

describe("EventBridge's service model (API version 2015-10-07)", () => {
  it.each([
    ['a name of 64 characters', 'PutRule', { Name: 'x'.repeat(64) }, undefined],
    ['a limit of 100', 'ListRules', { Limit: 100 }, undefined],
    ['185 attempts', 'PutTargets', targets({ RetryPolicy: { MaximumRetryAttempts: 185 } }), undefined],
    ['a bus by its ARN', 'ListRules', { EventBusName: 'arn:aws:events:us-east-1:123456789012:event-bus/a' }, undefined],
    [
      'a name of 65 characters',
      'PutRule',
      { Name: 'x'.repeat(65) },
      `${one} '${'x'.repeat(65)}' at 'name' ${failed} have length less than or equal to 64`,
    ],
    ['no name', 'DescribeRule', {}, `${one} null at 'name' ${failed} not be null`],
    [
      'a limit of 101',
      'ListRules',
      { Limit: 101 },
      `${one} '101' at 'limit' ${failed} have value less than or equal to 100`,
    ],
    [
      'a limit of 0',
      'ListTargetsByRule',
      { Rule: 'r', Limit: 0 },
      `${one} '0' at 'limit' ${failed} have value greater than or equal to 1`,
    ],
    [
      'no targets',
      'PutTargets',
      { Rule: 'r', Targets: [] },
      `${one} '[]' at 'targets' ${failed} have length greater than or equal to 1`,
    ],
    [
      '186 attempts',
      'PutTargets',
      targets({ RetryPolicy: { MaximumRetryAttempts: 186 } }),
      `${one} '186' at 'targets.1.member.retryPolicy.maximumRetryAttempts' ${failed} have value less than or equal to 185`,
    ],
    [
      'a state that no rule has',
      'PutRule',
      { Name: 'r', State: 'ON' },
      `${one} 'ON' at 'state' ${failed} satisfy enum value set: [ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]`,
    ],
    [
      'the id of no account',
      'PutPermission',
      { Principal: '12' },
      `${one} '12' at 'principal' ${failed} satisfy regular expression pattern: (\\d{12}|\\*)`,
    ],
  ])('%s', (_name, action, input, message) => {
    expect(messageOf(action, input)).toBe(message);
  });

  it('tells all that is wrong at once, member by member', () => {
    expect(messageOf('RemoveTargets', { Rule: 'a b', Ids: ['ok', 'not ok'] })).toBe(
      `2 validation errors detected: Value 'a b' at 'rule' ${failed} satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; ` +
        `Value 'not ok' at 'ids.2.member' ${failed} satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+`,
    );
  });
});

function targets(fields: object): object {
  return { Rule: 'r', Targets: [{ Id: 't', Arn: 'arn:aws:sqs:us-east-1:123456789012:orders', ...fields }] };
}

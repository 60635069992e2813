import { describe, expect, it } from 'vitest';
import { type Comparison, differences } from './recorded-value.ts';

const comparison: Comparison = {
  placeholders: { whole: ['event-id'], embedded: ['<name>', '<name>-arn'], ref: ['uuid'] },
  accountId: '123456789012',
  region: 'us-east-1',
};

const agree = (expected: unknown, actual: unknown): boolean => differences(expected, actual, comparison).length === 0;

describe('the length of a body that is lost', () => {
  const compare = (lengthsLost: boolean) =>
    differences(
      { HttpHeaders: { 'Content-Length': '164' }, Length: '1' },
      { HttpHeaders: { 'Content-Length': '171' }, Length: '2' },
      {
        placeholders: { whole: [], embedded: [], ref: [] },
        accountId: '123456789012',
        region: 'us-east-1',
        lengthsLost,
      },
    ).map(({ path }) => path);

  it('is not compared, and every other number is', () => {
    expect(compare(true)).toEqual(['/Length']);
    expect(compare(false)).toEqual(['/HttpHeaders/Content-Length', '/Length']);
  });
});

describe('a recorded value', () => {
  it.each([
    ['event-id', 5],
    ['timestamp', [new Date(0)]],
    ['<uuid:1>', 'anything'],
    ['<<next-token>:2>', 'anything'],
    ['queue <name> of <name>-arn', 'queue a of b'],
    ['arn:<partition>:sqs:<region>:111111111111:q', 'arn:aws:sqs:us-east-1:123456789012:q'],
    ['http://sqs.<region>.localhost:4566/111111111111/q', 'http://127.0.0.1:4566/123456789012/q'],
    ["b'a\\x1eb'", new Uint8Array([97, 30, 98])],
    [{ a: { b: 1 } }, '{"a": {"b": 1}}'],
    [{ a: 1 }, { a: 1, b: undefined }],
  ])('%j matches %j', (expected, actual) => {
    expect(agree(expected, actual)).toBe(true);
  });

  it.each([
    ['event-id of', 'x'],
    ['queue <name>', 'topic a'],
    ['a.c', 'abc'],
    ['<uuid:1>', undefined],
    [1, '2'],
    [[1], [1, 2]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{}, []],
    ['http://sqs.<region>.localhost:4566/111111111111/q', 'http://127.0.0.1:4566/123456789012/r'],
  ])('%j does not match %j', (expected, actual) => {
    expect(agree(expected, actual)).toBe(false);
  });
});

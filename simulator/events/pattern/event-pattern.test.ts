import { describe, expect, test } from 'vitest';
import { eventFields } from './event-fields.ts';
import { compileEventPattern } from './event-pattern.ts';

const matches = (pattern: object | string, event: object | string): boolean =>
  compileEventPattern(typeof pattern === 'string' ? pattern : JSON.stringify(pattern)).matches(
    eventFields(typeof event === 'string' ? event : JSON.stringify(event)),
  );

const reason = (pattern: object | string): string => {
  try {
    compileEventPattern(typeof pattern === 'string' ? pattern : JSON.stringify(pattern));
  } catch (error) {
    return (error as Error).message.split('\n')[0] as string;
  }
  return 'no error';
};

describe('plain values', () => {
  test.each([
    ['a field needs one of the values', { a: ['x', 'y'] }, { a: 'y', b: 1 }, true],
    ['every field of the pattern must match', { a: ['x'], b: ['x'] }, { a: 'x', b: 'y' }, false],
    ['a missing field does not match', { a: ['x'] }, { b: 'x' }, false],
    ['text is not a number', { a: ['1'] }, { a: 1 }, false],
    ['null matches null', { a: [null] }, { a: null }, true],
    ['null does not match an absent field', { a: [null] }, {}, false],
    ['false matches false', { a: [false] }, { a: false }, true],
    ['one element of an array is enough', { a: ['x'] }, { a: ['w', 'x'] }, true],
    ['an empty array holds nothing', { a: [null] }, { a: [] }, false],
    ['a dotted name reaches into objects', { 'a.b': ['x'] }, { a: { b: 'x' } }, true],
    ['JSON inside text is text', { a: { b: ['x'] } }, { a: '{"b":"x"}' }, false],
    ['an IP address matches its other spellings', { a: ['2001:db8::1'] }, { a: '2001:0DB8:0:0:0:0:0:1' }, true],
  ])('%s', (_rule, pattern, event, expected) => {
    expect(matches(pattern, event)).toBe(expected);
  });

  // The engine compares character by character, each in its upper and its lower case.
  test.each([
    ['straße', 'STRASSE', true],
    ['straße', 'Straße', true],
    ['STRASSE', 'straße', false],
    ['ΟΔΟΣ', 'οδοσ', true],
    ['ΟΔΟΣ', 'οδος', false],
    ['a.c*', 'A.C*', true],
    ['a.c*', 'abcc', false],
    ['', '', true],
    ['', 'a', false],
  ])('%j without regard to case against %j: %s', (wanted, given, expected) => {
    expect(matches({ a: [{ 'equals-ignore-case': wanted }] }, { a: given })).toBe(expected);
    expect(matches({ a: [{ 'anything-but': { 'equals-ignore-case': wanted } }] }, { a: given })).toBe(!expected);
    expect(matches({ a: [{ prefix: { 'equals-ignore-case': wanted } }] }, { a: `${given}…` })).toBe(
      expected || wanted === '',
    );
    expect(matches({ a: [{ suffix: { 'equals-ignore-case': wanted } }] }, { a: `…${given}` })).toBe(
      expected || wanted === '',
    );
  });

  test('numbers match by value within five billion and by spelling outside', () => {
    expect(matches('{"a":[300]}', '{"a":3.0e2}')).toBe(true);
    expect(matches('{"a":[123456789012]}', '{"a":123456789012}')).toBe(true);
    expect(matches('{"a":[123456789012]}', '{"a":123456789012.0}')).toBe(false);
  });

  test('fields of one element of an array belong together', () => {
    const pattern = { tasks: { name: ['a'], state: ['up'] } };
    expect(
      matches(pattern, {
        tasks: [
          { name: 'a', state: 'down' },
          { name: 'b', state: 'up' },
        ],
      }),
    ).toBe(false);
    expect(
      matches(pattern, {
        tasks: [
          { name: 'a', state: 'down' },
          { name: 'a', state: 'up' },
        ],
      }),
    ).toBe(true);
  });
});

describe('operators', () => {
  test.each([
    ['prefix', { prefix: 'ab' }, ['abc', 'ab'], ['Abc', 1, null]],
    ['prefix, any case', { prefix: { 'equals-ignore-case': 'AB' } }, ['abc', 'aBc'], ['ba']],
    ['suffix', { suffix: 'bc' }, ['abc', 'bc'], ['bcd', 1]],
    ['suffix, any case', { suffix: { 'equals-ignore-case': 'BC' } }, ['aBc'], ['bcd']],
    ['equals-ignore-case', { 'equals-ignore-case': 'aBc' }, ['AbC'], ['abcd', 1]],
    ['anything-but a text', { 'anything-but': 'a' }, ['b', 1, null], ['a']],
    ['anything-but texts', { 'anything-but': ['a', 'b'] }, ['c'], ['a', 'b']],
    ['anything-but a number', { 'anything-but': 1 }, [2, '1', null], [1, 1.0]],
    ['anything-but numbers', { 'anything-but': [1, 2] }, [3], [1, 2]],
    ['anything-but a prefix', { 'anything-but': { prefix: 'a' } }, ['ba', 1, null], ['ab']],
    ['anything-but suffixes', { 'anything-but': { suffix: ['a', 'b'] } }, ['ac'], ['ca', 'cb']],
    ['anything-but, any case', { 'anything-but': { 'equals-ignore-case': ['A', 'b'] } }, ['c', null], ['a', 'B']],
    ['anything-but a wildcard', { 'anything-but': { wildcard: '*/x/*' } }, ['x', null], ['a/x/b']],
    ['numeric, one bound', { numeric: ['>', 10] }, [10.5, 11], [10, '11', null]],
    ['numeric, a range', { numeric: ['>=', 0, '<', 5] }, [0, 4.99], [-1, 5]],
    ['numeric, equal', { numeric: ['=', 3.5] }, [3.5], [3]],
    ['exists', { exists: true }, ['', 0, null], []],
    ['cidr', { cidr: '10.1.0.0/16' }, ['10.1.0.0', '10.1.255.255'], ['10.2.0.0', '10.1', 10]],
    ['cidr of IPv6', { cidr: '2001:db8::/32' }, ['2001:db8:1::'], ['2001:db9::', '10.0.0.1']],
    ['wildcard', { wildcard: 'a*b*c' }, ['abc', 'axxbyyc'], ['abcd', 'ac', 'xabc']],
    ['wildcard with escapes', { wildcard: 'a\\*\\\\*' }, ['a*\\', 'a*\\z'], ['ab\\z']],
    ['wildcard that may not overlap', { wildcard: 'ab*ba' }, ['abba'], ['aba']],
  ])('%s', (_name, operator, yes, no) => {
    for (const value of yes) expect(matches({ a: [operator] }, { a: value }), JSON.stringify(value)).toBe(true);
    for (const value of no) expect(matches({ a: [operator] }, { a: value }), JSON.stringify(value)).toBe(false);
  });

  test('anything-but needs the field', () => {
    expect(matches({ a: [{ 'anything-but': 'x' }] }, { b: 'y' })).toBe(false);
  });

  test('exists looks at leaves: an object is none', () => {
    expect(matches({ a: [{ exists: true }] }, { a: { b: 1 } })).toBe(false);
    expect(matches({ a: [{ exists: false }] }, { a: { b: 1 } })).toBe(true);
    expect(matches({ a: [{ exists: false }] }, { a: null })).toBe(false);
  });

  test('$or needs one of its objects, and the fields beside it', () => {
    const pattern = { s: ['x'], $or: [{ a: [1] }, { b: [1], c: [1] }], t: ['y'] };
    expect(matches(pattern, { s: 'x', t: 'y', a: 1 })).toBe(true);
    expect(matches(pattern, { s: 'x', t: 'y', b: 1, c: 1 })).toBe(true);
    expect(matches(pattern, { s: 'x', t: 'y', b: 1 })).toBe(false);
    expect(matches(pattern, { s: 'x', t: 'z', a: 1 })).toBe(false);
  });
});

describe('errors are those of AWS', () => {
  test.each([
    [{ a: 'x' }, '"a" must be an object or an array'],
    [{ a: [] }, 'Empty arrays are not allowed'],
    [{}, 'Empty objects are not allowed'],
    ['[]', 'Filter is not an object'],
    [{ a: [['x']] }, 'Match value must be String, number, true, false, or null'],
    [{ a: [{ Prefix: 'x' }] }, 'Unrecognized match type Prefix'],
    [{ a: [{ prefix: 1 }] }, 'prefix match pattern must be a string'],
    [{ a: [{ prefix: { suffix: 'x' } }] }, 'Unsupported prefix pattern: suffix'],
    [{ a: [{ prefix: 'x', suffix: 'y' }] }, 'Only one key allowed in match expression'],
    [{ a: [{ exists: 'yes' }] }, 'exists match pattern must be either true or false.'],
    [{ a: [{ numeric: [] }] }, 'Invalid member in numeric match: ]'],
    [{ a: [{ numeric: ['!', 1] }] }, 'Unrecognized numeric range operator: !'],
    [{ a: [{ numeric: ['<', 1, '>', 0] }] }, 'Too many elements in numeric expression'],
    [{ a: [{ numeric: ['>', 5, '<', 1] }] }, 'Bottom must be less than top'],
    [{ a: [{ numeric: ['<', 6e9] }] }, 'Value must be between -5.0E9 and 5.0E9, inclusive'],
    [{ a: [{ cidr: '10.0.0.0/32' }] }, 'IPv4 mask bits must be < 32'],
    [{ a: [{ cidr: '10.0.0.300/8' }] }, 'Invalid IP address: 10.0.0.300'],
    [
      { a: [{ 'anything-but': ['x', 1] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [{ a: [{ 'anything-but': { exists: true } }] }, 'Unsupported anything-but pattern: exists'],
    [{ a: [{ wildcard: 'a\\b' }] }, 'Invalid escape character at pos 2'],
    [{ $or: [{ a: [1] }] }, 'There must have at least 2 Objects in $or relationship.'],
    [{ $or: [{ a: [1] }, { prefix: [1] }] }, 'prefix is Ruler reserved fieldName which cannot be used inside $or.'],
    [
      '{"a": [tru]}',
      "Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
    ],
  ])('%j: %s', (pattern, expected) => {
    expect(reason(pattern)).toBe(expected);
  });

  test('an error names the line and the column that the parser had reached', () => {
    const error = (pattern: string): string => {
      try {
        compileEventPattern(pattern);
      } catch (thrown) {
        return (thrown as Error).message;
      }
      return '';
    };
    expect(error('{\n "a": 7}')).toBe(
      '"a" must be an object or an array\n at [Source: (String)"{\n "a": 7}"; line: 2, column: 8]',
    );
    // Nobody looks into a string that is refused for being one: the parser still stands at its start.
    expect(error('{"a": "long"}')).toContain('column: 8]');
    expect(error('{"a": [{"wildcard": "x**"}]}')).toContain('column: 26]');
  });

  test('the complexity of wildcards grows with the places a value can be in', () => {
    const complexity = (wildcard: string): number =>
      compileEventPattern(JSON.stringify({ a: [{ wildcard }] })).complexity;
    expect(complexity('abc')).toBe(0);
    expect(complexity('a*b')).toBe(1);
    expect(complexity('*x*x*x')).toBe(3);
  });
});

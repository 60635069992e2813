import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { firstPrevious, type Happening, type HistoryLine, nextLine, verifyHistory } from './history.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const happening = (key: string): Happening => ({
  key,
  kind: 'rollout',
  subject: 'r-1',
  at: '2026-11-28T03:00:00.000Z',
  source: 'UpdateService',
  actor: 'push',
  text: `${key} happened`,
  detail: { tasks: 3, twin: 'orders-api-fargate' },
});
const chain = (...keys: string[]): HistoryLine[] => {
  const lines: HistoryLine[] = [];
  for (const key of keys) lines.push(nextLine('orders-api', lines.at(-1), happening(key), sha256));
  return lines;
};

describe('the history of a service', () => {
  it('numbers lines from 1 and chains each to the one before', () => {
    const [first, second] = chain('a', 'b');
    expect([first?.number, first?.previous]).toEqual([1, firstPrevious]);
    expect([second?.number, second?.previous]).toEqual([2, first?.hash]);
  });

  it('is whole when nothing was touched, however names are ordered in the store', () => {
    const lines = chain('a', 'b', 'c').map(
      (line) => Object.fromEntries(Object.entries(line).reverse()) as unknown as HistoryLine,
    );
    expect(verifyHistory(lines, sha256)).toMatchObject({ kind: 'whole', lines: 3, head: lines[2]?.hash });
    expect(verifyHistory([], sha256)).toMatchObject({ kind: 'whole', lines: 0, head: firstPrevious });
  });

  it('finds a changed line by its number', () => {
    const lines = chain('a', 'b', 'c');
    const forged = lines.map((line) => (line.number === 2 ? { ...line, actor: 'somebody' } : line));
    expect(verifyHistory(forged, sha256)).toEqual({
      kind: 'broken',
      number: 2,
      reason: 'line 2 was changed after it was written',
    });
  });

  it('finds a changed detail', () => {
    const lines = chain('a');
    const forged = lines.map((line) => ({ ...line, detail: { ...line.detail, tasks: 4 } }));
    expect(verifyHistory(forged, sha256)).toMatchObject({ kind: 'broken', number: 1 });
  });

  it('finds a line that was taken out', () => {
    const [first, , third] = chain('a', 'b', 'c');
    expect(verifyHistory([first, third] as HistoryLine[], sha256)).toEqual({
      kind: 'broken',
      number: 2,
      reason: 'line 2 is missing; line 3 stands in its place',
    });
  });

  it('finds a line that was put in and hashed anew', () => {
    const lines = chain('a', 'b');
    const [first] = lines;
    const forged = nextLine('orders-api', first, happening('x'), sha256);
    const after = { ...lines[1], number: 3 } as HistoryLine;
    expect(verifyHistory([first, forged, after] as HistoryLine[], sha256)).toMatchObject({ kind: 'broken', number: 3 });
  });

  it('finds a history that was written anew from the start, by a hash that was kept', () => {
    const kept = { number: 1, hash: chain('a')[0]?.hash ?? '' };
    expect(verifyHistory(chain('x', 'b'), sha256)).toMatchObject({ kind: 'whole' });
    expect(verifyHistory(chain('x', 'b'), sha256, { known: kept })).toMatchObject({ kind: 'broken', number: 1 });
    expect(verifyHistory(chain('a', 'b'), sha256, { known: kept })).toMatchObject({ kind: 'whole' });
  });

  it('finds a history whose end was cut off, by a hash that was kept', () => {
    const kept = { number: 2, hash: chain('a', 'b')[1]?.hash ?? '' };
    expect(verifyHistory(chain('a'), sha256, { known: kept })).toEqual({
      kind: 'broken',
      number: 2,
      reason: 'line 2 was seen before, and the history ends at line 1',
    });
  });

  it('finds a history whose end was cut off, by the last line that was kept beside it, and names the lines', () => {
    const lines = chain('a', 'b', 'c', 'd');
    const head = { number: 4, hash: lines[3]?.hash ?? '' };
    const reasonOf = (of: readonly HistoryLine[]): unknown => {
      const proof = verifyHistory(of, sha256, { head });
      return proof.kind === 'whole' ? 'whole' : [proof.number, proof.reason];
    };
    expect(reasonOf(lines)).toBe('whole');
    expect(reasonOf(lines.slice(0, 3))).toEqual([
      4,
      'line 4 is missing: the history went to line 4 and ends at line 3',
    ]);
    expect(reasonOf(lines.slice(0, 2))).toEqual([
      3,
      'lines 3 to 4 are missing: the history went to line 4 and ends at line 2',
    ]);
    expect(reasonOf([])).toEqual([1, 'lines 1 to 4 are missing: the history went to line 4 and has no line now']);
    // A line that was written and is not yet the one that is kept.
    expect(reasonOf([...lines, nextLine('orders-api', lines[3], happening('e'), sha256)])).toBe('whole');
    const after = nextLine('orders-api', head, happening('e'), sha256);
    expect(reasonOf([...lines.slice(0, 2), after])).toEqual([
      3,
      'lines 3 to 4 are missing; line 5 stands in their place',
    ]);
    expect(reasonOf(chain('a', 'b', 'c', 'x'))).toEqual([
      4,
      `line 4 has the hash ${chain('a', 'b', 'c', 'x')[3]?.hash}, and ${head.hash} was kept when it was written`,
    ]);
  });

  it('finds that the end of something is not told that has ended', () => {
    const ended = [
      { key: 'a', what: 'rollout r-1' },
      { key: 'c', what: 'rollout r-2' },
    ];
    expect(verifyHistory(chain('a', 'b', 'c'), sha256, { ended })).toMatchObject({ kind: 'whole' });
    expect(verifyHistory(chain('a', 'b'), sha256, { ended })).toEqual({
      kind: 'broken',
      number: 3,
      reason: 'no line tells the end of rollout r-2, and the history ends at line 2',
    });
  });

  it('finds a line that follows another one than the one before it', () => {
    const [first] = chain('a');
    const [other] = chain('x');
    const second = nextLine('orders-api', other, happening('b'), sha256);
    expect(verifyHistory([first, second] as HistoryLine[], sha256)).toEqual({
      kind: 'broken',
      number: 2,
      reason: 'line 2 does not follow the line that stands before it',
    });
  });

  it('counts its lines, and names both hashes where another one was kept', () => {
    const reasonOf = (...of: Parameters<typeof verifyHistory>): string => verifyHistory(...of).reason;
    expect(reasonOf(chain('a'), sha256)).toBe('1 line, each with the hash of the one before it');
    expect(reasonOf(chain('a', 'b'), sha256)).toBe('2 lines, each with the hash of the one before it');
    const [first] = chain('a');
    expect(reasonOf(chain('a'), sha256, { known: { number: 1, hash: 'ff' } })).toBe(
      `line 1 has the hash ${first?.hash}, and ff was seen before`,
    );
    // A kept hash of its last line is no sign of an end that was cut off.
    expect(verifyHistory(chain('a'), sha256, { known: { number: 1, hash: first?.hash ?? '' } }).kind).toBe('whole');
  });

  it('hashes equal data equally: sorted names at every depth, lists in order, without what is undefined', () => {
    const texts: string[] = [];
    nextLine(
      's',
      undefined,
      { ...happening('a'), detail: { z: [1, undefined, 'two', null], b: { d: undefined, c: null } } },
      (text) => {
        texts.push(text);
        return 'hash';
      },
    );
    expect(texts).toEqual([
      '{"actor":"push","at":"2026-11-28T03:00:00.000Z","detail":{"b":{"c":null},"z":[1,null,"two",null]},"key":"a","kind":"rollout","number":1,' +
        `"previous":"${'0'.repeat(64)}","service":"s","source":"UpdateService","subject":"r-1","text":"a happened"}`,
    ]);
  });
});

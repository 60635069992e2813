import { describe, expect, it } from 'vitest';
import { InvalidTraffic, readTraffic } from './read-traffic.ts';

const read = (...lines: readonly string[]) => readTraffic(['timestamp_s,count', ...lines].join('\n'), 'my.csv');
const reasonOf = (...lines: readonly string[]): string => {
  try {
    read(...lines);
  } catch (error) {
    if (error instanceof InvalidTraffic) return error.message.slice(0, error.message.indexOf(';'));
    throw error;
  }
  return 'accepted';
};

describe('a file of counts', () => {
  it('is bins that last until the next one begins, from 0 on', () => {
    expect(read('100,5', '160,7', '220,0').bins).toEqual([
      { startSeconds: 0, widthSeconds: 60, count: 5 },
      { startSeconds: 60, widthSeconds: 60, count: 7 },
      { startSeconds: 120, widthSeconds: 60, count: 0 },
    ]);
  });

  it('may have bins of any width', () => {
    expect(read('0,1', '0.5,2', '1,3').bins.map(({ widthSeconds }) => widthSeconds)).toEqual([0.5, 0.5, 0.5]);
    expect(read('0,1', '300,2', '500,3', '800,4').gaps).toBe(0);
  });

  it('may have gaps, which are time without traffic', () => {
    const { bins, gaps } = read('0,1', '10,2', '20,3', '60,4');
    expect(gaps).toBe(1);
    expect(bins[2]).toEqual({ startSeconds: 20, widthSeconds: 10, count: 3 });
  });

  it('may end its lines as other systems do, begin with a mark, and end with empty lines', () => {
    expect(readTraffic('\uFEFFtimestamp_s,count\r\n0,1\r\n60,2\r\n\r\n', 'my.csv').bins).toHaveLength(2);
  });

  it('names the line and the reason of what it cannot use', () => {
    expect(reasonOf('0,1', '60,-1')).toBe('my.csv, line 3: the count -1 is below 0');
    expect(reasonOf('0,1', '60,x')).toBe("my.csv, line 3: the count 'x' is not a number");
    expect(reasonOf('0,1', 'soon,2')).toBe("my.csv, line 3: the time 'soon' is not a number");
    expect(reasonOf('0,1', '60,')).toBe("my.csv, line 3: the count '' is not a number");
    expect(reasonOf('0,1', '60')).toBe("my.csv, line 3: '60' has 1 fields instead of 2");
    expect(reasonOf('0,1', '60,1,2')).toBe("my.csv, line 3: '60,1,2' has 3 fields instead of 2");
    expect(reasonOf('0,1', '60,2', '30,3')).toBe('my.csv, line 4: the time 30 comes after 60');
    expect(reasonOf('0,1', '60,2', '60,3')).toBe('my.csv, line 4: the time 60 was there on the line before');
    expect(reasonOf('0,1', '', '60,3')).toBe("my.csv, line 3: '' has 1 fields instead of 2");
    expect(reasonOf('0,1e999')).toBe("my.csv, line 2: the count '1e999' is not a number");
    expect(reasonOf('0,1')).toBe('my.csv, line 2: there are fewer than two bins, which give no width');
    expect(reasonOf('0,0', '60,0')).toBe('my.csv, line 3: no bin has a message');
  });

  it('is refused without its first line', () => {
    expect(() => readTraffic('0,1\n60,2', 'my.csv')).toThrow("my.csv, line 1: the first line is '0,1'");
    expect(() => readTraffic('', 'my.csv')).toThrow('my.csv, line 1: the file is empty');
  });
});

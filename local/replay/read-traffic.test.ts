import { describe, expect, it } from 'vitest';
import { describeTraffic, InvalidTraffic, readTraffic } from './read-traffic.ts';

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

  it('has times in seconds, of which none is later than the year 5137', () => {
    expect(read('99999999940,5', '99999999999,7').bins).toHaveLength(2);
    for (const time of ['100000000000', '-100000000000', '1732320000000'])
      expect(reasonOf(`${time},5`)).toBe(
        `my.csv, line 2: the time ${time} is too great for seconds: are these milliseconds? Then divide them by 1000`,
      );
  });

  it('is at most 93 days long, whatever its times begin with', () => {
    expect(read('100,1', '160,1', '220,1', '8035300,1').gaps).toBe(1);
    expect(reasonOf('100,1', '160,1', '220,1', '8035301,1')).toBe(
      'my.csv, line 5: the time 8035301 is more than 93 days after the first, the most that is read: are these milliseconds? Then divide them by 1000',
    );
    expect(reasonOf('0,1', '60,1', '120,1', '4000000000,1')).toContain(
      'line 5: the time 4000000000 is more than 93 days',
    );
  });

  it('is described by its bins, its length and its gaps', () => {
    expect(describeTraffic(read('0,1', '60,2', '120,3'))).toBe('3 bins of 60 s over 0.05 h');
    expect(describeTraffic(read('0,1', '0.1,2', '0.2,3'))).toBe('3 bins of 0.1 s over 0.00 h');
    expect(describeTraffic(read('0,1', '60,2', '120,3', '3660,1'))).toBe(
      '4 bins of 60 s over 1.03 h; 1 gap of 0.97 h, taken as time without traffic',
    );
    expect(describeTraffic(read('0,1', '60,2', '120,3', '3660,1', '3720,1', '7320,1'))).toContain(
      '; 2 gaps of together 1.95 h',
    );
  });

  it('is asked whether its times are milliseconds where its bins are whole thousands of seconds, but no hours', () => {
    const asks = (width: number): boolean =>
      describeTraffic(read('0,1', `${width},1`, `${2 * width},1`)).includes('milliseconds?');
    expect([1_000, 5_000, 10_000, 60_000, 300_000].map(asks)).toEqual([true, true, true, true, true]);
    expect([1, 60, 300, 900, 999, 1_001, 1_200, 1_800, 3_600, 21_600, 36_000, 86_400].some(asks)).toBe(false);
  });

  it('is refused without its first line', () => {
    expect(() => readTraffic('0,1\n60,2', 'my.csv')).toThrow("my.csv, line 1: the first line is '0,1'");
    expect(() => readTraffic('', 'my.csv')).toThrow('my.csv, line 1: the file is empty');
  });
});

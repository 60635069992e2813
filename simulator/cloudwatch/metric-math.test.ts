import { describe, expect, it } from 'vitest';
import { evaluateMath, type MathValue, type Series } from './metric-math.ts';

const visible: Series = [10, undefined, 30];
const tasks: Series = [2, 2, 0];

const evaluate = (expression: string): MathValue =>
  evaluateMath(expression, {
    length: 3,
    periodSeconds: 60,
    lookUp: (id) => (id === 'visible' ? visible : tasks),
    metrics: (contains) => (contains === 'vis' ? [visible] : [visible, tasks]),
  });

describe('metric math', () => {
  it.each<[string, MathValue]>([
    ['1 + 2 * 3 ^ 2', 19],
    ['(1 + 2) * -3', -9],
    ['visible * 2', [20, undefined, 60]],
    ['visible / tasks', [5, undefined, undefined]],
    ['visible - tasks >= 8', [1, undefined, 1]],
    ['visible > 20 OR tasks == 2', [1, undefined, 1]],
    ['FILL(visible, 0)', [10, 0, 30]],
    ['FILL(visible, REPEAT)', [10, 10, 30]],
    ['FILL(visible, tasks)', [10, 2, 30]],
    ['IF(tasks > 0, FILL(visible, 0) / tasks, 99)', [5, 0, 99]],
    ['FILL(visible, LINEAR)', [10, 20, 30]],
    ['RUNNING_SUM(visible)', [10, undefined, 40]],
    ['DIFF_TIME(visible)', [undefined, undefined, 120]],
    ['STDDEV(visible)', 10],
    ['LOG10(tasks * 50)', [2, 2, Number.NEGATIVE_INFINITY]],
    ['SUM(REMOVE_EMPTY(METRICS("vis")))', [10, undefined, 30]],
    ['IF(tasks > 0, 1)', [1, 1, undefined]],
    ['SUM(METRICS())', [12, 2, 30]],
    ['SUM([visible, tasks, 1])', [13, 3, 31]],
    ['MAX(METRICS("vis"))', [10, undefined, 30]],
    ['AVG(visible)', 20],
    ['MIN(visible) + MAX(tasks)', 12],
    ['CEIL(visible / 4)', [3, undefined, 8]],
    ['PERIOD(visible)', 60],
    ['RATE(tasks)', [undefined, 0, -2 / 60]],
  ])('%s', (expression, expected) => {
    expect(evaluate(expression)).toEqual(expected);
  });

  it('refuses what it does not know by its name', () => {
    expect(() => evaluate('SEARCH(1)')).toThrow('the function SEARCH of metric math');
    expect(() => evaluate('visible +')).toThrow("Error in expression 'visible +' [Parse error]");
  });
});

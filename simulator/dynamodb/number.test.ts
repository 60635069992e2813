import { describe, expect, it } from 'vitest';
import { addNumbers, compareNumbers, normalizeNumber } from './number.ts';

describe('numbers', () => {
  it.each([
    ['007', '7'],
    ['-0.0', '0'],
    ['1e3', '1000'],
    ['12.340', '12.34'],
    ['.5', '0.5'],
    ['-1.5E-3', '-0.0015'],
    ['100', '100'],
  ])('%s is %s', (written, normal) => {
    expect(normalizeNumber(written)).toBe(normal);
  });

  it('have up to 38 digits', () => {
    expect(normalizeNumber('1'.repeat(38))).toBe('1'.repeat(38));
    expect(() => normalizeNumber('1'.repeat(39))).toThrow('Attempting to store more than 38 significant digits');
    expect(normalizeNumber(`${'1'.repeat(38)}000`)).toBe(`${'1'.repeat(38)}000`);
  });

  it('are refused when they are none', () => {
    for (const text of ['', '.', 'x', '1x', '--1', 'NaN'])
      expect(() => normalizeNumber(text)).toThrow('The parameter cannot be converted to a numeric value');
  });

  it('add and compare exactly', () => {
    expect(addNumbers('0.1', '0.2')).toBe('0.3');
    expect(addNumbers('1e20', '-1')).toBe('99999999999999999999');
    expect(compareNumbers('9', '10')).toBeLessThan(0);
    expect(compareNumbers('-1.5', '-1.25')).toBeLessThan(0);
    expect(compareNumbers('1.0', '1')).toBe(0);
  });
});

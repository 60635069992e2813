import { expect, test } from 'vitest';
import { listenerPriorities } from './listener-priority.ts';

const priority = (patterns: readonly string[], pattern: string): number => {
  const found = listenerPriorities(patterns).get(pattern);
  if (found === undefined) throw new Error(`${pattern} has no priority`);
  return found;
};

test('the more specific path is asked first, and the catch-all last', () => {
  const patterns = ['/*', '/api/*', '/api/orders/*', '/api/orders'];
  const order = [...listenerPriorities(patterns)].sort(([, a], [, b]) => a - b).map(([pattern]) => pattern);
  expect(order).toEqual(['/api/orders', '/api/orders/*', '/api/*', '/*']);
});

test('a path that is added renumbers none of the others', () => {
  const before = priority(['/*', '/api/*'], '/api/*');
  expect(priority(['/*', '/api/*', '/admin/*', '/web/*'], '/api/*')).toBe(before);
});

test('all priorities are different and within what the load balancer takes', () => {
  const patterns = [`/${'a'.repeat(127)}`, '/*', '*', ...Array.from({ length: 100 }, (_, index) => `/p${index}/*`)];
  const priorities = [...listenerPriorities(patterns).values()];
  expect(new Set(priorities).size).toBe(patterns.length);
  expect(Math.min(...priorities)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...priorities)).toBeLessThanOrEqual(50_000);
});

test('a path that two services claim is refused', () => {
  expect(() => listenerPriorities(['/api/*', '/api/*'])).toThrow('The path /api/* is given to two services');
});

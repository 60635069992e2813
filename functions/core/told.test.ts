import { expect, it } from 'vitest';
import { sentence } from './told.ts';

it('ends a sentence with a full stop where its last character ends none, whatever stands before it', () => {
  expect(sentence('Pulled from 1.2.3.4 in vain')).toBe('Pulled from 1.2.3.4 in vain.');
  expect(sentence('Why? Nobody knows')).toBe('Why? Nobody knows.');
  for (const ended of ['It is away.', 'Away!', 'Away?']) expect(sentence(ended)).toBe(ended);
});

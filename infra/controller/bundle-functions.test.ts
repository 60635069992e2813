import { expect, test } from 'vitest';
import { BundleFailed, bundleFunctions } from './bundle-functions.ts';

test('a function that cannot be bundled is named', () => {
  const bundle = () => bundleFunctions(['no-such-function'], '/nowhere');
  expect(bundle).toThrow(BundleFailed);
  expect(bundle).toThrow('Could not resolve "functions/no-such-function/index.ts"');
});

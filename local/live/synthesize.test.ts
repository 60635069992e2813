import { expect, it } from 'vitest';
import { reasonIn } from './synthesize.ts';

it('gives the lines of our own errors as they are, without the stack', () => {
  const stderr = `file:///p/infra/controller/bundle-functions.ts:54
    throw new BundleFailed(\`The functions could not be bundled:\`);
          ^

BundleFailed: The functions could not be bundled:
  functions/move-twin/move-twin.ts:106:10: Unexpected ";"
    at bundleFunctions (file:///p/infra/controller/bundle-functions.ts:54:11) {
  [cause]: Error: Build failed with 1 error:
}

Node.js v24.21.0
`;
  expect(reasonIn(stderr)).toBe(
    'The functions could not be bundled:\n  functions/move-twin/move-twin.ts:106:10: Unexpected ";"',
  );
});

it('says beside any other error what could not be done', () => {
  const stderr = `undefined:28
      "Resourc: 3
      ^

SyntaxError: Expected ':' after property name in JSON at position 1153
    at JSON.parse (<anonymous>)
`;
  expect(reasonIn(stderr)).toBe(
    "The templates could not be made: Expected ':' after property name in JSON at position 1153",
  );
});

it('says in one sentence that the disk is full, however many files it was full for', () => {
  expect(reasonIn('BundleFailed: x\n  write a: no space left on device\n  write b: no space left on device\n')).toBe(
    'The functions could not be bundled: no space is left for the folder .spillway.',
  );
});

it('admits that no reason was given', () => {
  expect(reasonIn('')).toBe('The templates could not be made, and the synthesis gave no reason.');
});

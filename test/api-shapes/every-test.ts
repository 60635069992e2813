import { afterAll, afterEach, expect } from 'vitest';
import { checkEveryCall, takeViolations } from './checked-calls.ts';

// Runs before each test file (vitest.config.ts): whatever a test asks of the simulator, the answers have AWS's shapes.
checkEveryCall();

// The workload's web framework puts its own in their place, and the next file of this process begins with the platform's.
const { Request, Response } = globalThis;
afterAll(() => {
  Object.defineProperty(globalThis, 'Request', { value: Request });
  Object.defineProperty(globalThis, 'Response', { value: Response });
});

afterEach(() => {
  expect(
    takeViolations(),
    "Answers of the simulator differ from the SDK's schemas; mend the action that is named.",
  ).toEqual([]);
});

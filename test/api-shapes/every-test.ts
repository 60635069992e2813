import { afterEach, expect } from 'vitest';
import { checkEveryCall, takeViolations } from './checked-calls.ts';

// Runs before each test file (vitest.config.ts): whatever a test asks of the simulator, the answers have AWS's shapes.
checkEveryCall();

afterEach(() => {
  expect(
    takeViolations(),
    "Answers of the simulator differ from the SDK's schemas; mend the action that is named.",
  ).toEqual([]);
});

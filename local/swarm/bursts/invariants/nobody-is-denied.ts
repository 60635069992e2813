import type { BurstInvariant } from '../invariant.ts';

export const nobodyIsDenied = (): BurstInvariant => ({
  rule: 'IAM denies nothing that the controller and the workers do',
  atRest: (facts) => facts.denials(),
});

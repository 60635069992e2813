import type { Denial } from '../../simulator/iam/denials.ts';

/**
 * What IAM has denied since `before`. While stacks are created a rule is there a moment before the permission that names
 * it: events in between are denied, on AWS too, and nobody waits for them yet.
 */
export const deniedSince = (before: readonly Denial[], now: readonly Denial[]): readonly Denial[] =>
  now.filter(({ who, action, resource, reason, count }) => {
    const known = before.find(
      (each) => each.who === who && each.action === action && each.resource === resource && each.reason === reason,
    );
    return count > (known?.count ?? 0);
  });

import { createHash } from 'node:crypto';

/**
 * Priorities of listener rules for path patterns: 1 to 50,000, the lowest number is asked first. The more literal
 * characters a pattern starts with, the earlier it is asked, so that a catch-all such as `/*` comes last.
 *
 * A priority depends on its own pattern alone and not on its place in a list: numbering would shift every later rule
 * when a path is added, and a shifted rule takes a number that another still holds (`PriorityInUse`).
 * @throws when a pattern is given twice.
 */
export const listenerPriorities = (patterns: readonly string[]): ReadonlyMap<string, number> => {
  const priorities = new Map<string, number>();
  const taken = new Set<number>();
  for (const pattern of [...patterns].sort()) {
    if (priorities.has(pattern)) throw new Error(`The path ${pattern} is given to two services`);
    const literal = pattern.search(/[*?]/);
    // A pattern has at most 128 characters; one without a wildcard comes before all that have one.
    const characters = literal === -1 ? 129 : Math.min(literal, 128);
    const block = (129 - characters) * 300 + 1;
    let within = createHash('sha256').update(pattern).digest().readUInt32BE(0) % 300;
    while (taken.has(block + within)) within = (within + 1) % 300;
    taken.add(block + within);
    priorities.set(pattern, block + within);
  }
  return priorities;
};

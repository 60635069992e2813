/**
 * IAM's two wildcards: `*` for any characters, `?` for exactly one. A pattern without wildcards is compared as it is,
 * which is what most statements hold, so no regular expression is made for it.
 */
export type Matches = (value: string) => boolean;

const compiled = new Map<string, Matches>();

/** Policies repeat the same patterns thousands of times; the cache is emptied before it could grow without end. */
const cacheLimit = 5_000;

export const matcher = (pattern: string, options: { readonly ignoreCase?: boolean } = {}): Matches => {
  const ignoreCase = options.ignoreCase ?? false;
  const key = `${ignoreCase ? 'i' : 's'}${pattern}`;
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= cacheLimit) compiled.clear();
  const made = compile(pattern, ignoreCase);
  compiled.set(key, made);
  return made;
};

const compile = (pattern: string, ignoreCase: boolean): Matches => {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) {
    if (!ignoreCase) return (value) => value === pattern;
    const folded = pattern.toLowerCase();
    return (value) => value.toLowerCase() === folded;
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
  return (value) => expression.test(value);
};

/** The six parts of an ARN; the last keeps its own colons. */
export const arnParts = (arn: string): readonly string[] => {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/**
 * Compares an ARN with a pattern part by part, so that a wildcard in one part never reaches into the next
 * (IAM user guide, reference_policies_elements_resource). A pattern with fewer than six parts is completed with `*`.
 */
export const arnMatcher = (pattern: string): Matches => {
  if (pattern === '*') return () => true;
  const patterns = arnParts(pattern);
  const parts = Array.from({ length: 6 }, (_, index) => matcher(patterns[index] ?? '*'));
  return (value) => {
    const values = arnParts(value);
    return values.length === 6 && parts.every((matches, index) => matches(values[index] as string));
  };
};

/** What conditions and policy variables can ask about a request. Most statements ask nothing, so values are made on demand. */
export interface RequestContext {
  /** The values of a condition key, given in lower case; undefined when the request has no such key. */
  readonly get: (lowerKey: string) => readonly string[] | undefined;
}

const variable = /\$\{([^}]*)\}/g;

export const hasVariables = (text: string): boolean => text.includes('${');

/**
 * Puts the request's values in the place of `${aws:username}` and its like. `${*}`, `${?}` and `${$}` stand for the
 * characters themselves, and `${key, 'text'}` has a default.
 * @returns undefined when a variable has no value or more than one: such a statement does not apply (IAM user guide,
 * reference_policies_variables).
 */
export const resolveVariables = (text: string, context: RequestContext): string | undefined => {
  let missing = false;
  const resolved = text.replace(variable, (_, inner: string) => {
    if (inner === '*' || inner === '?' || inner === '$') return inner;
    const [, key = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'(.*)')?\s*$/.exec(inner) ?? [];
    const values = context.get(key.toLowerCase());
    if (values?.length === 1) return values[0] as string;
    if (fallback !== undefined && !values) return fallback;
    missing = true;
    return '';
  });
  return missing ? undefined : resolved;
};

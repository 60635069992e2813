import type { RuleCondition as ApiCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { notModelled } from '../cloud/aws-error.ts';
import { elbErrors } from './errors.ts';

/** One condition of a rule: it holds when one of its values matches. */
export type RuleCondition =
  | { readonly field: 'path-pattern' | 'host-header' | 'http-request-method'; readonly values: readonly string[] }
  | { readonly field: 'http-header'; readonly header: string; readonly values: readonly string[] };

/** Reads the conditions of a request. @throws AwsError */
export const readConditions = (conditions: readonly ApiCondition[] | undefined): readonly RuleCondition[] => {
  if (!conditions || conditions.length === 0) throw elbErrors.validation('A condition must be specified');
  return conditions.map(readCondition);
};

const readCondition = (condition: ApiCondition): RuleCondition => {
  const { Field } = condition;
  if (
    condition.RegexValues?.length ||
    condition.PathPatternConfig?.RegexValues?.length ||
    condition.HostHeaderConfig?.RegexValues?.length ||
    condition.HttpHeaderConfig?.RegexValues?.length
  )
    throw notModelled('regular expressions in conditions of listener rules');
  switch (Field) {
    case 'path-pattern':
      return { field: Field, values: present(condition.PathPatternConfig?.Values ?? condition.Values) };
    case 'host-header':
      return { field: Field, values: present(condition.HostHeaderConfig?.Values ?? condition.Values) };
    case 'http-request-method':
      return { field: Field, values: present(condition.HttpRequestMethodConfig?.Values ?? condition.Values) };
    case 'http-header': {
      const header = condition.HttpHeaderConfig?.HttpHeaderName;
      if (!header) throw elbErrors.validation('A condition on a header must name the header');
      return { field: Field, header, values: present(condition.HttpHeaderConfig?.Values) };
    }
    case 'query-string':
    case 'source-ip':
      throw notModelled(`the condition ${Field} of listener rules`);
    default:
      throw elbErrors.validation(
        `Condition field '${Field}' must be one of '[path-pattern,host-header,http-header,http-request-method,query-string,source-ip]'`,
      );
  }
};

const present = (values: readonly string[] | undefined): readonly string[] => {
  if (!values || values.length === 0) throw elbErrors.validation('A condition value must be specified');
  return [...values];
};

/** As DescribeRules answers it: path and host in the older member as well. */
export const describeCondition = (condition: RuleCondition): ApiCondition => {
  const values = [...condition.values];
  switch (condition.field) {
    case 'path-pattern':
      return { Field: condition.field, Values: values, PathPatternConfig: { Values: [...values] } };
    case 'host-header':
      return { Field: condition.field, Values: values, HostHeaderConfig: { Values: [...values] } };
    case 'http-request-method':
      return { Field: condition.field, HttpRequestMethodConfig: { Values: values } };
    case 'http-header':
      return { Field: condition.field, HttpHeaderConfig: { HttpHeaderName: condition.header, Values: values } };
  }
};

/** What of a request the conditions look at. */
export interface Examined {
  readonly method: string;
  /** Without the query, percent signs as they came. */
  readonly path: string;
  /** Without the port. */
  readonly host: string;
  readonly headers: Headers;
}

/** Paths and methods are compared with their case, hosts and header values without (load-balancer-listeners). */
export const holds = (condition: RuleCondition, request: Examined): boolean => {
  const { values } = condition;
  switch (condition.field) {
    case 'path-pattern':
      return values.some((value) => matches(value, request.path, false));
    case 'host-header':
      return values.some((value) => matches(value, request.host, true));
    case 'http-request-method':
      return values.includes(request.method);
    case 'http-header': {
      const found = request.headers.get(condition.header);
      return found !== null && values.some((value) => matches(value, found, true));
    }
  }
};

const matches = (pattern: string, text: string, ignoreCase: boolean): boolean => {
  const known = expressions.get(pattern) ?? compile(pattern);
  return (ignoreCase ? known.anyCase : known.exact).test(text);
};

interface Expressions {
  readonly exact: RegExp;
  readonly anyCase: RegExp;
}

/** Every request is compared with the same few patterns; the cache is emptied before it could grow without end. */
const expressions = new Map<string, Expressions>();
const expressionsKept = 1_000;

/** `*` stands for any characters, `?` for exactly one. */
const compile = (pattern: string): Expressions => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  const compiled = { exact: new RegExp(`^${source}$`, 's'), anyCase: new RegExp(`^${source}$`, 'is') };
  if (expressions.size >= expressionsKept) expressions.clear();
  expressions.set(pattern, compiled);
  return compiled;
};

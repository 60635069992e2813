import { notModelled } from '../cloud/aws-error.ts';
import { invalidParameter } from './errors.ts';

export type Matches = (message: string) => boolean;

/**
 * Reads a filter pattern (CloudWatch Logs, FilterAndPatternSyntax): terms, quoted phrases, `-excluded` and `?optional`
 * ones, or conditions on the fields of JSON lines in braces.
 * @throws AwsError for a malformed pattern, `NotModelledException` for space-delimited and regular-expression patterns
 */
export const readFilterPattern = (pattern: string): Matches => {
  const text = pattern.trim();
  if (text.startsWith('[')) throw notModelled('space-delimited filter patterns of logs');
  if (text.includes('%')) throw notModelled('regular expressions in filter patterns of logs');
  return text.startsWith('{') ? readJsonPattern(text) : readTerms(text);
};

const readTerms = (text: string): Matches => {
  const terms = [...text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, sign, quoted, word]) => ({
    sign,
    text: quoted?.replace(/\\(.)/g, '$1') ?? (word as string),
  }));
  const required = terms.filter(({ sign }) => sign === '');
  const excluded = terms.filter(({ sign }) => sign === '-');
  const optional = terms.filter(({ sign }) => sign === '?');
  return (message) =>
    required.every((term) => message.includes(term.text)) &&
    !excluded.some((term) => message.includes(term.text)) &&
    (optional.length === 0 || required.length > 0 || optional.some((term) => message.includes(term.text)));
};

type FieldTest = (line: unknown) => boolean;

const tokenShape = /\s*(?:(\$[\w.[\]-]*)|"((?:[^"\\]|\\.)*)"|(&&|\|\||!=|<=|>=|[=<>(){}])|([^\s()={}<>!&|]+))/y;

const readJsonPattern = (pattern: string): Matches => {
  const tokens: { readonly kind: 'field' | 'symbol' | 'text' | 'word'; readonly text: string }[] = [];
  const fail = (): Error => invalidParameter('Invalid filter pattern');
  for (let at = 0; pattern.slice(at).trim() !== ''; at = tokenShape.lastIndex) {
    tokenShape.lastIndex = at;
    const match = tokenShape.exec(pattern);
    if (!match) throw fail();
    const [, field, text, symbol, word] = match;
    if (field !== undefined) tokens.push({ kind: 'field', text: field });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else tokens.push({ kind: 'text', text: (text as string).replace(/\\(.)/g, '$1') });
  }
  let position = 0;
  const take = (text: string): boolean => {
    const token = tokens[position];
    if (token?.kind === 'text' || token?.text !== text) return false;
    position += 1;
    return true;
  };
  const either = (): FieldTest => {
    let left = both();
    while (take('||')) {
      const [first, second] = [left, both()];
      left = (line) => first(line) || second(line);
    }
    return left;
  };
  const both = (): FieldTest => {
    let left = one();
    while (take('&&')) {
      const [first, second] = [left, one()];
      left = (line) => first(line) && second(line);
    }
    return left;
  };
  const one = (): FieldTest => {
    if (take('(')) {
      const inner = either();
      if (!take(')')) throw fail();
      return inner;
    }
    const field = tokens[position++];
    if (field?.kind !== 'field') throw fail();
    const path = field.text
      .slice(1)
      .split(/[.[\]]/)
      .filter((part) => part !== '');
    if (take('IS')) {
      const expected = { NULL: null, TRUE: true, FALSE: false }[tokens[position++]?.text ?? ''];
      if (expected === undefined) throw fail();
      return (line) => valueAt(line, path) === expected;
    }
    if (take('NOT')) {
      if (!take('EXISTS')) throw fail();
      return (line) => valueAt(line, path) === undefined;
    }
    const operator = tokens[position++];
    const operand = tokens[position++];
    if (operator?.kind !== 'symbol' || !operand || operand.kind === 'symbol' || operand.kind === 'field') throw fail();
    return (line) => compares(valueAt(line, path), operator.text, operand.text);
  };
  if (!take('{')) throw fail();
  const test = either();
  if (!take('}') || position < tokens.length) throw fail();
  return (message) => {
    try {
      return test(JSON.parse(message));
    } catch {
      return false;
    }
  };
};

const valueAt = (line: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined),
    line,
  );

const compares = (value: unknown, operator: string, operand: string): boolean => {
  if (value === undefined || value === null || typeof value === 'object') return false;
  if (operator === '=' || operator === '!=') {
    const same = typeof value === 'number' ? value === Number(operand) : wildcard(operand).test(String(value));
    return same === (operator === '=');
  }
  const [left, right] = [Number(value), Number(operand)];
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
};

const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );

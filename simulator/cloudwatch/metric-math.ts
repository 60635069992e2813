import { notModelled } from '../cloud/aws-error.ts';
import { validation } from './errors.ts';

/** One value for each period of a range; undefined where there is none. */
export type Series = readonly (number | undefined)[];

export type MathValue = number | Series | readonly Series[];

/** What an expression can see. */
export interface MathScope {
  /** How many periods the range has. */
  readonly length: number;
  readonly periodSeconds: number;
  /** The value of another query. @throws AwsError where there is none with that id */
  readonly lookUp: (id: string) => MathValue;
  /** The series of all queries that are metrics, in order, whose ids contain the text. */
  readonly metrics: (contains: string) => readonly Series[];
}

type Node =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'negate'; readonly operand: Node }
  | { readonly kind: 'operation'; readonly operator: string; readonly left: Node; readonly right: Node };

const tokenShape =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|"([^"]*)"|'([^']*)'|(<=|>=|==|!=|&&|\|\||[-+*/^<>(),[\]]))/y;

/** Binary operators from the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
  ['^'],
];

/**
 * The metric math of alarms and of GetMetricData (CloudWatch, using-metric-math), as far as functions are listed below.
 * @throws AwsError for a malformed expression, `NotModelledException` for a function that is not here
 */
export const evaluateMath = (expression: string, scope: MathScope): MathValue => evaluate(parse(expression), scope);

/** A result as a series: a single number stands for itself in every period. */
export const asSeries = (value: MathValue, length: number): Series => {
  if (typeof value === 'number') return new Array<number>(length).fill(value);
  if (isList(value)) throw validation('The expression must give one time series, not a list of them.');
  return value;
};

/** Parsed once: an alarm evaluates the same text every minute. */
const parsed = new Map<string, Node>();

const parse = (expression: string): Node => {
  const known = parsed.get(expression);
  if (known) return known;
  const node = parseExpression(expression);
  parsed.set(expression, node);
  return node;
};

const parseExpression = (expression: string): Node => {
  const tokens: { readonly text: string; readonly kind: 'number' | 'word' | 'text' | 'symbol' }[] = [];
  const fail = (): Error => validation(`Error in expression '${expression}' [Parse error]`);
  for (let at = 0; expression.slice(at).trim() !== ''; at = tokenShape.lastIndex) {
    tokenShape.lastIndex = at;
    const match = tokenShape.exec(expression);
    if (!match) throw fail();
    const [, number, word, double, single, symbol] = match;
    if (number !== undefined) tokens.push({ text: number, kind: 'number' });
    else if (word !== undefined) tokens.push({ text: word, kind: 'word' });
    else if (symbol !== undefined) tokens.push({ text: symbol, kind: 'symbol' });
    else tokens.push({ text: (double ?? single) as string, kind: 'text' });
  }
  let position = 0;
  const take = (text: string): boolean => {
    const token = tokens[position];
    if (!token || token.kind === 'text' || token.text !== text) return false;
    position += 1;
    return true;
  };
  const expect = (text: string): void => {
    if (!take(text)) throw fail();
  };
  const listUntil = (end: string): Node[] => {
    const items: Node[] = [];
    if (take(end)) return items;
    do items.push(binary(0));
    while (take(','));
    expect(end);
    return items;
  };
  const binary = (level: number): Node => {
    const operators = levels[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (;;) {
      const operator = operators.find(take);
      if (!operator) return left;
      left = { kind: 'operation', operator, left, right: binary(level + 1) };
    }
  };
  const unary = (): Node => (take('-') ? { kind: 'negate', operand: unary() } : primary());
  const primary = (): Node => {
    if (take('(')) {
      const node = binary(0);
      expect(')');
      return node;
    }
    if (take('[')) return { kind: 'list', items: listUntil(']') };
    const token = tokens[position];
    position += 1;
    if (token?.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token?.kind === 'text') return { kind: 'text', value: token.text };
    if (token?.kind !== 'word') throw fail();
    return take('(') ? { kind: 'call', name: token.text, args: listUntil(')') } : { kind: 'id', id: token.text };
  };
  const node = binary(0);
  if (position < tokens.length) throw fail();
  return node;
};

const isList = (value: MathValue): value is readonly Series[] => Array.isArray(value) && Array.isArray(value[0]);

const evaluate = (node: Node, scope: MathScope): MathValue => {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'text':
      throw validation('A text can only be an argument of METRICS.');
    case 'id':
      return scope.lookUp(node.id);
    case 'list':
      return node.items.map((item) => asSeries(evaluate(item, scope), scope.length));
    case 'negate':
      return each(evaluate(node.operand, scope), (value) => -value);
    case 'operation':
      return combine(evaluate(node.left, scope), evaluate(node.right, scope), operation(node.operator));
    case 'call':
      return call(node.name, node.args, scope);
  }
};

const operation = (operator: string): ((a: number, b: number) => number | undefined) => {
  switch (operator) {
    case '+':
      return (a, b) => a + b;
    case '-':
      return (a, b) => a - b;
    case '*':
      return (a, b) => a * b;
    // A division by zero has no value, so the period counts as missing.
    case '/':
      return (a, b) => (b === 0 ? undefined : a / b);
    case '^':
      return (a, b) => a ** b;
    case '<':
      return (a, b) => (a < b ? 1 : 0);
    case '<=':
      return (a, b) => (a <= b ? 1 : 0);
    case '>':
      return (a, b) => (a > b ? 1 : 0);
    case '>=':
      return (a, b) => (a >= b ? 1 : 0);
    case '==':
      return (a, b) => (a === b ? 1 : 0);
    case '!=':
      return (a, b) => (a !== b ? 1 : 0);
    case '&&':
    case 'AND':
      return (a, b) => (a !== 0 && b !== 0 ? 1 : 0);
    default:
      return (a, b) => (a !== 0 || b !== 0 ? 1 : 0);
  }
};

const call = (name: string, args: readonly Node[], scope: MathScope): MathValue => {
  const argument = (index: number): MathValue => {
    const node = args[index];
    if (!node) throw validation(`The function ${name} needs more arguments.`);
    return evaluate(node, scope);
  };
  switch (name) {
    case 'METRICS': {
      const [filter] = args;
      if (filter && filter.kind !== 'text') throw validation('The argument of METRICS must be a text.');
      return scope.metrics(filter?.value ?? '');
    }
    case 'SUM':
      return reduce(argument(0), scope, (values) => values.reduce((sum, value) => sum + value, 0));
    case 'AVG':
      return reduce(argument(0), scope, (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
    case 'MIN':
      return reduce(argument(0), scope, (values) => Math.min(...values));
    case 'MAX':
      return reduce(argument(0), scope, (values) => Math.max(...values));
    case 'DATAPOINT_COUNT':
      return reduce(argument(0), scope, (values) => values.length);
    case 'ABS':
      return each(argument(0), Math.abs);
    case 'CEIL':
      return each(argument(0), Math.ceil);
    case 'FLOOR':
      return each(argument(0), Math.floor);
    case 'LOG':
      return each(argument(0), Math.log);
    case 'LOG10':
      return each(argument(0), Math.log10);
    case 'STDDEV':
      return reduce(argument(0), scope, deviation);
    case 'RUNNING_SUM':
      return runningSum(asSeries(argument(0), scope.length));
    case 'DIFF_TIME':
      return timeDifferences(asSeries(argument(0), scope.length), scope);
    case 'REMOVE_EMPTY': {
      const value = argument(0);
      return isList(value) ? value.filter((series) => series.some((element) => element !== undefined)) : value;
    }
    case 'FILL':
      return fill(argument(0), args[1], scope);
    case 'IF':
      return choose(argument(0), argument(1), args[2] ? argument(2) : undefined, scope);
    case 'PERIOD':
      return scope.periodSeconds;
    case 'TIME_SERIES':
      return asSeries(argument(0), scope.length);
    case 'DIFF':
      return differences(argument(0), scope, 1);
    case 'RATE':
      return differences(argument(0), scope, scope.periodSeconds);
    case 'FIRST':
      return asSeries(argument(0), scope.length).find((value) => value !== undefined) ?? Number.NaN;
    case 'LAST':
      return asSeries(argument(0), scope.length).findLast((value) => value !== undefined) ?? Number.NaN;
    default:
      throw notModelled(`the function ${name} of metric math`);
  }
};

/** Of the whole population. */
const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

const runningSum = (series: Series): Series => {
  let sum = 0;
  return series.map((element) => {
    if (element === undefined) return undefined;
    sum += element;
    return sum;
  });
};

/** The seconds between each value and the one before it. */
const timeDifferences = (series: Series, scope: MathScope): Series => {
  let before: number | undefined;
  return series.map((element, index) => {
    if (element === undefined) return undefined;
    const periods = before === undefined ? undefined : index - before;
    before = index;
    return periods === undefined ? undefined : periods * scope.periodSeconds;
  });
};

/** Each gap filled along the line between the values around it; what lies outside of all values stays missing. */
const interpolated = (series: Series): Series =>
  series.map((element, index) => {
    if (element !== undefined) return element;
    const from = series.slice(0, index).findLastIndex((value) => value !== undefined);
    const to = series.findIndex((value, at) => at > index && value !== undefined);
    if (from < 0 || to < 0) return undefined;
    const [low, high] = [series[from] as number, series[to] as number];
    return low + ((high - low) * (index - from)) / (to - from);
  });

const each = (value: MathValue, change: (value: number) => number): MathValue => {
  if (typeof value === 'number') return change(value);
  if (isList(value)) return value.map((series) => each(series, change) as Series);
  return value.map((element) => (element === undefined ? undefined : change(element)));
};

const combine = (left: MathValue, right: MathValue, join: (a: number, b: number) => number | undefined): MathValue => {
  if (typeof left === 'number' && typeof right === 'number') return join(left, right) ?? Number.NaN;
  if (isList(left)) return left.map((series) => combine(series, right, join) as Series);
  if (isList(right)) return right.map((series) => combine(left, series, join) as Series);
  const length = typeof left === 'number' ? (right as Series).length : left.length;
  const [a, b] = [asSeries(left, length), asSeries(right, length)];
  return a.map((value, index) => {
    const other = b[index];
    return value === undefined || other === undefined ? undefined : join(value, other);
  });
};

/** Over a list of series: one series, period by period. Over one series: one number. Missing values do not count. */
const reduce = (value: MathValue, scope: MathScope, fold: (values: readonly number[]) => number): MathValue => {
  if (typeof value === 'number') return value;
  const present = (values: Series): readonly number[] => values.filter((element) => element !== undefined);
  if (!isList(value)) {
    const values = present(value);
    return values.length > 0 ? fold(values) : Number.NaN;
  }
  return Array.from({ length: scope.length }, (_, index) => {
    const values = present(value.map((series) => series[index]));
    return values.length > 0 ? fold(values) : undefined;
  });
};

const fill = (value: MathValue, filler: Node | undefined, scope: MathScope): MathValue => {
  if (isList(value)) return value.map((series) => fill(series, filler, scope) as Series);
  if (!filler) throw validation('The function FILL needs more arguments.');
  const series = asSeries(value, scope.length);
  if (filler.kind === 'id' && filler.id === 'LINEAR') return interpolated(series);
  if (filler.kind === 'id' && filler.id === 'REPEAT') {
    let last: number | undefined;
    return series.map((element) => {
      last = element ?? last;
      return last;
    });
  }
  const fillers = asSeries(evaluate(filler, scope), scope.length);
  return series.map((element, index) => element ?? fillers[index]);
};

const choose = (condition: MathValue, yes: MathValue, no: MathValue | undefined, scope: MathScope): MathValue => {
  const [when, then] = [asSeries(condition, scope.length), asSeries(yes, scope.length)];
  const otherwise = no === undefined ? undefined : asSeries(no, scope.length);
  return when.map((value, index) => (value === undefined ? undefined : value !== 0 ? then[index] : otherwise?.[index]));
};

const differences = (value: MathValue, scope: MathScope, divisor: number): Series => {
  const series = asSeries(value, scope.length);
  return series.map((element, index) => {
    const before = series[index - 1];
    return element === undefined || before === undefined ? undefined : (element - before) / divisor;
  });
};

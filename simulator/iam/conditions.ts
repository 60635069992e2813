import { AwsError } from '../cloud/aws-error.ts';
import { hasVariables, type RequestContext, resolveVariables } from './policy-variables.ts';
import { arnMatcher, matcher } from './wildcard.ts';

/** One line of a Condition block: one operator, one key, its values. All lines of a statement must hold. */
export interface Condition {
  readonly text: string;
  readonly holds: (context: RequestContext) => boolean;
}

type Compare = (requestValue: string, policyValue: string) => boolean;

interface Operator {
  readonly compare: Compare;
  /** Negated operators hold when the key is absent, and only when no value matches. */
  readonly negated?: boolean;
}

const compareNumbers =
  (test: (a: number, b: number) => boolean): Compare =>
  (a, b) => {
    const left = Number(a);
    const right = Number(b);
    return !Number.isNaN(left) && !Number.isNaN(right) && test(left, right);
  };

/** Dates come as ISO 8601 or as epoch seconds. */
const instant = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

const compareDates =
  (test: (a: number, b: number) => boolean): Compare =>
  (a, b) => {
    const left = instant(a);
    const right = instant(b);
    return !Number.isNaN(left) && !Number.isNaN(right) && test(left, right);
  };

const ipv4 = (text: string): number | undefined => {
  const parts = text.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
};

const inNetwork: Compare = (address, network) => {
  const [base = '', length = '32'] = network.split('/');
  const left = ipv4(address);
  const right = ipv4(base);
  if (left === undefined || right === undefined) return address === network;
  const size = 2 ** (32 - Number(length));
  return Math.floor(left / size) === Math.floor(right / size);
};

const equals: Compare = (a, b) => a === b;
const equalsIgnoringCase: Compare = (a, b) => a.toLowerCase() === b.toLowerCase();
const like: Compare = (a, b) => matcher(b)(a);
const arnLike: Compare = (a, b) => arnMatcher(b)(a);

/** IAM user guide, reference_policies_elements_condition_operators. */
const operators: Readonly<Record<string, Operator>> = {
  stringequals: { compare: equals },
  stringnotequals: { compare: equals, negated: true },
  stringequalsignorecase: { compare: equalsIgnoringCase },
  stringnotequalsignorecase: { compare: equalsIgnoringCase, negated: true },
  stringlike: { compare: like },
  stringnotlike: { compare: like, negated: true },
  arnequals: { compare: arnLike },
  arnlike: { compare: arnLike },
  arnnotequals: { compare: arnLike, negated: true },
  arnnotlike: { compare: arnLike, negated: true },
  numericequals: { compare: compareNumbers((a, b) => a === b) },
  numericnotequals: { compare: compareNumbers((a, b) => a === b), negated: true },
  numericlessthan: { compare: compareNumbers((a, b) => a < b) },
  numericlessthanequals: { compare: compareNumbers((a, b) => a <= b) },
  numericgreaterthan: { compare: compareNumbers((a, b) => a > b) },
  numericgreaterthanequals: { compare: compareNumbers((a, b) => a >= b) },
  dateequals: { compare: compareDates((a, b) => a === b) },
  datenotequals: { compare: compareDates((a, b) => a === b), negated: true },
  datelessthan: { compare: compareDates((a, b) => a < b) },
  datelessthanequals: { compare: compareDates((a, b) => a <= b) },
  dategreaterthan: { compare: compareDates((a, b) => a > b) },
  dategreaterthanequals: { compare: compareDates((a, b) => a >= b) },
  bool: { compare: equalsIgnoringCase },
  binaryequals: { compare: equals },
  ipaddress: { compare: inNetwork },
  notipaddress: { compare: inNetwork, negated: true },
};

const asValues = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]).map(String);

/** @throws AwsError `MalformedPolicyDocument` for an operator that IAM does not know. */
export const compileConditions = (block: unknown): readonly Condition[] => {
  if (block === undefined) return [];
  if (block === null || typeof block !== 'object' || Array.isArray(block)) {
    throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.');
  }
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as Record<string, unknown>).map(([key, value]) =>
      compileCondition(operator, key, asValues(value)),
    ),
  );
};

const compileCondition = (operatorText: string, key: string, policyValues: readonly string[]): Condition => {
  const [, quantifier, name = '', ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/i.exec(operatorText) ?? [];
  const lowerKey = key.toLowerCase();
  const text = `${operatorText} ${key} ${policyValues.join(' or ')}`;
  if (name.toLowerCase() === 'null') {
    const mustBeAbsent = policyValues[0]?.toLowerCase() === 'true';
    return { text, holds: (context) => !context.get(lowerKey)?.length === mustBeAbsent };
  }
  const operator = operators[name.toLowerCase()];
  if (!operator) throw new AwsError('MalformedPolicyDocument', `Invalid Condition type : ${operatorText}.`);
  const matchesOne = (requestValue: string, context: RequestContext): boolean =>
    policyValues.some((policyValue) => {
      const resolved = hasVariables(policyValue) ? resolveVariables(policyValue, context) : policyValue;
      return resolved !== undefined && operator.compare(requestValue, resolved);
    });
  const holdsFor = (requestValue: string, context: RequestContext): boolean =>
    matchesOne(requestValue, context) !== (operator.negated ?? false);
  return {
    text,
    holds: (context) => {
      const requestValues = context.get(lowerKey);
      // An empty set satisfies ForAllValues and never satisfies ForAnyValue.
      if (quantifier?.toLowerCase() === 'forallvalues')
        return (requestValues ?? []).every((value) => holdsFor(value, context));
      if (quantifier?.toLowerCase() === 'foranyvalue')
        return (requestValues ?? []).some((value) => holdsFor(value, context)) || (!requestValues && !!ifExists);
      if (!requestValues?.length) return ifExists !== undefined || (operator.negated ?? false);
      return operator.negated
        ? requestValues.every((value) => holdsFor(value, context))
        : requestValues.some((value) => holdsFor(value, context));
    },
  };
};

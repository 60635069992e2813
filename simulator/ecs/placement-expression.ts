import { AwsError, notModelled } from '../cloud/aws-error.ts';

/**
 * The cluster query language as far as it picks machines: comparisons of subjects, joined by `and`, `or`, `not` and
 * parentheses (DG:cluster-query-language).
 *
 * @param subjectValue What a subject (`attribute:site`, `agentConnected`) is; undefined where there is none.
 * @throws AwsError `InvalidParameterException` for an expression that cannot be read.
 */
export const matchesExpression = (
  expression: string,
  subjectValue: (subject: string) => string | undefined,
): boolean => {
  const tokens = expression.match(/\(|\)|\[|\]|,|==|!=|=~|>=|<=|>|<|&&|\|\||!|[^\s()[\],=!<>&|~]+/g) ?? [];
  let next = 0;
  const refuse = (): never => {
    throw new AwsError('InvalidParameterException', `Invalid placement constraint expression: ${expression}`);
  };
  const take = (expected?: string): string => {
    const token = tokens[next];
    if (token === undefined || (expected !== undefined && token !== expected)) return refuse();
    next += 1;
    return token;
  };
  const list = (): readonly string[] => {
    take('[');
    const values: string[] = [take()];
    while (tokens[next] === ',') {
      take(',');
      values.push(take());
    }
    take(']');
    return values;
  };
  const comparison = (): boolean => {
    const value = subjectValue(take());
    const operator = take();
    switch (operator) {
      case '==':
      case 'equals':
        return value === take();
      case '!=':
      case 'not_equals':
        return value !== take();
      case '>':
      case 'greater_than':
        return Number(value) > Number(take());
      case '>=':
      case 'greater_than_equal':
        return Number(value) >= Number(take());
      case '<':
      case 'less_than':
        return Number(value) < Number(take());
      case '<=':
      case 'less_than_equal':
        return Number(value) <= Number(take());
      case 'exists':
        return value !== undefined;
      case '!exists':
      case 'not_exists':
        return value === undefined;
      case 'in':
        return list().includes(value ?? '');
      case 'not_in':
        return !list().includes(value ?? '');
      case '!': {
        const negated = take();
        if (negated === 'exists') return value === undefined;
        if (negated === 'in') return !list().includes(value ?? '');
        return refuse();
      }
      default:
        throw notModelled(`the operator '${operator}' in a placement constraint`);
    }
  };
  const unit = (): boolean => {
    if (tokens[next] === '(') {
      take('(');
      const inner = disjunction();
      take(')');
      return inner;
    }
    if (tokens[next] === 'not' || tokens[next] === '!') {
      take();
      return !unit();
    }
    return comparison();
  };
  const conjunction = (): boolean => {
    let holds = unit();
    while (tokens[next] === 'and' || tokens[next] === '&&') {
      take();
      // The right side is read in any case: it must be consumed.
      const right = unit();
      holds = holds && right;
    }
    return holds;
  };
  const disjunction = (): boolean => {
    let holds = conjunction();
    while (tokens[next] === 'or' || tokens[next] === '||') {
      take();
      const right = conjunction();
      holds = holds || right;
    }
    return holds;
  };
  const holds = disjunction();
  return next === tokens.length ? holds : refuse();
};

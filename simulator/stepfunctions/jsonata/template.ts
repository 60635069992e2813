import { isJsonObject, type Json } from '../json.ts';
import { Expression } from './expression.ts';

/** A value of a definition in which any string may be a `{% expression %}`, compiled once. */
export type Template =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly location: string }
  | { readonly kind: 'array'; readonly items: readonly Template[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Template])[] };

/** Evaluates one expression of a field. The location reads `Output/a/b[0]`. */
export type EvaluateAt = (expression: Expression, location: string) => Promise<Json>;

/** The text between `{%` and `%}` when these enclose the whole string; undefined for every other string. */
export const expressionSource = (text: string): string | undefined =>
  text.length >= 4 && text.startsWith('{%') && text.endsWith('%}') ? text.slice(2, -2).trim() : undefined;

/** @throws EvaluationError for an expression that is no JSONata, after `onError` had a chance to throw its own. */
export const compileTemplate = (
  value: Json,
  location: string,
  onExpression?: (expression: Expression, location: string) => void,
  onError?: (error: unknown, location: string) => never,
): Template => {
  if (typeof value === 'string') {
    const source = expressionSource(value);
    if (source === undefined) return { kind: 'literal', value };
    let expression: Expression;
    try {
      expression = new Expression(source);
    } catch (error) {
      if (onError) return onError(error, location);
      throw error;
    }
    onExpression?.(expression, location);
    return { kind: 'expression', expression, location };
  }
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item, index) =>
      compileTemplate(item, `${location}[${index}]`, onExpression, onError),
    );
    return items.every((item) => item.kind === 'literal') ? { kind: 'literal', value } : { kind: 'array', items };
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([name, member]) => [name, compileTemplate(member, `${location}/${name}`, onExpression, onError)] as const,
    );
    return members.every(([, member]) => member.kind === 'literal')
      ? { kind: 'literal', value }
      : { kind: 'object', members };
  }
  return { kind: 'literal', value };
};

export const evaluateTemplate = async (template: Template, evaluate: EvaluateAt): Promise<Json> => {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return evaluate(template.expression, template.location);
    case 'array': {
      const items: Json[] = [];
      for (const item of template.items) items.push(await evaluateTemplate(item, evaluate));
      return items;
    }
    case 'object': {
      const copy: Record<string, Json> = {};
      for (const [name, member] of template.members) copy[name] = await evaluateTemplate(member, evaluate);
      return copy;
    }
  }
};

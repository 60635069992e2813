import type jsonata from 'jsonata';

type Node = jsonata.ExprNode & {
  readonly expression?: Node;
  readonly expressions?: readonly Node[];
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
};

/**
 * Names that an expression reads from the top level. AWS evaluates without a context item and refuses such
 * expressions when the machine is created; the input is `$states.input`. Inside paths, filters and functions a bare
 * name reads the value at hand, so these are left alone.
 */
export const topLevelReferences = (root: jsonata.ExprNode): readonly string[] => {
  const found: string[] = [];
  const visit = (node: Node | undefined): void => {
    if (!node) return;
    switch (node.type as string) {
      case 'path':
        visit(node.steps?.[0] as Node | undefined);
        return;
      case 'name':
        found.push(String(node.value));
        return;
      case 'variable':
        if (node.value === '' || node.value === '$') found.push(`$${node.value}`);
        return;
      case 'binary':
      case 'apply':
        visit(node.lhs as unknown as Node | undefined);
        visit(node.rhs as Node | undefined);
        return;
      case 'bind':
        visit(node.rhs as Node | undefined);
        return;
      case 'block':
        for (const expression of node.expressions ?? []) visit(expression);
        return;
      case 'condition':
        visit(node.condition);
        visit(node.then);
        visit(node.else);
        return;
      case 'function':
        for (const argument of node.arguments ?? []) visit(argument as Node);
        return;
      case 'unary':
        if (node.value === '[') for (const expression of node.expressions ?? []) visit(expression);
        else if (node.value === '{') for (const pair of asPairs(node.lhs)) for (const part of pair) visit(part);
        else visit(node.expression);
        return;
      default:
        return;
    }
  };
  visit(root as Node);
  return found;
};

const asPairs = (value: unknown): readonly (readonly Node[])[] => (Array.isArray(value) ? value : []);

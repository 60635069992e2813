import { type Path, type Placeholders, Reader } from './expression.ts';
import { at } from './paths.ts';
import { compare, equal, type Item, setKeys, typeOf, type Value, type ValueType } from './value.ts';

export type Operand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'size'; readonly path: Path };

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly choices: readonly Operand[] }
  | { readonly kind: 'exists'; readonly path: Path; readonly expected: boolean }
  | { readonly kind: 'type'; readonly path: Path; readonly type: ValueType }
  | { readonly kind: 'begins' | 'contains'; readonly left: Operand; readonly right: Operand };

const comparators: readonly string[] = ['=', '<>', '<', '<=', '>', '>='];
const ordered: readonly string[] = ['S', 'N', 'B'];

/** @throws AwsError `ValidationException` with DynamoDB's sentence */
export const readCondition = (
  kind: 'ConditionExpression' | 'FilterExpression' | 'KeyConditionExpression',
  source: string,
  placeholders: Placeholders,
): Condition => {
  const reader = new Reader(kind, source, placeholders);
  const condition = readOr(reader);
  if (!reader.atEnd) throw reader.syntaxError();
  return condition;
};

const readOr = (reader: Reader): Condition => {
  let condition = readAnd(reader);
  while (reader.take('OR')) condition = { kind: 'or', left: condition, right: readAnd(reader) };
  return condition;
};

const readAnd = (reader: Reader): Condition => {
  let condition = readNot(reader);
  while (reader.take('AND')) condition = { kind: 'and', left: condition, right: readNot(reader) };
  return condition;
};

const readNot = (reader: Reader): Condition =>
  reader.take('NOT') ? { kind: 'not', condition: readNot(reader) } : readPrimary(reader);

const readPrimary = (reader: Reader): Condition => {
  if (reader.take('(')) {
    const condition = readOr(reader);
    reader.expect(')');
    return condition;
  }
  const token = reader.peek();
  if (token.kind === 'word' && reader.peek(1).text === '(' && token.text !== 'size') return readFunction(reader);
  const left = readOperand(reader);
  if (reader.take('BETWEEN')) {
    const low = checkOrdered(reader, 'BETWEEN', readOperand(reader));
    reader.expect('AND');
    const high = checkOrdered(reader, 'BETWEEN', readOperand(reader));
    return { kind: 'between', operand: left, low, high };
  }
  if (reader.take('IN')) {
    reader.expect('(');
    const choices = [readOperand(reader)];
    while (reader.take(',')) choices.push(readOperand(reader));
    reader.expect(')');
    return { kind: 'in', operand: left, choices };
  }
  const comparator = reader.peek().text;
  if (!comparators.includes(comparator)) throw reader.syntaxError();
  reader.next();
  const right = readOperand(reader);
  if (comparator !== '=' && comparator !== '<>') {
    checkOrdered(reader, comparator, left);
    checkOrdered(reader, comparator, right);
  }
  return { kind: 'compare', comparator: comparator as Comparator, left, right };
};

const readFunction = (reader: Reader): Condition => {
  const name = reader.next().text;
  reader.expect('(');
  const condition = readArguments(reader, name);
  reader.expect(')');
  return condition;
};

const readArguments = (reader: Reader, name: string): Condition => {
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return { kind: 'exists', path: reader.path(), expected: name === 'attribute_exists' };
    case 'attribute_type': {
      const path = reader.path();
      reader.expect(',');
      const type = reader.value();
      if (type.S === undefined) throw wrongOperand(reader, name, type);
      return { kind: 'type', path, type: type.S as ValueType };
    }
    case 'begins_with':
    case 'contains': {
      const left = readOperand(reader);
      reader.expect(',');
      const right = readOperand(reader);
      if (
        name === 'begins_with' &&
        right.kind === 'value' &&
        right.value.S === undefined &&
        right.value.B === undefined
      )
        throw wrongOperand(reader, name, right.value);
      return { kind: name === 'contains' ? 'contains' : 'begins', left, right };
    }
    default:
      throw reader.invalid(`Invalid function name; function: ${name}`);
  }
};

const readOperand = (reader: Reader): Operand => {
  const token = reader.peek();
  if (token.kind === 'value') return { kind: 'value', value: reader.value() };
  if (token.text === 'size' && reader.peek(1).text === '(') {
    reader.next();
    reader.expect('(');
    const path = reader.path();
    reader.expect(')');
    return { kind: 'size', path };
  }
  return { kind: 'path', path: reader.path() };
};

const checkOrdered = (reader: Reader, operator: string, operand: Operand): Operand => {
  if (operand.kind === 'value' && !ordered.includes(typeOf(operand.value)))
    throw wrongOperand(reader, operator, operand.value);
  return operand;
};

const wrongOperand = (reader: Reader, operator: string, value: Value): Error =>
  reader.invalid(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(value)}`,
  );

/** Whether a condition holds for an item; an item that does not exist is an empty one. */
export const holds = (condition: Condition, item: Item): boolean => {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item);
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item);
    case 'not':
      return !holds(condition.condition, item);
    case 'exists':
      return (at(item, condition.path) !== undefined) === condition.expected;
    case 'type': {
      const value = at(item, condition.path);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case 'compare':
      return compares(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.operand, item);
      return (
        compares('>=', value, resolve(condition.low, item)) && compares('<=', value, resolve(condition.high, item))
      );
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.choices.some((choice) => compares('=', value, resolve(choice, item)));
    }
    case 'begins':
      return begins(resolve(condition.left, item), resolve(condition.right, item));
    case 'contains':
      return contains(resolve(condition.left, item), resolve(condition.right, item));
  }
};

const resolve = (operand: Operand, item: Item): Value | undefined => {
  if (operand.kind === 'value') return operand.value;
  const value = at(item, operand.path);
  if (operand.kind === 'path' || value === undefined) return value;
  const size =
    value.S?.length ??
    value.B?.length ??
    setKeys(value)?.length ??
    value.L?.length ??
    (value.M && Object.keys(value.M).length);
  return size === undefined ? undefined : { N: String(size) };
};

/** Whatever is missing or of another type compares as false, save for `<>`, which is the opposite of `=`. */
const compares = (comparator: Comparator, left: Value | undefined, right: Value | undefined): boolean => {
  if (comparator === '=' || comparator === '<>') {
    const same = left !== undefined && right !== undefined && equal(left, right);
    return same === (comparator === '=');
  }
  const order = left && right && compare(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
};

const begins = (value: Value | undefined, start: Value | undefined): boolean => {
  if (value?.S !== undefined && start?.S !== undefined) return value.S.startsWith(start.S);
  if (value?.B !== undefined && start?.B !== undefined)
    return Buffer.from(value.B).subarray(0, start.B.length).equals(start.B);
  return false;
};

const contains = (value: Value | undefined, part: Value | undefined): boolean => {
  if (!value || !part) return false;
  if (value.S !== undefined) return part.S !== undefined && value.S.includes(part.S);
  if (value.B !== undefined) return part.B !== undefined && Buffer.from(value.B).includes(Buffer.from(part.B));
  if (value.SS !== undefined) return part.S !== undefined && value.SS.includes(part.S);
  if (value.NS !== undefined) return part.N !== undefined && value.NS.includes(part.N);
  if (value.BS !== undefined) return value.BS.some((bytes) => equal({ B: bytes }, part));
  return value.L?.some((element) => equal(element, part)) ?? false;
};

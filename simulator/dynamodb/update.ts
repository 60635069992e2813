import { validation } from './errors.ts';
import { checkOverlap, type Path, type Placeholders, Reader } from './expression.ts';
import { addNumbers, negateNumber } from './number.ts';
import { at } from './paths.ts';
import { copyItem, type Item, setKeys, typeOf, type Value } from './value.ts';

type SetValue =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'if-not-exists'; readonly path: Path; readonly otherwise: SetValue }
  | { readonly kind: 'append'; readonly left: SetValue; readonly right: SetValue }
  | { readonly kind: 'plus' | 'minus'; readonly left: SetValue; readonly right: SetValue };

export interface Update {
  readonly sets: readonly { readonly path: Path; readonly value: SetValue }[];
  readonly removes: readonly Path[];
  readonly adds: readonly { readonly path: Path; readonly value: Value }[];
  readonly deletes: readonly { readonly path: Path; readonly value: Value }[];
}

const sections: readonly string[] = ['SET', 'REMOVE', 'ADD', 'DELETE'];

/** @throws AwsError `ValidationException` with DynamoDB's sentence */
export const readUpdate = (source: string, placeholders: Placeholders): Update => {
  const reader = new Reader('UpdateExpression', source, placeholders);
  const sets: { path: Path; value: SetValue }[] = [];
  const removes: Path[] = [];
  const adds: { path: Path; value: Value }[] = [];
  const deletes: { path: Path; value: Value }[] = [];
  const seen = new Set<string>();
  while (!reader.atEnd) {
    const section = reader.peek().upper;
    if (!sections.includes(section)) throw reader.syntaxError();
    reader.next();
    if (seen.has(section))
      throw reader.invalid(`The "${section}" section can only be used once in an update expression;`);
    seen.add(section);
    do {
      const path = reader.path();
      if (section === 'REMOVE') {
        removes.push(path);
      } else if (section === 'SET') {
        reader.expect('=');
        sets.push({ path, value: readSum(reader) });
      } else {
        const value = reader.value();
        checkOperand(reader, section, value);
        (section === 'ADD' ? adds : deletes).push({ path, value });
      }
    } while (reader.take(','));
  }
  checkOverlap(reader, [...sets, ...adds, ...deletes].map(({ path }) => path).concat(removes));
  return { sets, removes, adds, deletes };
};

const checkOperand = (reader: Reader, section: string, value: Value): void => {
  if (setKeys(value) || (section === 'ADD' && value.N !== undefined)) return;
  throw reader.invalid(
    `Incorrect operand type for operator or function; operator: ${section}, operand type: ${typeNames[typeOf(value)]}, typeSet: ALLOWED_FOR_${section}_OPERAND`,
  );
};

const typeNames: Readonly<Record<string, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  M: 'MAP',
  L: 'LIST',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
};

const readSum = (reader: Reader): SetValue => {
  const left = readOperand(reader);
  const kind = reader.take('+') ? 'plus' : reader.take('-') ? 'minus' : undefined;
  if (!kind) return left;
  const right = readOperand(reader);
  for (const operand of [left, right])
    if (operand.kind === 'value' && operand.value.N === undefined)
      throw reader.invalid(
        `Incorrect operand type for operator or function; operator or function: ${kind === 'plus' ? '+' : '-'}, operand type: ${typeOf(operand.value)}`,
      );
  return { kind, left, right };
};

const readOperand = (reader: Reader): SetValue => {
  if (reader.take('(')) {
    const inner = readSum(reader);
    reader.expect(')');
    return inner;
  }
  const token = reader.peek();
  if (token.kind === 'value') return { kind: 'value', value: reader.value() };
  if (token.kind !== 'word' || reader.peek(1).text !== '(') return { kind: 'path', path: reader.path() };
  reader.next();
  reader.expect('(');
  let operand: SetValue;
  if (token.text === 'if_not_exists') {
    const path = reader.path();
    reader.expect(',');
    operand = { kind: 'if-not-exists', path, otherwise: readOperand(reader) };
  } else if (token.text === 'list_append') {
    const left = readOperand(reader);
    reader.expect(',');
    operand = { kind: 'append', left, right: readOperand(reader) };
  } else {
    throw reader.invalid(`Invalid function name; function: ${token.text}`);
  }
  reader.expect(')');
  return operand;
};

/** Every path that an update writes, for `UPDATED_OLD` and `UPDATED_NEW`, and to keep it off the key. */
export const writtenPaths = (update: Update): readonly Path[] => [
  ...[...update.sets, ...update.adds, ...update.deletes].map(({ path }) => path),
  ...update.removes,
];

/**
 * The item after an update. Every value on a right-hand side is read from the item as it was before.
 * @throws AwsError `ValidationException`
 */
export const applyUpdate = (update: Update, before: Item): Item => {
  const values = update.sets.map(({ path, value }) => ({ path, value: evaluate(value, before) }));
  // The draft is changed in place below; nothing of it is shared with the table.
  const draft = copyItem(before) as Record<string, Value>;
  for (const { path, value } of values) put(draft, path, value);
  for (const { path, value } of update.adds) put(draft, path, sum(at(before, path), value));
  for (const { path, value } of update.deletes) {
    const left = difference(at(before, path), value);
    if (left === 'unchanged') continue;
    if (left) put(draft, path, left);
    else remove(draft, path);
  }
  // From the last position to the first, since positions mean the list as it was.
  const byPosition = [...update.removes].sort((a, b) => positionOf(b) - positionOf(a));
  for (const path of byPosition) remove(draft, path);
  return draft;
};

const positionOf = (path: Path): number => {
  const last = path.at(-1);
  return typeof last === 'number' ? last : -1;
};

const wrongType = () => validation('An operand in the update expression has an incorrect data type');

const evaluate = (value: SetValue, item: Item): Value => {
  switch (value.kind) {
    case 'value':
      return value.value;
    case 'path': {
      const found = at(item, value.path);
      if (!found) throw validation('The provided expression refers to an attribute that does not exist in the item');
      return found;
    }
    case 'if-not-exists':
      return at(item, value.path) ?? evaluate(value.otherwise, item);
    case 'append': {
      const left = evaluate(value.left, item);
      const right = evaluate(value.right, item);
      if (!left.L || !right.L) throw wrongType();
      return { L: [...left.L, ...right.L] };
    }
    case 'plus':
    case 'minus': {
      const left = evaluate(value.left, item);
      const right = evaluate(value.right, item);
      if (left.N === undefined || right.N === undefined) throw wrongType();
      return { N: addNumbers(left.N, value.kind === 'plus' ? right.N : negateNumber(right.N)) };
    }
  }
};

const sum = (old: Value | undefined, added: Value): Value => {
  if (!old) return added;
  if (old.N !== undefined && added.N !== undefined) return { N: addNumbers(old.N, added.N) };
  if (typeOf(old) !== typeOf(added) || !setKeys(old)) throw wrongType();
  const known = new Set(setKeys(old));
  const type = typeOf(old) as 'SS' | 'NS' | 'BS';
  const fresh = (added[type] as unknown[]).filter(
    (_, index) => !known.has((setKeys(added) as string[])[index] as string),
  );
  return { [type]: [...(old[type] as unknown[]), ...fresh] } as unknown as Value;
};

const difference = (old: Value | undefined, taken: Value): Value | 'unchanged' | undefined => {
  if (!old) return 'unchanged';
  if (typeOf(old) !== typeOf(taken)) throw wrongType();
  const gone = new Set(setKeys(taken));
  const keys = setKeys(old) as readonly string[];
  const type = typeOf(old) as 'SS' | 'NS' | 'BS';
  const left = (old[type] as unknown[]).filter((_, index) => !gone.has(keys[index] as string));
  return left.length > 0 ? ({ [type]: left } as unknown as Value) : undefined;
};

const badPath = () => validation('The document path provided in the update expression is invalid for update');

/** The map or list that holds the last element of a path, in a draft that may be changed. */
const holderOf = (draft: Record<string, Value>, path: Path): Value => {
  const holder: Value | undefined = path.length === 1 ? { M: draft } : at(draft, path.slice(0, -1));
  if (!holder || !(typeof path.at(-1) === 'number' ? holder.L : holder.M)) throw badPath();
  return holder;
};

const put = (draft: Record<string, Value>, path: Path, value: Value): void => {
  const holder = holderOf(draft, path);
  const last = path.at(-1) as string | number;
  // A position behind the end of a list appends.
  if (typeof last === 'number') (holder.L as Value[])[Math.min(last, (holder.L as Value[]).length)] = value;
  else (holder.M as Record<string, Value>)[last] = value;
};

const remove = (draft: Record<string, Value>, path: Path): void => {
  const holder = holderOf(draft, path);
  const last = path.at(-1) as string | number;
  if (typeof last === 'number') (holder.L as Value[]).splice(last, 1);
  else delete (holder.M as Record<string, Value>)[last];
};

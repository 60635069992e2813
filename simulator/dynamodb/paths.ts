import type { Path } from './expression.ts';
import type { Item, Value } from './value.ts';

/** The value at a path; undefined where the path leads nowhere. */
export const at = (item: Item, path: Path): Value | undefined => {
  let value: Value | undefined = own(item, path[0] as string);
  for (let depth = 1; depth < path.length && value !== undefined; depth += 1) {
    const element = path[depth] as string | number;
    value = typeof element === 'number' ? value.L?.[element] : value.M && own(value.M, element);
  }
  return value;
};

const own = (item: Item, name: string): Value | undefined => (Object.hasOwn(item, name) ? item[name] : undefined);

/** What of an item lies at or below the given paths; lists keep only the elements that were named, in their order. */
export const project = (item: Item, paths: readonly Path[]): Item => {
  const result: Record<string, Value> = {};
  for (const [name, below] of groupByFirst(paths)) {
    const value = own(item, name as string);
    const part = value && projectValue(value, below);
    if (part) result[name as string] = part;
  }
  return result;
};

const projectValue = (value: Value, paths: readonly Path[]): Value | undefined => {
  if (paths.some((path) => path.length === 0)) return value;
  if (value.M) {
    const part = project(
      value.M,
      paths.filter(([first]) => typeof first === 'string'),
    );
    return Object.keys(part).length > 0 ? { M: part } : undefined;
  }
  if (value.L) {
    const elements = [...groupByFirst(paths)]
      .filter((entry): entry is [number, Path[]] => typeof entry[0] === 'number')
      .sort(([a], [b]) => a - b)
      .map(([index, below]) => {
        const element = value.L?.[index];
        return element && projectValue(element, below);
      })
      .filter((element) => element !== undefined);
    return elements.length > 0 ? { L: elements } : undefined;
  }
  return undefined;
};

const groupByFirst = (paths: readonly Path[]): Map<string | number, Path[]> => {
  const groups = new Map<string | number, Path[]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined) continue;
    const group = groups.get(first);
    if (group) group.push(rest);
    else groups.set(first, [rest]);
  }
  return groups;
};

import { JsonReader } from './json-reader.ts';

/** A leaf of an event. Strings carry their quotes, so that `"1"` and `1` differ. */
export interface EventField {
  /** Names joined by dots, arrays left out. */
  readonly path: string;
  readonly value: string;
  readonly isString: boolean;
  /** For each array above the leaf: which array, and which of its elements. */
  readonly within: ReadonlyMap<number, number>;
}

/** An event as rules look at it: its leaves by path. */
export type EventFields = ReadonlyMap<string, readonly EventField[]>;

const outside: ReadonlyMap<number, number> = new Map();

/** @throws JsonPositionError when the text is no JSON, SyntaxError when it is no object. */
export const eventFields = (json: string): EventFields => {
  const reader = new JsonReader(json);
  const fields = new Map<string, EventField[]>();
  const names: string[] = [];
  const within = new Map<number, number>();
  let arrays = 0;

  const leaf = (value: string, isString: boolean): void => {
    const path = names.join('.');
    const list = fields.get(path);
    const field = { path, value, isString, within: within.size === 0 ? outside : new Map(within) };
    if (list) list.push(field);
    else fields.set(path, [field]);
  };
  const readValue = (token: ReturnType<JsonReader['next']>): void => {
    if (!token) throw new SyntaxError('The event ends too early.');
    if (token.kind === '{') readObject();
    else if (token.kind === '[') readArray();
    else if ('text' in token) leaf(reader.text(token), token.kind === 'string');
  };
  const readObject = (): void => {
    for (;;) {
      const token = reader.next();
      if (token?.kind === '}') return;
      if (token?.kind !== 'name') throw new SyntaxError('The event ends too early.');
      names.push(token.text);
      readValue(reader.next());
      names.pop();
    }
  };
  const readArray = (): void => {
    const id = arrays++;
    for (let index = 0; ; index += 1) {
      const token = reader.next();
      if (token?.kind === ']') return;
      if (token?.kind === '{' || token?.kind === '[') {
        within.set(id, index);
        readValue(token);
        within.delete(id);
      } else {
        readValue(token);
      }
    }
  };

  if (reader.next()?.kind !== '{') throw new SyntaxError('Event must be a JSON object');
  readObject();
  return fields;
};

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { validation } from './errors.ts';
import { reservedWords } from './reserved-words.ts';
import { readValue, type Value } from './value.ts';

/** Where in an item: a name at the top, then names of maps and positions of lists. */
export type Path = readonly (string | number)[];

export type ExpressionKind =
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'ProjectionExpression'
  | 'UpdateExpression';

/**
 * The names and values that the expressions of one request share.
 * Call `checkAllUsed` after every expression of the request was read: DynamoDB refuses what no expression uses.
 */
export class Placeholders {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Record<string, Value>;
  readonly #usedNames = new Set<string>();
  readonly #usedValues = new Set<string>();

  constructor(
    names: Readonly<Record<string, string>> | undefined,
    values: Readonly<Record<string, AttributeValue>> | undefined,
  ) {
    this.#names = names ?? {};
    this.#values = {};
    for (const key in values) {
      if (!/^:[A-Za-z0-9_]+$/.test(key))
        throw validation(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
      this.#values[key] = readValue(values[key] as AttributeValue);
    }
    for (const key of Object.keys(this.#names))
      if (!/^#[A-Za-z0-9_]+$/.test(key))
        throw validation(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
  }

  name(placeholder: string, kind: ExpressionKind): string {
    const name = this.#names[placeholder];
    if (name === undefined)
      throw validation(
        `Invalid ${kind}: An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
      );
    this.#usedNames.add(placeholder);
    return name;
  }

  value(placeholder: string, kind: ExpressionKind): Value {
    const value = this.#values[placeholder];
    if (value === undefined)
      throw validation(
        `Invalid ${kind}: An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
      );
    this.#usedValues.add(placeholder);
    return value;
  }

  checkAllUsed(): void {
    const check = (what: string, keys: readonly string[], used: ReadonlySet<string>): void => {
      const unused = keys.filter((key) => !used.has(key));
      if (unused.length > 0)
        throw validation(`Value provided in ${what} unused in expressions: keys: {${unused.join(', ')}}`);
    };
    check('ExpressionAttributeNames', Object.keys(this.#names), this.#usedNames);
    check('ExpressionAttributeValues', Object.keys(this.#values), this.#usedValues);
  }
}

interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'symbol' | 'end';
  readonly text: string;
  /** In upper case, as keywords are compared. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

const tokenShape = /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|(<>|<=|>=|[=<>(),.[\]+-]))/y;

/** Programs send the same few expressions all the time. */
const tokensOf = new Map<string, readonly Token[]>();
const expressionsKept = 1_000;

/** Reads one expression token by token, and complains as DynamoDB does. */
export class Reader {
  readonly kind: ExpressionKind;
  readonly placeholders: Placeholders;
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(kind: ExpressionKind, source: string, placeholders: Placeholders) {
    this.kind = kind;
    this.placeholders = placeholders;
    this.#source = source;
    if (source.trim() === '') throw this.invalid('The expression can not be empty;');
    this.#tokens = this.#read(source);
  }

  #read(source: string): readonly Token[] {
    const known = tokensOf.get(source);
    if (known) return known;
    const tokens: Token[] = [];
    let at = 0;
    while (source.slice(at).trim() !== '') {
      tokenShape.lastIndex = at;
      const match = tokenShape.exec(source);
      if (!match) {
        const start = at + (source.slice(at).length - source.slice(at).trimStart().length);
        const text = source[start] as string;
        throw this.#syntax({ kind: 'symbol', text, upper: text, start, end: start + 1 }, tokens);
      }
      at = tokenShape.lastIndex;
      const [, word, name, value, number, symbol] = match;
      const text = (word ?? name ?? value ?? number ?? symbol) as string;
      const kind = word ? 'word' : name ? 'name' : value ? 'value' : number ? 'number' : 'symbol';
      tokens.push({ kind, text, upper: text.toUpperCase(), start: at - text.length, end: at });
    }
    if (tokensOf.size >= expressionsKept) tokensOf.clear();
    tokensOf.set(source, tokens);
    return tokens;
  }

  get atEnd(): boolean {
    return this.#position >= this.#tokens.length;
  }

  peek(ahead = 0): Token {
    const end = this.#source.length;
    return this.#tokens[this.#position + ahead] ?? { kind: 'end', text: '<EOF>', upper: '<EOF>', start: end, end };
  }

  next(): Token {
    const token = this.peek();
    this.#position += 1;
    return token;
  }

  /** Takes the next token if it is this symbol or keyword, given in capitals; it may be written in any case. */
  take(text: string): boolean {
    const token = this.#tokens[this.#position];
    if (token?.upper !== text || (token.kind !== 'word' && token.kind !== 'symbol')) return false;
    this.#position += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.syntaxError();
  }

  syntaxError(): Error {
    return this.#syntax(this.peek(), this.#tokens);
  }

  invalid(reason: string): Error {
    return validation(`Invalid ${this.kind}: ${reason}`);
  }

  path(): Path {
    const path: (string | number)[] = [this.#element()];
    for (;;) {
      if (this.take('.')) path.push(this.#element());
      else if (this.take('[')) {
        const index = this.peek();
        if (index.kind !== 'number') throw this.syntaxError();
        this.next();
        this.expect(']');
        path.push(Number(index.text));
      } else return path;
    }
  }

  value(): Value {
    const token = this.peek();
    if (token.kind !== 'value') throw this.syntaxError();
    this.next();
    return this.placeholders.value(token.text, this.kind);
  }

  #element(): string {
    const token = this.peek();
    if (token.kind === 'name') {
      this.next();
      return this.placeholders.name(token.text, this.kind);
    }
    if (token.kind !== 'word') throw this.syntaxError();
    if (reservedWords.has(token.upper))
      throw this.invalid(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
    this.next();
    return token.text;
  }

  #syntax(token: Token, tokens: readonly Token[]): Error {
    const index = tokens.indexOf(token);
    const at = index < 0 ? tokens.length : index;
    const from = tokens[at - 1]?.start ?? token.start;
    const to = tokens[at + 1]?.end ?? token.end;
    return this.invalid(`Syntax error; token: "${token.text}", near: "${this.#source.slice(from, to)}"`);
  }
}

export const readProjection = (source: string, placeholders: Placeholders): readonly Path[] => {
  const reader = new Reader('ProjectionExpression', source, placeholders);
  const paths = [reader.path()];
  while (reader.take(',')) paths.push(reader.path());
  if (!reader.atEnd) throw reader.syntaxError();
  checkOverlap(reader, paths);
  return paths;
};

/** @throws AwsError when one path is another one or leads to it */
export const checkOverlap = (reader: Reader, paths: readonly Path[]): void => {
  for (const one of paths) {
    for (const two of paths) {
      if (two === one) break;
      const [short, long] = one.length < two.length ? [one, two] : [two, one];
      if (short.every((element, at) => element === long[at]))
        throw reader.invalid(
          `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${show(two)}, path two: ${show(one)}`,
        );
    }
  }
};

const show = (path: Path): string =>
  `[${path.map((element) => (typeof element === 'number' ? `[${element}]` : element)).join(', ')}]`;

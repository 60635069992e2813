import type { EventField, EventFields } from './event-fields.ts';
import { cidrRange, ipDigits } from './ip-address.ts';
import { JsonPositionError, JsonReader, type JsonToken } from './json-reader.ts';
import { matchesWildcard, type WildcardPiece, wildcardComplexity, wildcardPieces } from './wildcard.ts';

/** One value of a pattern: what it says of one leaf, or of the leaf's absence. */
type Matcher =
  | { readonly kind: 'absent' }
  | {
      readonly kind: 'leaf';
      readonly matches: (field: EventField) => boolean;
      readonly wildcard?: readonly WildcardPiece[];
    };

/** One way to match: every path must hold one of its matchers. `$or` makes several. */
type Alternative = ReadonlyMap<string, readonly Matcher[]>;

/** A compiled event pattern. */
export interface EventPattern {
  readonly matches: (fields: EventFields) => boolean;
  /** In how many places of a wildcard a matcher can be at once; AWS refuses rules that are too complex. */
  readonly complexity: number;
}

/**
 * Compiles an event pattern. The language and its errors are those of AWS's engine, event-ruler:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws JsonPositionError or RangeError, whose message is AWS's reason.
 */
export const compileEventPattern = (source: string): EventPattern => {
  const compiler = new Compiler(source);
  const alternatives = compiler.compile();
  const matchers = alternatives.flatMap((alternative) => [...alternative.values()].flat());
  return {
    matches: (fields) => alternatives.some((alternative) => matchesAlternative([...alternative], fields)),
    complexity: Math.max(
      0,
      ...matchers.map((matcher) =>
        matcher.kind === 'leaf' && matcher.wildcard ? wildcardComplexity(matcher.wildcard) : 0,
      ),
    ),
  };
};

// Matching. Leaves that come from the same array must come from the same element of it.

const matchesAlternative = (
  paths: readonly (readonly [string, readonly Matcher[]])[],
  fields: EventFields,
  within: ReadonlyMap<number, number> = new Map(),
): boolean => {
  const [first, ...rest] = paths;
  if (!first) return true;
  const [path, matchers] = first;
  const leaves = fields.get(path) ?? [];
  if (leaves.length === 0)
    return matchers.some((matcher) => matcher.kind === 'absent') && matchesAlternative(rest, fields, within);
  return leaves.some((leaf) => {
    if (![...leaf.within].every(([array, index]) => (within.get(array) ?? index) === index)) return false;
    if (!matchers.some((matcher) => matcher.kind === 'leaf' && matcher.matches(leaf))) return false;
    return matchesAlternative(rest, fields, new Map([...within, ...leaf.within]));
  });
};

/** Numbers compare as numbers within this range, and by their spelling outside. */
const numberMax = 5e9;

const numberOf = (field: EventField): number | undefined => {
  if (field.isString) return undefined;
  const value = Number(field.value);
  return Number.isNaN(value) || field.value === '' || Math.abs(value) > numberMax ? undefined : value;
};

const leaf = (matches: (field: EventField) => boolean): Matcher => ({ kind: 'leaf', matches });
const ofString = (matches: (text: string) => boolean): Matcher =>
  leaf((field) => field.isString && matches(field.value));
const notString = (matches: (text: string) => boolean): Matcher =>
  leaf((field) => !(field.isString && matches(field.value)));

/**
 * A test without regard to case, as AWS's engine does it: character by character, each in its upper or its lower case.
 * So `ß` stands for `ß` and `SS`, and the final `ς` is no `Σ`.
 */
const caseless = (wanted: string, place: 'all' | 'start' | 'end' = 'all'): ((text: string) => boolean) => {
  const characters = wanted
    .split('')
    .map((character) => `(?:${escaped(character.toUpperCase())}|${escaped(character.toLowerCase())})`)
    .join('');
  const pattern = new RegExp(`${place === 'end' ? '' : '^'}${characters}${place === 'start' ? '' : '$'}`);
  return (text) => pattern.test(text);
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

// Compiling.

/** Operators and words that may not be names of fields inside `$or`, where they would look like operators. */
const reservedInOr = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard ' +
    'not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ip-address-in-range ' +
    'ip-address-not-in-range'
  ).split(' '),
);

const onlyOneKey = 'Only one key allowed in match expression';
const tooMany = 'Too many elements in numeric expression';

class Compiler {
  readonly #reader: JsonReader;
  #alternatives: Map<string, readonly Matcher[]>[] = [];

  constructor(source: string) {
    this.#reader = new JsonReader(source);
  }

  compile(): readonly Alternative[] {
    if (this.#reader.next()?.kind !== '{') this.#reader.fail('Filter is not an object');
    this.#object([], false);
    return this.#alternatives;
  }

  #object(path: readonly string[], insideOr: boolean): void {
    let isEmpty = true;
    for (;;) {
      const token = this.#next();
      if (token.kind === '}') break;
      isEmpty = false;
      const name = this.#reader.text(token);
      if (name === '$or') {
        this.#or(path);
        continue;
      }
      if (insideOr && reservedInOr.has(name))
        this.#reader.fail(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
      const value = this.#next();
      if (value.kind === '{') this.#object([...path, name], insideOr);
      else if (value.kind === '[') this.#values([...path, name].join('.'));
      else this.#reader.fail(`"${name}" must be an object or an array`);
    }
    if (isEmpty) this.#reader.fail('Empty objects are not allowed');
  }

  #or(path: readonly string[]): void {
    const before = this.#alternatives;
    const after: Map<string, readonly Matcher[]>[] = [];
    if (this.#next().kind !== '[') this.#reader.fail('It must be an Array followed with $or.');
    let count = 0;
    for (;;) {
      const token = this.#next();
      if (token.kind === ']') break;
      count += 1;
      if (token.kind !== '{') this.#reader.fail('Only JSON object is allowed in array of $or relationship.');
      this.#alternatives = before.length === 0 ? [new Map()] : before.map((alternative) => new Map(alternative));
      this.#object(path, true);
      after.push(...this.#alternatives);
    }
    if (count < 2) this.#reader.fail('There must have at least 2 Objects in $or relationship.');
    this.#alternatives = after;
  }

  #values(path: string): void {
    const matchers: Matcher[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === ']') break;
      if (token.kind === '{') matchers.push(this.#expression());
      else if (token.kind === 'string') matchers.push(exactly(this.#reader.text(token)));
      else if (token.kind === 'number') matchers.push(sameNumber(token.text));
      else if (token.kind === 'literal') matchers.push(leaf((field) => !field.isString && field.value === token.text));
      else this.#reader.fail('Match value must be String, number, true, false, or null');
    }
    if (matchers.length === 0) this.#reader.fail('Empty arrays are not allowed');
    if (this.#alternatives.length === 0) this.#alternatives.push(new Map());
    for (const alternative of this.#alternatives) alternative.set(path, matchers);
  }

  #expression(): Matcher {
    const token = this.#next();
    if (token.kind !== 'name') this.#reader.fail('Match expression name not found');
    const operator = this.#reader.text(token);
    switch (operator) {
      case 'exactly':
        return this.#closed(
          ofString(equals(this.#string(this.#next(), 'exact match pattern must be a string'))),
          onlyOneKey,
        );
      case 'prefix':
        return this.#affix('prefix', (text, affix) => text.startsWith(affix));
      case 'suffix':
        return this.#affix('suffix', (text, affix) => text.endsWith(affix));
      case 'numeric':
        if (this.#next().kind !== '[') this.#reader.fail('Value of numeric must be an array.');
        return this.#closed(this.#numeric(), tooMany);
      case 'anything-but':
        return this.#anythingBut();
      case 'exists': {
        const value = this.#next();
        if (value.kind !== 'literal' || value.text === 'null')
          this.#reader.fail('exists match pattern must be either true or false.');
        const isWanted = this.#reader.text(value) === 'true';
        return this.#closed(isWanted ? leaf(() => true) : { kind: 'absent' }, onlyOneKey);
      }
      case 'cidr': {
        // AWS's own sentence speaks of a prefix here.
        const range = cidrRange(this.#string(this.#next(), 'prefix match pattern must be a string'));
        return this.#closed(
          ofString((text) => {
            const digits = ipDigits(text);
            return digits?.length === range.lowest.length && digits >= range.lowest && digits <= range.highest;
          }),
          onlyOneKey,
        );
      }
      case 'equals-ignore-case': {
        const wanted = this.#string(this.#next(), 'equals-ignore-case match pattern must be a string');
        return this.#closed(ofString(caseless(wanted)), onlyOneKey);
      }
      case 'wildcard': {
        const pieces = this.#wildcard(this.#string(this.#next(), 'wildcard match pattern must be a string'));
        return this.#closed(
          {
            kind: 'leaf',
            wildcard: pieces,
            matches: (field) => field.isString && matchesWildcard(pieces, field.value),
          },
          onlyOneKey,
        );
      }
      default:
        this.#next();
        return this.#reader.fail(`Unrecognized match type ${operator}`);
    }
  }

  #affix(kind: 'prefix' | 'suffix', test: (text: string, affix: string) => boolean): Matcher {
    const token = this.#next();
    if (token.kind !== '{') {
      const affix = this.#string(token, `${kind} match pattern must be a string`);
      return this.#closed(
        ofString((text) => test(text, affix)),
        onlyOneKey,
      );
    }
    const operator = this.#next();
    const title = kind === 'prefix' ? 'Prefix' : 'Suffix';
    if (operator.kind !== 'name') this.#reader.fail(`${title} expression name not found`);
    const name = this.#reader.text(operator);
    if (name !== 'equals-ignore-case') this.#reader.fail(`Unsupported ${kind} pattern: ${name}`);
    const affix = this.#string(this.#next(), 'equals-ignore-case match pattern must be a string');
    const matcher = ofString(caseless(affix, kind === 'prefix' ? 'start' : 'end'));
    return this.#closed(this.#closed(matcher, onlyOneKey), onlyOneKey);
  }

  #numeric(): Matcher {
    const first = this.#next();
    if (first.kind !== 'string') this.#reader.fail(`Invalid member in numeric match: ${this.#reader.text(first)}`);
    const operator = this.#reader.text(first);
    const value = this.#next();
    if (!['=', '<', '<=', '>', '>='].includes(operator))
      this.#reader.fail(`Unrecognized numeric range operator: ${operator}`);
    if (value.kind !== 'number')
      this.#reader.fail(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
    const spelled = this.#reader.text(value);
    const bound = this.#inRange(spelled);
    const end = this.#next();
    if (end.kind === ']') return leaf((field) => compare(operator, numberOf(field), bound));
    if (operator !== '>' && operator !== '>=') this.#reader.fail(tooMany);
    if (end.kind !== 'string') this.#reader.fail(`Bad value in numeric range: ${this.#reader.text(end)}`);
    const upperOperator = this.#reader.text(end);
    if (upperOperator !== '<' && upperOperator !== '<=')
      this.#reader.fail(`Bad numeric range operator: ${upperOperator}`);
    const upperValue = this.#next();
    if (upperValue.kind !== 'number') this.#reader.fail(`Value of ${upperOperator} must be numeric`);
    const upper = this.#inRange(this.#reader.text(upperValue));
    if (this.#next().kind !== ']') this.#reader.fail('Too many terms in numeric range expression');
    if (bound >= upper) this.#reader.fail('Bottom must be less than top');
    return leaf((field) => {
      const number = numberOf(field);
      return compare(operator, number, bound) && compare(upperOperator, number, upper);
    });
  }

  #inRange(spelled: string): number {
    const number = Number(spelled);
    if (Math.abs(number) > numberMax) this.#reader.fail('Value must be between -5.0E9 and 5.0E9, inclusive');
    return number;
  }

  #anythingBut(): Matcher {
    const token = this.#next();
    if (token.kind !== '{') return this.#closed(this.#anythingButValues(token), tooMany);
    const name = this.#next();
    if (name.kind !== 'name') this.#reader.fail('Anything-But expression name not found');
    const operator = this.#reader.text(name);
    if (!['equals-ignore-case', 'prefix', 'suffix', 'wildcard'].includes(operator))
      this.#reader.fail(`Unsupported anything-but pattern: ${operator}`);
    const texts = this.#anythingButTexts(operator, this.#next());
    return this.#closed(this.#closed(this.#anythingButOperator(operator, texts), tooMany), tooMany);
  }

  #anythingButValues(token: JsonToken): Matcher {
    if (token.kind === 'string') return notString(equals(this.#reader.text(token)));
    if (token.kind === 'number') {
      const bound = this.#inRange(token.text);
      return leaf((field) => numberOf(field) !== bound);
    }
    if (token.kind !== '[') this.#reader.fail('Value of anything-but must be an array or single string/number value.');
    const strings = new Set<string>();
    const numbers = new Set<number>();
    this.#list((item) => {
      if (item.kind === 'string') strings.add(this.#reader.text(item));
      else if (item.kind === 'number') numbers.add(this.#inRange(item.text));
      else this.#reader.fail('Inside anything but list, start|null|boolean is not supported.');
    });
    if (strings.size > 0 === numbers.size > 0) {
      this.#reader.fail(
        'Inside anything but list, either all values are number or string, mixed type is not supported',
      );
    }
    return strings.size > 0
      ? notString((text) => strings.has(text))
      : leaf((field) => !numbers.has(numberOf(field) ?? Number.NaN));
  }

  #anythingButTexts(operator: string, token: JsonToken): readonly string[] {
    if (token.kind !== '[' && token.kind !== 'string' && token.kind !== 'number')
      this.#reader.fail('Value of anything-but must be an array or single string/number value.');
    const refusal =
      operator === 'equals-ignore-case'
        ? 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.'
        : operator === 'wildcard'
          ? 'wildcard match pattern must be a string'
          : 'prefix/suffix match pattern must be a string';
    const texts: string[] = [];
    const read = (item: JsonToken): void => {
      const text = this.#string(item, refusal);
      if ((operator === 'prefix' || operator === 'suffix') && text === '')
        this.#reader.fail('Null prefix/suffix not allowed');
      texts.push(text);
    };
    if (token.kind === '[') this.#list(read);
    else read(token);
    return texts;
  }

  #anythingButOperator(operator: string, texts: readonly string[]): Matcher {
    switch (operator) {
      case 'equals-ignore-case': {
        const tests = texts.map((text) => caseless(text));
        return notString((text) => tests.some((test) => test(text)));
      }
      case 'prefix':
        return notString((text) => texts.some((prefix) => text.startsWith(prefix)));
      case 'suffix':
        return notString((text) => texts.some((suffix) => text.endsWith(suffix)));
      default: {
        const wildcards = texts.map((text) => this.#wildcard(text));
        return notString((text) => wildcards.some((pieces) => matchesWildcard(pieces, text)));
      }
    }
  }

  /** Errors inside a list are wrapped once more by AWS's engine, which doubles their position. */
  #list(read: (token: JsonToken) => void): void {
    try {
      for (;;) {
        const token = this.#next();
        if (token.kind === ']') return;
        read(token);
      }
    } catch (error) {
      if (error instanceof JsonPositionError) this.#reader.fail(error.message);
      throw error;
    }
  }

  #wildcard(text: string): readonly WildcardPiece[] {
    try {
      return wildcardPieces(text);
    } catch (error) {
      return this.#reader.fail((error as SyntaxError).message);
    }
  }

  #closed(matcher: Matcher, refusal: string): Matcher {
    if (this.#next().kind !== '}') this.#reader.fail(refusal);
    return matcher;
  }

  #string(token: JsonToken, refusal: string): string {
    if (token.kind !== 'string') this.#reader.fail(refusal);
    return this.#reader.text(token);
  }

  #next(): JsonToken {
    return this.#reader.next() ?? this.#reader.fail('Unexpected end-of-input');
  }
}

const equals =
  (wanted: string) =>
  (text: string): boolean =>
    text === wanted;

/** A text that is an IP address matches every spelling of that address. */
const exactly = (wanted: string): Matcher => {
  const digits = ipDigits(wanted);
  return ofString((text) => text === wanted || (digits !== undefined && ipDigits(text) === digits));
};

const sameNumber = (spelled: string): Matcher => {
  const wanted = Number(spelled);
  return leaf(
    (field) =>
      !field.isString && (field.value === spelled || (Math.abs(wanted) <= numberMax && numberOf(field) === wanted)),
  );
};

const compare = (operator: string, number: number | undefined, bound: number): boolean => {
  if (number === undefined) return false;
  switch (operator) {
    case '=':
      return number === bound;
    case '<':
      return number < bound;
    case '<=':
      return number <= bound;
    case '>':
      return number > bound;
    default:
      return number >= bound;
  }
};

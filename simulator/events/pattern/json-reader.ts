/** A token of a JSON text. Numbers keep their spelling, since an event pattern compares it. */
export type JsonToken =
  | { readonly kind: '{' | '}' | '[' | ']' }
  | { readonly kind: 'name' | 'string' | 'number' | 'literal'; readonly text: string };

/** The text is no JSON, or not the JSON that was wanted; says where, in the words of AWS's parser. */
export class JsonPositionError extends Error {
  override readonly name = 'JsonPositionError';
}

/** AWS quotes at most so much of a text in its errors. */
const quotedMax = 500;

/**
 * Reads JSON token by token and knows how far it has read, because AWS's errors on event patterns name the line and
 * the column at which its parser stood. A string's text is only scanned when it is asked for, as there: an error
 * about the mere kind of a value points at the start of a string, one about its content at the end.
 */
export class JsonReader {
  readonly #source: string;
  #position = 0;
  /** `{` or `[` for each level, and whether a value has been read on it. */
  readonly #levels: { readonly kind: '{' | '['; hasValue: boolean }[] = [];
  #namePending = false;
  /** Where the content of a string starts that has not been scanned. */
  #unread: number | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** @returns undefined at the end of the text. @throws JsonPositionError */
  next(): JsonToken | undefined {
    if (this.#unread !== undefined) this.#scanString();
    this.#skipSpace();
    const level = this.#levels.at(-1);
    if (this.#namePending) {
      this.#expect(':', 'was expecting a colon to separate field name and value');
      this.#namePending = false;
      this.#skipSpace();
      return this.#value();
    }
    if (!level) return this.#position >= this.#source.length ? undefined : this.#value();
    const close = level.kind === '{' ? '}' : ']';
    if (this.#source[this.#position] === close) {
      this.#position += 1;
      this.#levels.pop();
      this.#noteValue();
      return { kind: close };
    }
    if (level.hasValue) {
      this.#expect(',', `was expecting comma to separate ${level.kind === '{' ? 'Object' : 'Array'} entries`);
      this.#skipSpace();
    }
    if (level.kind === '[') return this.#value();
    if (this.#position >= this.#source.length) this.#endOfInput(level.kind);
    if (this.#source[this.#position] !== '"') this.#unexpected('was expecting double-quote to start field name');
    this.#position += 1;
    const name = this.#scanString(this.#position);
    this.#namePending = true;
    level.hasValue = true;
    return { kind: 'name', text: name };
  }

  /** The text of the string that was read last. */
  text(token: JsonToken): string {
    if (token.kind === 'string' && this.#unread !== undefined) return this.#scanString();
    return 'text' in token ? token.text : token.kind;
  }

  /** @throws JsonPositionError with the reader's position. */
  fail(message: string): never {
    throw new JsonPositionError(`${message}\n at [Source: (String)${this.#quoted()}; ${this.#where(this.#position)}]`);
  }

  #value(): JsonToken {
    const character = this.#source[this.#position];
    if (character === undefined) this.#endOfInput(this.#levels.at(-1)?.kind);
    if (character === '{' || character === '[') {
      this.#position += 1;
      this.#levels.push({ kind: character, hasValue: false });
      return { kind: character };
    }
    this.#noteValue();
    if (character === '"') {
      this.#position += 1;
      this.#unread = this.#position;
      const end = this.#endOfString(this.#position);
      return { kind: 'string', text: this.#unescape(this.#position, end) };
    }
    const number = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
    number.lastIndex = this.#position;
    const digits = number.exec(this.#source)?.[0];
    if (digits) {
      this.#position += digits.length;
      return { kind: 'number', text: digits };
    }
    const word = /[A-Za-z_$][\w$]*/y;
    word.lastIndex = this.#position;
    const found = word.exec(this.#source)?.[0];
    if (!found) {
      this.#unexpected("was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')");
    }
    this.#position += found.length;
    if (found !== 'true' && found !== 'false' && found !== 'null') {
      this.fail(
        `Unrecognized token '${found}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`,
      );
    }
    return { kind: 'literal', text: found };
  }

  #noteValue(): void {
    const level = this.#levels.at(-1);
    if (level) level.hasValue = true;
  }

  #scanString(start: number = this.#unread as number): string {
    const end = this.#endOfString(start);
    const text = this.#unescape(start, end);
    this.#position = end + 1;
    this.#unread = undefined;
    return text;
  }

  #endOfString(start: number): number {
    for (let index = start; index < this.#source.length; index += 1) {
      const character = this.#source[index] as string;
      if (character === '\\') index += 1;
      else if (character === '"') return index;
      else if (character < ' ') {
        this.#position = index + 1;
        this.fail(
          `Illegal unquoted character ((CTRL-CHAR, code ${character.charCodeAt(0)})): has to be escaped using backslash to be included in string value`,
        );
      }
    }
    this.#position = this.#source.length;
    return this.fail('Unexpected end-of-input: was expecting closing quote for a string value');
  }

  #unescape(start: number, end: number): string {
    const raw = this.#source.slice(start, end);
    if (!raw.includes('\\')) return raw;
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      this.#position = end;
      return this.fail('Unrecognized character escape');
    }
  }

  #skipSpace(): void {
    while (/\s/.test(this.#source[this.#position] ?? '')) this.#position += 1;
  }

  #expect(character: string, reason: string): void {
    if (this.#position >= this.#source.length) this.#endOfInput(this.#levels.at(-1)?.kind);
    if (this.#source[this.#position] !== character) this.#unexpected(reason);
    this.#position += 1;
  }

  #unexpected(reason: string): never {
    const character = this.#source[this.#position] ?? '';
    this.#position += 1;
    return this.fail(`Unexpected character ('${character}' (code ${character.charCodeAt(0)})): ${reason}`);
  }

  #endOfInput(open: '{' | '[' | undefined): never {
    if (!open) this.fail('Unexpected end-of-input');
    const name = open === '{' ? 'Object' : 'Array';
    return this.fail(
      `Unexpected end-of-input: expected close marker for ${name} (start marker at ${this.#quotedSource()})`,
    );
  }

  #quotedSource(): string {
    return `[Source: (String)${this.#quoted()}; ${this.#where(0)}]`;
  }

  #quoted(): string {
    const left = this.#source.length - quotedMax;
    return left > 0 ? `"${this.#source.slice(0, quotedMax)}"[truncated ${left} chars]` : `"${this.#source}"`;
  }

  #where(position: number): string {
    const before = this.#source.slice(0, position);
    const line = before.split('\n').length;
    return `line: ${line}, column: ${position - (before.lastIndexOf('\n') + 1) + 1}`;
  }
}

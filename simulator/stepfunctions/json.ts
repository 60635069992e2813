/** Any value that JSON can hold: what travels between states. Treated as immutable everywhere. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value together with its JSON text, which the history, the size limits and the next state all need. */
export class Datum {
  readonly value: Json;
  #text: string | undefined;

  constructor(value: Json, text?: string) {
    this.value = value;
    this.#text = text;
  }

  get text(): string {
    this.#text ??= JSON.stringify(this.value);
    return this.#text;
  }
}

/** Largest input, output or result of a state, in bytes of UTF-8. */
export const dataBytesMax = 262_144;

export const exceedsDataLimit = (text: string): boolean =>
  // A UTF-16 code unit takes at most three bytes of UTF-8, so short texts need no count.
  text.length * 3 > dataBytesMax && Buffer.byteLength(text) > dataBytesMax;

/**
 * Seeded chance in named streams. The nth number of a stream depends on the seed, the name and n only, so that code
 * which starts to draw from a new name leaves every other stream as it was, and a replay shows the first divergence.
 */
export class Draws {
  readonly #seed: number;
  readonly #streams = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** A uniform number in [0, 1). */
  next(name: string): number {
    return this.#next32(name) / 0x1_0000_0000;
  }

  hex(name: string, length: number): string {
    let digits = '';
    while (digits.length < length) digits += hex32(this.#next32(name));
    return digits.length === length ? digits : digits.slice(0, length);
  }

  uuid(name: string): string {
    const [a, b, c, d] = [this.#next32(name), this.#next32(name), this.#next32(name), this.#next32(name)];
    // The version stands in the thirteenth digit, the variant in the upper bits of the seventeenth.
    const versioned = hex32((b & 0xffff_0fff) | 0x4000);
    const variant = hex32((c & 0x3fff_ffff) | 0x8000_0000);
    return `${hex32(a)}-${versioned.slice(0, 4)}-${versioned.slice(4)}-${variant.slice(0, 4)}-${variant.slice(4)}${hex32(d)}`;
  }

  /** splitmix32 over a state that starts from a hash of seed and name. */
  #next32(name: string): number {
    const state = ((this.#streams.get(name) ?? hashName(this.#seed, name)) + 0x9e3779b9) | 0;
    this.#streams.set(name, state);
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight hexadecimal digits. */
const hex32 = (value: number): string =>
  `${bytes[value >>> 24]}${bytes[(value >>> 16) & 0xff]}${bytes[(value >>> 8) & 0xff]}${bytes[value & 0xff]}`;

/** FNV-1a over the name, started from the seed. */
const hashName = (seed: number, name: string): number => {
  let hash = (0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1)) | 0;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
};

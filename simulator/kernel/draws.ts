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
    while (digits.length < length) digits += this.#next32(name).toString(16).padStart(8, '0');
    return digits.slice(0, length);
  }

  uuid(name: string): string {
    const hex = this.hex(name, 32);
    const variant = ((Number.parseInt(hex[16] as string, 16) & 0x3) | 0x8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
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

/** FNV-1a over the name, started from the seed. */
const hashName = (seed: number, name: string): number => {
  let hash = (0x811c9dc5 ^ Math.imul(seed | 0, 0x9e3779b1)) | 0;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
};

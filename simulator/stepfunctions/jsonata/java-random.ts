const multiplier = 0x5deece66dn;
const mask = (1n << 48n) - 1n;

/**
 * The first number of `java.util.Random` for a seed: what AWS answers for `$random(seed)`
 * (42 gives 0.7275636800328681). The generator and its constants are part of Java's published specification.
 */
export const javaRandom = (seed: number): number => {
  let state = (BigInt(Math.trunc(seed)) ^ multiplier) & mask;
  const next = (bits: bigint): bigint => {
    state = (state * multiplier + 0xbn) & mask;
    return state >> (48n - bits);
  };
  const high = next(26n);
  return Number((high << 27n) + next(27n)) / 2 ** 53;
};

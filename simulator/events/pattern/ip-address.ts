/** The bytes of an IP address as lower-case hex digits: 8 for IPv4, 32 for IPv6. Undefined for anything else. */
export const ipDigits = (text: string): string | undefined => {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.every((part) => part <= 255) ? parts.map((part) => hex(part, 2)).join('') : undefined;
  }
  if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...head, ...tail];
  if (groups.some((group) => group.length === 0 || group.length > 4)) return undefined;
  const missing = 8 - groups.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array<string>(halves.length === 2 ? missing : 0).fill('0'), ...tail]
    .map((group) => group.toLowerCase().padStart(4, '0'))
    .join('');
};

/** The lowest and the highest address of a block, as `ipDigits` writes them. */
export interface IpRange {
  readonly lowest: string;
  readonly highest: string;
}

/**
 * Reads `10.0.0.0/8`. Any address of the block may stand before the slash.
 * @throws RangeError with AWS's sentence.
 */
export const cidrRange = (cidr: string): IpRange => {
  const parts = cidr.split('/');
  if (parts.length !== 2) throw new RangeError("Malformed CIDR, one '/' required");
  const [address = '', bits = ''] = parts;
  if (!/^[+-]?\d+$/.test(bits)) throw new RangeError('Malformed CIDR, mask bits must be an integer');
  const maskBits = Number(bits);
  if (maskBits < 0) throw new RangeError('Malformed CIDR, mask bits must not be negative');
  const digits = ipDigits(address);
  if (digits === undefined) {
    const isNumeric = /^(\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:]*:[0-9a-fA-F:]*)$/.test(address);
    throw new RangeError(`${isNumeric ? 'Invalid' : 'Nonstandard'} IP address: ${address}`);
  }
  const width = digits.length * 4;
  if (maskBits > width - 1) throw new RangeError(`IPv${width === 32 ? 4 : 6} mask bits must be < ${width}`);
  const hostMask = (1n << BigInt(width - maskBits)) - 1n;
  const highest = BigInt(`0x${digits}`) | hostMask;
  return { lowest: hex(highest ^ hostMask, digits.length), highest: hex(highest, digits.length) };
};

const hex = (value: number | bigint, width: number): string => value.toString(16).padStart(width, '0');

import { templateError } from './validation-error.ts';

/** `Fn::Cidr`: the first `count` blocks of `bits` host bits within an IPv4 block. @throws AwsError `ValidationError` */
export const subnetBlocks = (block: string, count: number, bits = 8): readonly string[] => {
  const [address = '', length = ''] = block.split('/');
  const octets = address.split('.').map(Number);
  const prefix = Number(length);
  const isAddress =
    octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255);
  if (!isAddress || !Number.isInteger(prefix) || prefix < 0 || prefix > 32)
    throw templateError(`Fn::Cidr: ${block} is not an IPv4 block.`);
  const size = 2 ** bits;
  const start = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (count < 1 || count > 256 || count * size > 2 ** (32 - prefix))
    throw templateError(`Fn::Cidr cannot make ${count} blocks of ${bits} bits within ${block}.`);
  return Array.from({ length: count }, (_, index) => {
    const base = start + index * size;
    const text = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.');
    return `${text}/${32 - bits}`;
  });
};

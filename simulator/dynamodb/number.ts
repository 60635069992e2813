import { validation } from './errors.ts';

/** coefficient × 10^exponent, with no trailing zero in the coefficient. Numbers of DynamoDB have up to 38 decimal digits. */
interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const shortInteger = /^-?[1-9]\d{0,14}$/;

const parse = (text: string): Decimal => {
  const match = shape.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (!match || whole + fraction === '')
    throw validation(`The parameter cannot be converted to a numeric value: ${text}`);
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return { coefficient: 0n, exponent: 0 };
  if (significant.length > 38) throw validation('Attempting to store more than 38 significant digits in a Number');
  const exponent = Number(power) - fraction.length + (digits.length - significant.length);
  const magnitude = exponent + significant.length;
  if (magnitude > 126)
    throw validation('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (magnitude < -129)
    throw validation('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  return { coefficient: BigInt(`${sign === '-' ? '-' : ''}${significant}`), exponent };
};

const format = ({ coefficient, exponent }: Decimal): string => {
  const sign = coefficient < 0n ? '-' : '';
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString();
  if (exponent >= 0) return sign + digits + '0'.repeat(coefficient === 0n ? 0 : exponent);
  const point = digits.length + exponent;
  if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
  return `${sign}0.${'0'.repeat(-point)}${digits}`;
};

/** Both coefficients at the smaller of the two exponents. */
const align = (a: Decimal, b: Decimal): readonly [bigint, bigint, number] => {
  const exponent = Math.min(a.exponent, b.exponent);
  return [
    a.coefficient * 10n ** BigInt(a.exponent - exponent),
    b.coefficient * 10n ** BigInt(b.exponent - exponent),
    exponent,
  ];
};

/** The one text that DynamoDB answers for a number, however it was written. @throws AwsError when it is no number */
export const normalizeNumber = (text: string): string => (shortInteger.test(text) ? text : format(parse(text.trim())));

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export const compareNumbers = (a: string, b: string): number => {
  if (shortInteger.test(a) && shortInteger.test(b)) return Number(a) - Number(b);
  const [left, right] = align(parse(a), parse(b));
  return left < right ? -1 : left > right ? 1 : 0;
};

/** @throws AwsError when the sum does not fit into 38 digits */
export const addNumbers = (a: string, b: string): string => {
  const [left, right, exponent] = align(parse(a), parse(b));
  return normalizeNumber(`${left + right}e${exponent}`);
};

export const negateNumber = (text: string): string =>
  text.startsWith('-') ? text.slice(1) : text === '0' ? text : `-${text}`;

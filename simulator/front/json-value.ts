import { AwsError } from '../cloud/aws-error.ts';

/** JSON as AWS writes it: times are seconds since the epoch, blobs are base64. */
export const toAwsJson = (value: unknown): string => JSON.stringify(plain(value));

const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
};

/** @throws AwsError `SerializationException` when the body is no JSON object. An empty body counts as `{}`. */
export const readJsonObject = (body: Uint8Array): Record<string, unknown> => {
  const text = Buffer.from(body).toString('utf8');
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  return value as Record<string, unknown>;
};

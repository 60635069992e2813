import { AwsError } from '../cloud/aws-error.ts';
import { mapStrings } from './json.ts';
import type { CallApi } from './resource-provider.ts';

const reference = /\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]+)\}\}/g;

/**
 * Fills in `{{resolve:ssm:…}}` and `{{resolve:secretsmanager:…}}`. CloudFormation does so just before it makes a
 * resource, and compares the unresolved text when it looks for changes (CloudFormation user guide, dynamic-references).
 */
export const resolveDynamicReferences = async (value: unknown, call: CallApi): Promise<unknown> => {
  const found = new Map<string, string>();
  mapStrings(value, (text) => {
    for (const [whole] of text.matchAll(reference)) found.set(whole, '');
    return text;
  });
  if (found.size === 0) return value;
  for (const whole of found.keys()) {
    const [, service, body] = new RegExp(reference.source).exec(whole) as unknown as [string, string, string];
    found.set(whole, service === 'secretsmanager' ? await readSecret(body, call) : await readParameter(body, call));
  }
  return mapStrings(value, (text) => text.replace(reference, (whole) => found.get(whole) as string));
};

const readParameter = async (name: string, call: CallApi): Promise<string> => {
  const answer = await call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', {
    Name: name,
    WithDecryption: true,
  });
  return answer.Parameter.Value;
};

/** `secret-id:secret-string:json-key:version-stage:version-id`; an ARN as id has colons of its own. */
const readSecret = async (body: string, call: CallApi): Promise<string> => {
  const parts = body.split(':');
  const idParts = body.startsWith('arn:') ? 7 : 1;
  const [, key, stage, version] = [parts[idParts] ?? 'SecretString', ...parts.slice(idParts + 1)];
  const answer = await call<{ SecretString?: string }>('secretsmanager', 'GetSecretValue', {
    SecretId: parts.slice(0, idParts).join(':'),
    ...(version ? { VersionId: version } : {}),
    ...(stage ? { VersionStage: stage } : {}),
  });
  const secret = answer.SecretString ?? '';
  if (!key) return secret;
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(secret) as Record<string, unknown>;
  } catch {
    throw new AwsError('ValidationError', 'Could not parse SecretString JSON');
  }
  if (parsed[key] === undefined)
    throw new AwsError('ValidationError', `Could not find a value associated with JSONKey in SecretString`);
  return String(parsed[key]);
};

import { isObject, type JsonObject } from '../json.ts';
import { flag, number, pick, tagList, text } from '../property-values.ts';
import type { Properties, ResourceContext, ResourceProvider } from '../resource-provider.ts';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A password by the rules of GenerateSecretString; its chance is the kernel's. */
const password = (context: ResourceContext, rules: JsonObject): string => {
  const excluded = text(rules, 'ExcludeCharacters') ?? '';
  const classes = [
    flag(rules, 'ExcludeLowercase') ? '' : lower,
    flag(rules, 'ExcludeUppercase') ? '' : lower.toUpperCase(),
    flag(rules, 'ExcludeNumbers') ? '' : digits,
    flag(rules, 'ExcludePunctuation') ? '' : punctuation,
    flag(rules, 'IncludeSpace') ? ' ' : '',
  ]
    .map((characters) => [...characters].filter((character) => !excluded.includes(character)))
    .filter((characters) => characters.length > 0);
  const all = classes.flat();
  const pickFrom = (characters: readonly string[]): string =>
    characters[Number.parseInt(context.hex(8), 16) % characters.length] as string;
  const length = number(rules, 'PasswordLength') ?? 32;
  // One of each class first, as RequireEachIncludedType asks by default.
  return Array.from({ length }, (_, index) => pickFrom(classes[index] ?? all)).join('');
};

const secretString = (context: ResourceContext, properties: Properties): string | undefined => {
  const rules = properties.GenerateSecretString;
  if (!isObject(rules)) return text(properties, 'SecretString');
  const made = password(context, rules);
  const template = text(rules, 'SecretStringTemplate');
  const key = text(rules, 'GenerateStringKey');
  if (template === undefined || key === undefined) return made;
  return JSON.stringify({ ...(JSON.parse(template) as object), [key]: made });
};

export const secretsManagerSecret: ResourceProvider = {
  type: 'AWS::SecretsManager::Secret',
  properties: ['Description', 'GenerateSecretString', 'KmsKeyId', 'Name', 'SecretString', 'Tags'],
  attributes: ['Id'],
  replacedBy: ['Name'],
  create: async (context, properties) => {
    const value = secretString(context, properties);
    const { ARN } = await context.call<{ ARN: string }>('secretsmanager', 'CreateSecret', {
      Name: text(properties, 'Name') ?? context.name({ maxLength: 256 }),
      ...pick(properties, 'Description', 'KmsKeyId'),
      ...(value === undefined ? {} : { SecretString: value }),
      ...(properties.Tags === undefined ? {} : { Tags: tagList(properties) }),
    });
    return { physicalId: ARN, attributes: { Id: ARN } };
  },
  update: async (context, { before, properties, changed }) => {
    const renewed = changed.has('SecretString') || changed.has('GenerateSecretString');
    const value = renewed ? secretString(context, properties) : undefined;
    await context.call('secretsmanager', 'UpdateSecret', {
      SecretId: before.physicalId,
      ...pick(properties, 'Description', 'KmsKeyId'),
      ...(value === undefined ? {} : { SecretString: value }),
    });
    return before;
  },
  delete: async (context, existing) => {
    await context.call('secretsmanager', 'DeleteSecret', {
      SecretId: existing.physicalId,
      ForceDeleteWithoutRecovery: true,
    });
  },
};

import type { GetRandomPasswordRequest } from '@aws-sdk/client-secrets-manager';
import type { Kernel } from '../kernel/kernel.ts';
import { invalidParameter } from './errors.ts';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A password from the kernel's draws. It protects nothing: equal seeds give equal passwords. @throws AwsError */
export const randomPassword = (kernel: Kernel, input: GetRandomPasswordRequest): string => {
  const length = input.PasswordLength ?? 32;
  if (length < 1 || length > 4096) throw invalidParameter('The password length must be between 1 and 4096.');
  const excluded = new Set(input.ExcludeCharacters ?? '');
  const groups = [
    input.ExcludeLowercase ? '' : lower,
    input.ExcludeUppercase ? '' : upper,
    input.ExcludeNumbers ? '' : digits,
    input.ExcludePunctuation ? '' : punctuation,
    input.IncludeSpace ? ' ' : '',
  ]
    .map((group) => [...group].filter((character) => !excluded.has(character)))
    .filter((group) => group.length > 0);
  if (groups.length === 0) throw invalidParameter('The password has no character to be made of.');
  const each = input.RequireEachIncludedType ?? true;
  if (each && groups.length > length)
    throw invalidParameter(`The password length must be at least ${groups.length} to hold each included type.`);
  const pick = (characters: readonly string[]): string =>
    characters[Math.floor(kernel.draw('secretsmanager.password') * characters.length)] as string;
  const all = groups.flat();
  const password = each ? groups.map(pick) : [];
  while (password.length < length) password.push(pick(all));
  // The characters that stand for their types must not always come first.
  for (let index = length - 1; index > 0; index -= 1) {
    const other = Math.floor(kernel.draw('secretsmanager.password') * (index + 1));
    [password[index], password[other]] = [password[other] as string, password[index] as string];
  }
  return password.join('');
};

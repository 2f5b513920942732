import { randomInt } from 'node:crypto';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

const known = [
  'PasswordLength',
  'ExcludePunctuation',
  'ExcludeUppercase',
  'ExcludeLowercase',
  'ExcludeNumbers',
  'ExcludeCharacters',
  'IncludeSpace',
  'RequireEachIncludedType',
  'SecretStringTemplate',
  'GenerateStringKey',
];

const alphabet = (wish: Record<string, unknown>): string => {
  const parts = [
    wish.ExcludeLowercase ? '' : LOWER,
    wish.ExcludeUppercase ? '' : LOWER.toUpperCase(),
    wish.ExcludeNumbers ? '' : DIGITS,
    wish.ExcludePunctuation ? '' : PUNCTUATION,
    wish.IncludeSpace ? ' ' : '',
  ];
  const excluded = String(wish.ExcludeCharacters ?? '');
  return [...parts.join('')].filter((letter) => !excluded.includes(letter)).join('');
};

/**
 * A first value for a secret, as CloudFormation's `GenerateSecretString` asks for it. Throws on an unknown wish.
 * Source: CloudFormation template reference, "AWS::SecretsManager::Secret GenerateSecretString".
 */
export const generateSecretValue = (wish: Record<string, unknown>): string => {
  const unknown = Object.keys(wish).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`the local cloud cannot generate a secret with ${unknown.join(', ')}`);
  const letters = alphabet(wish);
  const password = Array.from({ length: Number(wish.PasswordLength ?? 32) }, () => letters[randomInt(letters.length)]);
  if (typeof wish.SecretStringTemplate !== 'string') return password.join('');
  const template = JSON.parse(wish.SecretStringTemplate) as object;
  return JSON.stringify({ ...template, [String(wish.GenerateStringKey)]: password.join('') });
};

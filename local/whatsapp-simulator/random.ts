import { randomInt } from 'node:crypto';

/** Chance that can be repeated, and the ids made of it. */
export interface Random {
  /** 0 up to, not including, 1. */
  share(): number;
  digits(length: number): string;
  hex(length: number): string;
  /** A message id in Meta's form. */
  messageId(): string;
  /** A word of letters and digits. */
  word(length: number): string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Chance from a seed: the same seed gives the same course. Without one every start differs. */
export const createRandom = (seed: number = randomInt(2 ** 31)): Random => {
  let state = seed >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const from = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet[Math.floor(share() * alphabet.length)]).join('');
  const hex = (length: number) => from('0123456789abcdef', length);
  return {
    share,
    hex,
    digits: (length) => `${1 + Math.floor(share() * 9)}${from('0123456789', length - 1)}`,
    word: (length) => from(LETTERS, length),
    messageId: () => `wamid.${Buffer.from(`\u001d\u0018${hex(38).toUpperCase()}`).toString('base64')}`,
  };
};

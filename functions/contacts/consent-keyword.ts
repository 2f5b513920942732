import { fold } from '#core/text.ts';
import { closing, opening, optIns, optOuts } from './consent-phrases.ts';

/** Longer ones say more than a keyword does. */
const LONGEST = 120;

/** «B A J A» is the word, and so is «BAJA BAJA». */
const joined = (text: string): string =>
  (/^(?:\p{L} )+\p{L}$/u.test(text) ? text.replaceAll(' ', '') : text).replace(/^(\p{L}+)(?: \1)+$/u, '$1');

/** «BAJAAA» is the word too: no word that counts has a letter three times in a row. */
const plainOf = (text: string): string => {
  const words = fold(text.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')).replace(/(\p{L})\1{2,}/gu, '$1');
  return joined(words.replace(opening, '').replace(closing, ''));
};

/**
 * What a message means when it says nothing else: `revoked` for «BAJA», «SALIR», «PARAR», «STOP» and for sentences that
 * ask for no more messages in Spanish, Portuguese or English, `granted` for «ALTA» and «START». Case, accents,
 * punctuation, a greeting and a please don't matter; a sentence about something else is no keyword, whatever words are
 * in it.
 */
export const consentKeyword = (text: string): 'granted' | 'revoked' | undefined => {
  if (text.length > LONGEST) return undefined;
  const plain = plainOf(text);
  if (optOuts.test(plain)) return 'revoked';
  return optIns.test(plain) ? 'granted' : undefined;
};

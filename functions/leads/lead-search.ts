import { phoneKey } from '#core/phone-key.ts';
import type { Lead } from './lead.ts';
import { foldedEmail, foldedWords, nameWords, phonesOf, reversedDigits } from './lead-rows.ts';

/** How leads are looked for: by what begins so, and then by a closer look at each. */
export interface LeadSearch {
  term: 'name' | 'phone' | 'email';
  /** How what a lead is found by begins; a whole e-mail address, folded. */
  text: string;
  /** Whether a closer look is needed at all. */
  isExact: boolean;
  /** Whether a lead is meant, found by this word. It is found only once, by the first of those that begin so. */
  isMeant: (lead: Lead, word: string) => boolean;
}

/** The last digits that every spelling of a number has in common. */
const COMMON_DIGITS = 6;

/** The ways to write a number that lead to the same person, as digits; see {@link phoneKey}. */
const spellings = (phone: string): string[] => {
  const key = phoneKey(phone);
  const national = key.slice(2);
  const own = [phone.replace(/\D/g, ''), key];
  if (/^54\d{10}$/.test(key)) {
    // at home Argentina's mobiles are written with a 15 after an area code of two to four digits
    const home = [2, 3, 4].map((area) => `${national.slice(0, area)}15${national.slice(area)}`);
    return [...own, `549${national}`, ...home];
  }
  if (/^52\d{10}$/.test(key)) return [...own, `521${national}`];
  if (/^55\d{10}$/.test(key)) return [...own, `${key.slice(0, 4)}9${key.slice(4)}`];
  return own;
};

const byPhone = (text: string): LeadSearch => {
  const digits = text.replace(/\D/g, '').replace(/^0+/, '');
  const begin = reversedDigits(digits).slice(0, COMMON_DIGITS);
  return {
    term: 'phone',
    text: begin,
    isExact: digits.length <= COMMON_DIGITS,
    isMeant: (lead, found) => {
      const meant = phonesOf(lead).filter((phone) => spellings(phone).some((one) => one.endsWith(digits)));
      const [first] = meant
        .map(reversedDigits)
        .filter((text) => text.startsWith(begin))
        .toSorted();
      return first === found;
    },
  };
};

const byEmail = (text: string): LeadSearch => ({
  term: 'email',
  text: foldedEmail(text),
  isExact: true,
  isMeant: ({ email }) => email !== undefined && foldedEmail(email) === foldedEmail(text),
});

const byName = (words: readonly [string, ...string[]]): LeadSearch => {
  const [longest] = words.toSorted((one, other) => other.length - one.length) as [string];
  return {
    term: 'name',
    text: longest,
    isExact: words.length === 1,
    isMeant: (lead, found) => {
      const own = nameWords(lead);
      const [first] = own.filter((word) => word.startsWith(longest)).toSorted();
      return first === found && words.every((word) => own.some((one) => one.startsWith(word)));
    },
  };
};

/**
 * What somebody looks for: a whole e-mail address, the last digits of a phone or all of it in any spelling, or the
 * beginnings of a name's words in any order. Undefined when there is nothing in it to look for.
 */
export const readSearch = (text: string): LeadSearch | undefined => {
  if (text.includes('@')) return byEmail(text);
  if (/^[+\d\s().-]+$/.test(text)) return /[1-9]/.test(text) ? byPhone(text) : undefined;
  const [first, ...others] = foldedWords(text);
  return first === undefined ? undefined : byName([first, ...others]);
};

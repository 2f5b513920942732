import type { Country } from '#core/countries.ts';
import { parsePhone } from '#core/phone.ts';
import { phoneKey } from '#core/phone-key.ts';
import type { SamePerson } from '../contacts/same-person.ts';
import type { Buyer } from './sale.ts';

/** Whose sales are looked for, under all names that we know of them. */
export interface Wanted extends SamePerson {
  shopId: string;
  /** Of the shop: how numbers are read that lack a country code. */
  country: Country;
}

export const confidences = ['high', 'medium', 'low'] as const;
export type Confidence = (typeof confidences)[number];

/** By what a sale fits a contact; `phone-ending`: the last eight digits alone. */
export const matchMarks = ['contact', 'phone', 'phone-ending', 'email'] as const;
export type MatchMark = (typeof matchMarks)[number];

/** How well a sale fits a contact. It is for a person to say whether it is theirs. */
export interface Match {
  confidence: Confidence;
  matchedBy: MatchMark[];
}

type Agreement = 'same' | 'alike' | 'different' | 'unknown';

const ENDING = 8;

const phoneAgreement = (buyers: string | undefined, own: readonly string[], country: Country): Agreement => {
  const digits = buyers?.replace(/\D/g, '') ?? '';
  if (buyers === undefined || own.length === 0 || digits.length < ENDING) return 'unknown';
  const read = parsePhone(buyers, country) ?? parsePhone(`+${digits}`, country);
  if (own.some((one) => phoneKey(read ?? digits) === phoneKey(one))) return 'same';
  return own.some((one) => digits.slice(-ENDING) === one.slice(-ENDING)) ? 'alike' : 'different';
};

/** Case never tells two mailboxes apart in practice. */
const emailAgreement = (buyers: string | undefined, own: string | undefined): Agreement => {
  const [one, other] = [buyers, own].map((email) => email?.trim().toLowerCase());
  if (!one || !other) return 'unknown';
  return one === other ? 'same' : 'different';
};

const judged = (phone: Agreement, email: Agreement): Confidence | undefined => {
  if (phone === 'same') return email === 'different' ? 'medium' : 'high';
  if (email === 'same') return { alike: 'high', unknown: 'medium', different: 'low' }[phone] as Confidence;
  return phone === 'alike' ? 'low' : undefined;
};

/**
 * How well whoever bought fits a contact, or undefined when nothing says that they are one. Phones are compared by
 * variant (Argentina's 9, Mexico's 1, Brazil's ninth digit). Never throws.
 */
export const matchSale = (buyer: Buyer, wanted: Wanted): Match | undefined => {
  if (buyer.contactId !== undefined && wanted.contactIds.includes(buyer.contactId)) {
    return { confidence: 'high', matchedBy: ['contact'] };
  }
  const phone = phoneAgreement(buyer.phone, wanted.phones, wanted.country);
  const email = emailAgreement(buyer.email, wanted.email);
  const confidence = judged(phone, email);
  const marks: (MatchMark | false)[] = [
    phone === 'same' && 'phone',
    phone === 'alike' && 'phone-ending',
    email === 'same' && 'email',
  ];
  return confidence && { confidence, matchedBy: marks.filter((mark) => mark !== false) };
};

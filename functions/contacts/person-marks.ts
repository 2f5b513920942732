import * as z from 'zod/mini';
import { keyedDigest } from '#core/ids.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { phoneKey } from '#core/phone-key.ts';
import type { Person } from './find-person.ts';

/**
 * What a person is recognised by in texts, as keyed digests: whoever works through a shop's rows for hours, with breaks
 * and restarts, must not keep the person's number in his notes while erasing it everywhere else.
 */
export const PersonMarks = lazy(() =>
  z.object({
    /** As in the look-ups of contacts. */
    phones: z.array(z.string()),
    /** As in the guards of checkouts. */
    holders: z.array(z.string()),
    /** The last eight digits: people write numbers without country and area. */
    tails: z.array(z.string()),
    emails: z.array(z.string()),
    userIds: z.array(z.string()),
  }),
);
export type PersonMarks = z.infer<Lazy<typeof PersonMarks>>;

const TAIL = 8;

/** The digest of a phone that the look-up of its contact has in its key. */
export const phoneMark = (secret: string, phone: string): string =>
  keyedDigest(secret, 'contact-phone', phoneKey(phone));

const tailMark = (secret: string, digits: string): string => keyedDigest(secret, 'phone-tail', digits.slice(-TAIL));
const emailMark = (secret: string, email: string): string => keyedDigest(secret, 'mark-email', email.toLowerCase());
const userMark = (secret: string, userId: string): string => keyedDigest(secret, 'mark-user', userId);

const unique = (marks: readonly string[]): string[] => [...new Set(marks)];

/** The marks of phones alone. */
export const marksOfPhones = (phones: readonly string[], secret: string): PersonMarks => ({
  phones: unique(phones.map((phone) => phoneMark(secret, phone))),
  holders: unique(phones.map((phone) => keyedDigest(secret, 'phone', phoneKey(phone)))),
  tails: unique(phones.map((phone) => tailMark(secret, phoneKey(phone)))),
  emails: [],
  userIds: [],
});

/** All marks of both. */
export const joinedMarks = (one: PersonMarks, other: PersonMarks): PersonMarks => ({
  phones: unique([...one.phones, ...other.phones]),
  holders: unique([...one.holders, ...other.holders]),
  tails: unique([...one.tails, ...other.tails]),
  emails: unique([...one.emails, ...other.emails]),
  userIds: unique([...one.userIds, ...other.userIds]),
});

/** The marks of a person as a shop knows them. */
export const marksOf = ({ contacts, leads }: Person, secret: string): PersonMarks => {
  const all = [...contacts, ...leads];
  const phones = [...all.map(({ phone }) => phone), ...contacts.map(({ waId }) => waId)];
  const emails = leads.flatMap(({ email }) => (email ? [emailMark(secret, email)] : []));
  const userIds = all.flatMap((one) => one.userIds.map(({ userId }) => userMark(secret, userId)));
  const known = phones.filter((phone) => phone !== undefined && phone !== '');
  return { ...marksOfPhones(known as string[], secret), emails: unique(emails), userIds: unique(userIds) };
};

/** Digits with what people write between those of one number. A line or a column ends it. */
const DIGITS = /\d+(?:[ \u00a0\u202f().\-/\u2010-\u2015\ufffd]{1,3}\d+)*/g;
const LEAST_DIGITS = 7;
const MOST_DIGITS = 17;
const USER_ID = /\b[A-Z]{2}\.[\w.]{3,128}/g;
const META_ID = /wamid\.([A-Za-z0-9+/=]{16,200})/g;

/** Meta's ids of messages have the phone in them. */
const unwrapped = (text: string): string =>
  [...text.matchAll(META_ID)].map(([, id = '']) => Buffer.from(id, 'base64').toString('latin1')).join('\n');

/** The numbers that end with this run of digits and begin with it or with one before it. */
function* endingWith(runs: readonly string[], last: number): Generator<string> {
  let number = '';
  for (let first = last; first >= 0 && (first === last || number.length < MOST_DIGITS); first -= 1) {
    number = `${runs[first]}${number}`;
    if (number.length >= LEAST_DIGITS) yield number;
  }
}

/**
 * Every number that neighbouring runs of digits may be: an age before a phone, or a second phone behind it, is no part of
 * it, and nobody can tell which runs are one.
 */
function* numbersIn(text: string): Generator<string> {
  for (const [digits] of text.matchAll(DIGITS)) {
    const runs = digits.split(/\D+/);
    for (let last = 0; last < runs.length; last += 1) yield* endingWith(runs, last);
  }
}

/** Whether it holds for one of them; each is asked once. */
const someOf = (texts: Iterable<string>, holds: (text: string) => boolean): boolean => {
  const asked = new Set<string>();
  for (const text of texts) {
    if (asked.has(text)) continue;
    if (holds(text)) return true;
    asked.add(text);
  }
  return false;
};

/** `loosely`: numbers count that only end like theirs. */
interface Looking {
  secret: string;
  loosely: boolean;
}

const hasPhone = (text: string, marks: PersonMarks, { secret, loosely }: Looking): boolean => {
  const isTail = new Map<string, boolean>();
  // digests cost more than all else: whoever does not end like them is not them
  const endsLikeTheirs = (number: string): boolean => {
    const tail = number.slice(-TAIL);
    const known = isTail.get(tail) ?? marks.tails.includes(tailMark(secret, tail));
    isTail.set(tail, known);
    return known;
  };
  for (const number of numbersIn(`${text}\n${unwrapped(text)}`)) {
    if (!endsLikeTheirs(number)) continue;
    if (loosely || marks.phones.includes(phoneMark(secret, number.replace(/^00/, '')))) return true;
  }
  return false;
};

const MOST_BEFORE_AT = 64;
const MOST_BEHIND_AT = 255;
const BEFORE_AT = /[^\s"'<>,;:|\\/()[\]{}=&?]+$/;
const BEHIND_AT = /^[^\s"'<>,;:|\\/()[\]{}=&?@]+/;

/** From each @ to both sides: to look for the part before it first would read a file once for every character of it. */
function* emailsIn(text: string): Generator<string> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const [before] = BEFORE_AT.exec(text.slice(Math.max(0, at - MOST_BEFORE_AT), at)) ?? [];
    const [behind] = BEHIND_AT.exec(text.slice(at + 1, at + 1 + MOST_BEHIND_AT)) ?? [];
    if (before && behind) yield `${before}@${behind.replace(/[.!*_]+$/, '')}`;
  }
}

const userIdsIn = (text: string): string[] => text.match(USER_ID) ?? [];

/** Whether a text names the person, by phone, e-mail address or business-scoped id. */
export const mentions = (text: string, marks: PersonMarks, looking: Looking): boolean =>
  (marks.tails.length > 0 && hasPhone(text, marks, looking)) ||
  (marks.emails.length > 0 &&
    someOf(emailsIn(text), (email) => marks.emails.includes(emailMark(looking.secret, email)))) ||
  (marks.userIds.length > 0 &&
    someOf(userIdsIn(text), (userId) => marks.userIds.includes(userMark(looking.secret, userId))));

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

const PHONE = /\+?\d(?:[\s().\-/]{0,3}\d){6,16}/g;
const EMAIL = /[^\s"'<>,;:\\]{1,64}@[^\s"'<>,;:\\]{3,200}/g;
const USER_ID = /\b[A-Z]{2}\.[\w.]{3,128}/g;
const META_ID = /wamid\.([A-Za-z0-9+/=]{16,200})/g;

/** Meta's ids of messages have the phone in them. */
const unwrapped = (text: string): string =>
  [...text.matchAll(META_ID)].map(([, id = '']) => Buffer.from(id, 'base64').toString('latin1')).join(' ');

const found = (text: string, pattern: RegExp): Set<string> => new Set(text.match(pattern));

/** `loosely`: numbers count that only end like theirs. */
interface Looking {
  secret: string;
  loosely: boolean;
}

const hasPhone = (text: string, marks: PersonMarks, { secret, loosely }: Looking): boolean => {
  const numbers = [...found(`${text} ${unwrapped(text)}`, PHONE)].map((number) => number.replace(/\D/g, ''));
  return numbers.some(
    (digits) =>
      marks.phones.includes(phoneMark(secret, digits.replace(/^00/, ''))) ||
      (loosely && marks.tails.includes(tailMark(secret, digits))),
  );
};

/** Whether a text names the person, by phone, e-mail address or business-scoped id. */
export const mentions = (text: string, marks: PersonMarks, looking: Looking): boolean =>
  hasPhone(text, marks, looking) ||
  (marks.emails.length > 0 &&
    [...found(text, EMAIL)].some((email) => marks.emails.includes(emailMark(looking.secret, email)))) ||
  (marks.userIds.length > 0 &&
    [...found(text, USER_ID)].some((userId) => marks.userIds.includes(userMark(looking.secret, userId))));

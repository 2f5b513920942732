import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import { phoneKey } from '#core/phone-key.ts';
import { chosenFields } from './join-leads.ts';
import { type Lead, leadName } from './lead.ts';
import { foldedEmail, foldedWords } from './lead-rows.ts';
import { LeadView } from './lead-view.ts';

/**
 * Why two leads may be one person. `under-review`: the facts of both contacts contradict somebody's; a reason only beside
 * another one.
 */
export const likenesses = ['same-email', 'same-last-digits', 'one-digit-off', 'same-name', 'under-review'] as const;
export type Likeness = (typeof likenesses)[number];

export const confidences = ['high', 'medium', 'low'] as const;
export type Confidence = (typeof confidences)[number];

/** A lead that may be the same person as another, for somebody to decide. */
export const Duplicate = lazy(() =>
  z.object({
    lead: LeadView(),
    reasons: z.array(z.enum(likenesses)),
    confidence: z.enum(confidences),
    /** Fields in which both have something, and not the same: a merge asks which. */
    conflicts: z.array(z.enum(chosenFields)),
    /** What a merge says it has looked at. */
    reviewed: z.object({ version: z.int(), otherVersion: z.int() }),
  }),
);
export type Duplicate = z.infer<Lazy<typeof Duplicate>>;

/** Numbers that end alike in so many digits are mostly one number, written with another code before them. */
export const ALIKE_DIGITS = 8;

/** Of so many last digits one may be mistyped; those before are the country's and the area's. */
const TYPED_DIGITS = 10;

const digitsOf = (phone: string): string => phone.replace(/\D/g, '');

/** The end of a phone by which it is compared; undefined for one that is shorter. */
export const lastDigits = (phone: string | undefined): string | undefined => {
  const digits = digitsOf(phone ?? '');
  return digits.length >= ALIKE_DIGITS ? digits.slice(-ALIKE_DIGITS) : undefined;
};

/** All phones that differ from this one in one of the last ten digits: ninety. */
export const phonesOneDigitOff = (phone: string): string[] => {
  const first = Math.max(1, phone.length - TYPED_DIGITS);
  const places = Array.from({ length: phone.length - first }, (_, index) => first + index);
  return places.flatMap((place) =>
    [...'0123456789']
      .filter((digit) => digit !== phone[place])
      .map((digit) => phone.slice(0, place) + digit + phone.slice(place + 1)),
  );
};

const isOneDigitOff = (one: string, other: string): boolean => {
  const [first, second] = [phoneKey(one), phoneKey(other)];
  return first.length === second.length && [...first].filter((digit, place) => digit !== second[place]).length === 1;
};

/** The folded words of a name in one order, whoever wrote the last name first; undefined for a single word. */
export const wholeName = (lead: Lead): string | undefined => {
  const words = foldedWords(leadName(lead) ?? '');
  return words.length > 1 ? words.toSorted().join(' ') : undefined;
};

const isSame = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one === other;

const emailOf = ({ email }: Lead): string | undefined => (email === undefined ? undefined : foldedEmail(email));

/** Why two leads may be one person; nothing when there is no reason. */
export const likenessOf = (one: Lead, other: Lead, areUnderReview: boolean): Likeness[] => {
  const reasons: [Likeness, boolean][] = [
    ['same-email', isSame(emailOf(one), emailOf(other))],
    ['same-last-digits', isSame(lastDigits(one.phone), lastDigits(other.phone))],
    ['one-digit-off', Boolean(one.phone && other.phone && isOneDigitOff(one.phone, other.phone))],
    ['same-name', isSame(wholeName(one), wholeName(other))],
  ];
  const found = reasons.filter(([, holds]) => holds).map(([reason]) => reason);
  return found.length > 0 && areUnderReview ? [...found, 'under-review'] : found;
};

const weights: Record<Likeness, number> = {
  'same-email': 3,
  'same-last-digits': 2,
  'same-name': 2,
  'one-digit-off': 1,
  'under-review': 1,
};

const weightOf = (reasons: readonly Likeness[]): number => reasons.reduce((sum, reason) => sum + weights[reason], 0);

/** How sure it is that they are one person. */
export const confidenceOf = (reasons: readonly Likeness[]): Confidence => {
  const weight = weightOf(reasons);
  if (weight >= 3) return 'high';
  return weight === 2 ? 'medium' : 'low';
};

/** Those with the most reasons first. */
export const surestFirst = (one: { reasons: readonly Likeness[] }, other: { reasons: readonly Likeness[] }): number =>
  weightOf(other.reasons) - weightOf(one.reasons);

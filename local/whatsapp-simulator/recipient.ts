import { GraphRefusal } from './graph-refusal.ts';
import { type Part, textOf } from './sends/part.ts';
import type { Phone } from './simulator-api.ts';
import { digitsOf, findByPhone, findByUserId, phoneKey } from './world.ts';
import type { NumberRow, World } from './world-rows.ts';

/** Whom a send is for. */
export interface Recipient {
  /** As it was given. */
  input: string;
  waId?: string;
  userId?: string;
  phone?: Phone;
  /** A user id in `to`: Meta answers 200 and nothing ever happens. */
  isSwallowed?: boolean;
}

const USER_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

const callingCodes = ['54', '55', '56', '57', '51', '52', '34', '598', '595', '591', '593', '58', '1'];

/** The country code of the business, which Meta puts before a number that has no `+`. */
const callingCodeOf = ({ displayNumber }: NumberRow): string => {
  const digits = digitsOf(displayNumber);
  return callingCodes.find((code) => digits.startsWith(code)) ?? digits.slice(0, 2);
};

const byPhone = (world: World, number: NumberRow, input: string): Recipient => {
  if (USER_ID.test(input)) return { input, isSwallowed: true };
  if (!/^\+?[\d\s().-]{5,30}$/.test(input)) throw new GraphRefusal(131009, 'to is not a valid phone number.');
  const digits = digitsOf(input);
  const whole = input.trim().startsWith('+') ? digits : `${callingCodeOf(number)}${digits}`;
  if (phoneKey(whole) === phoneKey(number.displayNumber))
    throw new GraphRefusal(131021, 'Recipient cannot be the sender.');
  const phone = findByPhone(world, whole);
  const waId = phone?.phone === undefined ? whole : digitsOf(phone.phone);
  return { input, waId, phone };
};

/** Reads `to` or `recipient`; `to` wins when both are there. Throws `GraphRefusal`. */
export const recipientOf = (world: World, number: NumberRow, message: Part): Recipient => {
  if (message.members['to'] !== undefined) return byPhone(world, number, textOf(message, 'to', { most: 200 }));
  if (message.members['recipient'] === undefined) {
    throw new GraphRefusal(100, undefined, { message: '(#100) The parameter to is required.' });
  }
  const input = textOf(message, 'recipient', { most: 200 });
  if (!USER_ID.test(input)) throw new GraphRefusal(131009, 'recipient is not a valid business-scoped user ID.');
  return { input, userId: input, phone: findByUserId(world, number.businessId, input) };
};

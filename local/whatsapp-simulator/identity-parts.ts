import type { Phone } from './simulator-api.ts';
import { digitsOf } from './world.ts';
import type { NumberRow } from './world-rows.ts';

/** How Meta names a customer to a business: the telephone only where it is known, the id of the portfolio always. */
export const personIds = (phone: Phone, { businessId }: NumberRow) => ({
  waId: phone.phone === undefined ? undefined : digitsOf(phone.phone),
  userId: phone.userIds[businessId],
});

/** An item of `contacts`. */
export const contactOf = (phone: Phone, number: NumberRow) => {
  const { waId, userId } = personIds(phone, number);
  return {
    profile: { name: phone.name, ...(phone.username !== undefined && { username: phone.username }) },
    ...(waId !== undefined && { wa_id: waId }),
    user_id: userId,
  };
};

/** `metadata`: which number it is about. */
export const metadataOf = ({ displayNumber, numberId }: NumberRow) => ({
  display_phone_number: digitsOf(displayNumber),
  phone_number_id: numberId,
});

/** The beginning of each value of a number. */
export const numberValue = (number: NumberRow) => ({ messaging_product: 'whatsapp', metadata: metadataOf(number) });

import type { Checkout } from '../checkouts/checkout.ts';
import type { Contact } from '../contacts/contact.ts';
import { type ContactCheckout, contactCheckoutOf } from '../contacts/contact-checkout.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import type { Shop } from '../shops/shop.ts';
import { type CaptureLeadPorts, captureLead } from './capture-lead.ts';
import { mayCapture } from './may-capture.ts';
import { namesOf } from './read-submission.ts';

export interface CaptureCheckoutPorts extends CaptureLeadPorts {
  checkouts: { find: (code: string) => Promise<Checkout | undefined> };
  findShop: (shopId: string) => Promise<Shop | undefined>;
  contacts: IdentityPorts['contacts'] & CaptureLeadPorts['contacts'];
  contactCheckouts: {
    put: (
      whose: { shopId: string; contactId: string },
      checkout: ContactCheckout,
      notOf?: readonly string[],
    ) => Promise<boolean>;
  };
}

/** A phone alone names a person whatever business portfolio the shop's numbers are in. */
export const ANY_BUSINESS = '';

/** Whoever has the phone that the shopper gave. */
const contactByPhone = ({ shopId, phone, createdAt }: Checkout, ports: CaptureCheckoutPorts): Promise<Contact> =>
  identifyContact({ shopId, businessId: ANY_BUSINESS, person: { phone }, at: createdAt }, ports);

/** The person who wrote with the code, or else whoever has the phone. `notOf`: whose it seemed to be before. */
const ownerOf = async (
  checkout: Checkout,
  ports: CaptureCheckoutPorts,
): Promise<{ contact: Contact; notOf: string[] }> => {
  const { shopId, tie, phone, createdAt } = checkout;
  if (tie === undefined) return { contact: await contactByPhone(checkout, ports), notOf: [] };
  const contact = await findContact({ shopId, contactId: tie.contactId }, ports);
  const { byPhone } = await ports.contacts.known(shopId, [{ phone }], { consistent: true, at: createdAt });
  const others = byPhone && byPhone.contactId !== contact.contactId ? [byPhone.contactId] : [];
  return { contact, notOf: others };
};

/**
 * Keeps a checkout with its person, as it stands now, and makes them a lead where the shop wants that: the person who
 * wrote with its code, or, until somebody has, whoever has the phone that the shopper gave. Safe to repeat, in any order.
 * Throws `change.conflict` when others kept changing the contact or its lead.
 */
export const captureCheckout = async (code: string, ports: CaptureCheckoutPorts): Promise<void> => {
  const checkout = await ports.checkouts.find(code);
  const shop = checkout && (await ports.findShop(checkout.shopId));
  if (checkout === undefined || shop === undefined) return;
  const { contact, notOf } = await ownerOf(checkout, ports);
  const { shopId, contactId } = contact;
  const former = contact.formerContactIds ?? [];
  await ports.contactCheckouts.put({ shopId, contactId }, contactCheckoutOf(checkout), [
    ...new Set([...notOf, ...former]),
  ]);
  if (!mayCapture(shop)) return;
  const facts = { source: 'checkout', ...namesOf({ fullName: checkout.customerName }) };
  await captureLead({ shop, contact, facts, at: ports.patience.clock().toISOString(), by: 'shopper' }, ports);
};

import type { Checkout } from '../checkouts/checkout.ts';
import type { Contact } from '../contacts/contact.ts';
import { type ContactCheckout, contactCheckoutOf } from '../contacts/contact-checkout.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { ANY_BUSINESS } from '../contacts/identity.ts';
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

/** Whoever has the phone that the shopper gave. */
const contactByPhone = ({ shopId, phone, createdAt }: Checkout, ports: CaptureCheckoutPorts): Promise<Contact> =>
  identifyContact({ shopId, businessId: ANY_BUSINESS, person: { phone }, at: createdAt }, ports);

interface Owner {
  contact: Contact;
  /** Whose it seemed to be before. */
  notOf: readonly string[];
}

/** The person who wrote with the code, or else whoever has the phone; nobody, once they were erased. */
const ownerOf = async (checkout: Checkout, ports: CaptureCheckoutPorts): Promise<Owner | undefined> => {
  const { shopId, tie, phone, createdAt } = checkout;
  if (phone === '') return undefined;
  if (tie === undefined) return { contact: await contactByPhone(checkout, ports), notOf: [] };
  const contact = await findContact({ shopId, contactId: tie.contactId }, ports);
  const { byPhone } = await ports.contacts.known(shopId, [{ phone }], { consistent: true, at: createdAt });
  const others = byPhone && byPhone.contactId !== contact.contactId ? [byPhone.contactId] : [];
  return { contact, notOf: others };
};

/** A transaction takes a hundred writes. */
const MOST_FORMER = 90;

/**
 * Keeps a checkout with its person, as it stands now, and makes them a lead where the shop wants that: the person who
 * wrote with its code, or, until somebody has, whoever has the phone that the shopper gave. Safe to repeat, in any order.
 * Throws `not-found` when the person is gone, and `change.conflict` when others kept changing the contact or its lead.
 */
export const captureCheckout = async (code: string, ports: CaptureCheckoutPorts): Promise<void> => {
  const checkout = await ports.checkouts.find(code);
  const shop = checkout && (await ports.findShop(checkout.shopId));
  if (checkout === undefined || shop === undefined) return;
  const owner = await ownerOf(checkout, ports);
  if (owner === undefined) return;
  const { contact } = owner;
  const { shopId, contactId } = contact;
  const notOf = [...new Set([...owner.notOf, ...(contact.formerContactIds ?? [])])].slice(0, MOST_FORMER);
  await ports.contactCheckouts.put({ shopId, contactId }, contactCheckoutOf(checkout), notOf);
  if (!mayCapture(shop)) return;
  const facts = { source: 'checkout', ...namesOf({ fullName: checkout.customerName }) };
  await captureLead({ shop, contact, facts, at: ports.patience.clock().toISOString(), by: 'shopper' }, ports);
};

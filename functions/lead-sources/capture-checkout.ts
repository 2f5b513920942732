import { AppError } from '#core/errors.ts';
import { withPatience } from '#core/patience.ts';
import type { Checkout } from '../checkouts/checkout.ts';
import type { Contact } from '../contacts/contact.ts';
import { type ContactCheckout, contactCheckoutOf } from '../contacts/contact-checkout.ts';
import { findContact } from '../contacts/find-contact.ts';
import { type IdentityPorts, identifyContact } from '../contacts/identify-contact.ts';
import { ANY_BUSINESS } from '../contacts/identity.ts';
import { type CaptureLeadPorts, captureLead } from '../leads/capture-lead.ts';
import type { Shop } from '../shops/shop.ts';
import type { LeadWorkOf } from './lead-work.ts';
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
 * Puts a checkout beside its person. When the row is refused because the person goes on in another, or is gone, they are
 * looked for again. Undefined when it is nobody's.
 */
const keep = async (checkout: Checkout, ports: CaptureCheckoutPorts): Promise<Contact | undefined> => {
  const done = await withPatience(ports.patience, async () => {
    const owner = await ownerOf(checkout, ports);
    if (owner === undefined) return { contact: undefined };
    const { contact } = owner;
    const { shopId, contactId } = contact;
    const notOf = [...new Set([...owner.notOf, ...(contact.formerContactIds ?? [])])].slice(0, MOST_FORMER);
    if (await ports.contactCheckouts.put({ shopId, contactId }, contactCheckoutOf(checkout), notOf)) return { contact };
    const now = await ports.contacts.find(shopId, contactId, true);
    // whoever is there as before has a later state of it already
    return now && now.mergedInto === undefined ? { contact: now } : undefined;
  });
  if (done === undefined) throw new AppError('change.conflict', 'the person of this checkout keeps changing');
  return done.contact;
};

/**
 * Keeps a checkout with its person, as it stands now: the person who wrote with its code, or, until somebody has, whoever
 * has the phone that the shopper gave. When it has begun, or was tied to them, they become a lead where the shop wants
 * that; that it is over makes nobody one, so a lead that was deleted stays so. Until somebody has written with the code
 * anybody may have given the phone: so the name that came with it is only good for a new lead. Safe to repeat, in any order.
 * Throws `not-found` when the person is gone, and `change.conflict` when others kept changing the contact or its lead.
 */
export const captureCheckout = async (
  { code, isOver = false }: Omit<LeadWorkOf<'checkout'>, 'do'>,
  ports: CaptureCheckoutPorts,
): Promise<void> => {
  const checkout = await ports.checkouts.find(code);
  const shop = checkout && (await ports.findShop(checkout.shopId));
  if (checkout === undefined || shop === undefined) return;
  const contact = await keep(checkout, ports);
  if (contact === undefined || isOver || !mayCapture(shop)) return;
  const facts = { source: 'checkout', ...namesOf({ fullName: checkout.customerName }) };
  const at = ports.patience.clock().toISOString();
  await captureLead({ shop, contact, facts, at, by: 'shopper', isUnproven: checkout.tie === undefined }, ports);
};

import { AppError } from '#core/errors.ts';
import type { Contact } from '../contacts/contact.ts';
import type { FindPeople, SamePerson } from '../contacts/same-person.ts';
import { findSeenContact, type SeeContactPorts } from '../contacts/see-contact.ts';
import type { Shop } from '../shops/shop.ts';
import type { Viewer } from '../shops/viewer.ts';
import type { Wanted } from './match-sale.ts';

/** Whose sales, and who asks. */
export interface WhichCustomer {
  shop: Shop;
  contactId: string;
  viewer: Viewer;
}

export interface CustomerPorts extends SeeContactPorts {
  findPeople: FindPeople;
}

/** A contact, with everybody that its person turned out to be. */
export interface Customer {
  contact: Contact;
  person: SamePerson;
}

/** Throws `sale-links.not-enabled` for a shop that has them switched off: nothing else is read then. */
export const assertSaleLinks = ({ features }: Pick<Shop, 'features'>): void => {
  if (!features.saleLinks) {
    throw new AppError('sale-links.not-enabled', 'links to sales are switched off in the settings of this shop');
  }
};

/** A contact and its person, if the viewer may see it. Throws `sale-links.not-enabled`, `not-found`. */
export const findCustomer = async (
  { shop, contactId, viewer }: WhichCustomer,
  ports: CustomerPorts,
): Promise<Customer> => {
  assertSaleLinks(shop);
  const contact = await findSeenContact({ shopId: shop.shopId, contactId, viewer }, ports);
  const people = await ports.findPeople(shop.shopId, [contact.contactId], { contacts: [contact] });
  const alone = { contactIds: [contact.contactId], phones: [] };
  return { contact, person: people.get(contact.contactId) ?? alone };
};

/** By what a person's sales are looked for. */
export const wantedOf = ({ contact: { shopId }, person }: Customer, { country }: Shop): Wanted => ({
  shopId,
  ...person,
  country,
});

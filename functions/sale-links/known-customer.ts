import { AppError } from '#core/errors.ts';
import type { Contact } from '../contacts/contact.ts';
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
  /** The e-mail address of somebody, when they are a lead that has one. */
  emailOf: (shopId: string, contactId: string) => Promise<string | undefined>;
}

/** Throws `sale-links.not-enabled` for a shop that has them switched off: nothing else is read then. */
export const assertSaleLinks = ({ features }: Pick<Shop, 'features'>): void => {
  if (!features.saleLinks) {
    throw new AppError('sale-links.not-enabled', 'links to sales are switched off in the settings of this shop');
  }
};

/** The contact, if the viewer may see it. Throws `sale-links.not-enabled`, `not-found`. */
export const findCustomer = ({ shop, contactId, viewer }: WhichCustomer, ports: SeeContactPorts): Promise<Contact> => {
  assertSaleLinks(shop);
  return findSeenContact({ shopId: shop.shopId, contactId, viewer }, ports);
};

/** Every contact that this one turned out to be, and itself. */
export const idsOf = ({ contactId, formerContactIds = [] }: Contact): [string, ...string[]] => [
  contactId,
  ...formerContactIds,
];

/** By what a contact's sales are looked for. */
export const wantedOf = async (contact: Contact, { country }: Shop, { emailOf }: CustomerPorts): Promise<Wanted> => {
  const { shopId, contactId, formerContactIds = [], phone } = contact;
  const email = await emailOf(shopId, contactId);
  return { shopId, contactId, formerContactIds, phone, email, country };
};

import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, notFound } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import type { SalesPorts } from './find-sales.ts';
import { type CustomerPorts, findCustomer, idsOf, type WhichCustomer, wantedOf } from './known-customer.ts';
import { type Sale, type SaleSourceName, saleKey } from './sale.ts';
import { hasSale, MOST_LINKS, type SaleLink, type SaleSummary, withoutSale, withSale } from './sale-link.ts';

export interface LinkSalePorts extends CustomerPorts {
  links: {
    list: (shopId: string, contactId: string) => Promise<SaleLink[]>;
    summary: (shopId: string, contactId: string) => Promise<SaleSummary>;
    save: (change: {
      linked?: SaleLink;
      unlinked?: SaleLink;
      summary: SaleSummary;
      entry: AuditEntry;
    }) => Promise<boolean>;
  };
  sales: SalesPorts;
  patience: Patience;
  clock: Clock;
}

type Doing = WhichCustomer & { by: Actor };

const changedMeanwhile = () => new AppError('change.conflict', 'others are linking sales of this contact');

const linksOf = async (contact: Contact, { links }: LinkSalePorts): Promise<SaleLink[]> =>
  (await Promise.all(idsOf(contact).map((id) => links.list(contact.shopId, id)))).flat();

const entryOf = (action: 'linked' | 'unlinked', { shopId, contactId, sale }: SaleLink, by: Actor, now: Date) => {
  const { source, saleId } = sale;
  const told = (value: string) => (action === 'linked' ? { to: value } : { from: value });
  const changes = { source: told(source), saleId: told(saleId) };
  return auditEntry(
    { shopId, subject: { kind: 'sale-link', id: contactId }, by, action: `sale-link.${action}`, changes },
    now,
  );
};

const linkOnce = async (
  contact: Contact,
  sale: Sale,
  by: Actor,
  ports: LinkSalePorts,
): Promise<SaleLink | undefined> => {
  const { shopId, contactId } = contact;
  const now = ports.clock();
  const summary = await ports.links.summary(shopId, contactId);
  if (hasSale(summary, sale)) return (await linksOf(contact, ports)).find((one) => saleKey(one.sale) === saleKey(sale));
  if (summary.sales.length >= MOST_LINKS) {
    throw new AppError('sale-link.too-many', `a contact has at most ${MOST_LINKS} linked sales`);
  }
  const link: SaleLink = { shopId, contactId, sale, linkedAt: now.toISOString(), linkedBy: by };
  const entry = entryOf('linked', link, by, now);
  const isSaved = await ports.links.save({ linked: link, summary: withSale(summary, sale), entry });
  return isSaved ? link : undefined;
};

/**
 * Links a sale to a contact, because a person says so: reads the sale where it is known, and keeps it as it is now. A
 * sale that is linked already stays as it was then. Throws `sale-links.not-enabled`, `not-found`, `sale.not-found`,
 * `sale-source.unavailable`, `sale-link.too-many`, `change.conflict`.
 */
export const linkSale = async (
  { source, saleId, by, ...which }: Doing & { source: SaleSourceName; saleId: string },
  ports: LinkSalePorts,
): Promise<SaleLink> => {
  const contact = await findCustomer(which, ports);
  const known = (await linksOf(contact, ports)).find(({ sale }) => sale.source === source && sale.saleId === saleId);
  if (known) return known;
  const sale = await ports.sales[source].find(await wantedOf(contact, which.shop, ports), saleId);
  if (sale === undefined) throw new AppError('sale.not-found', 'the source knows no such sale');
  const link = await withPatience(ports.patience, async (attempt) => {
    // merged or erased meanwhile: it would fail for ever
    const current = attempt === 0 ? contact : await findContact(contact, ports);
    return linkOnce(current, sale, by, ports);
  });
  if (link === undefined) throw changedMeanwhile();
  return link;
};

const unlinkOnce = async (link: SaleLink, by: Actor, ports: LinkSalePorts): Promise<true | undefined> => {
  const summary = await ports.links.summary(link.shopId, link.contactId);
  if (!hasSale(summary, link.sale)) return true;
  const entry = entryOf('unlinked', link, by, ports.clock());
  const change = { unlinked: link, summary: withoutSale(summary, saleKey(link.sale)), entry };
  return (await ports.links.save(change)) ? true : undefined;
};

/**
 * Ends a link; the sale and the contact stay as they are. Throws `sale-links.not-enabled`, `not-found`,
 * `change.conflict`.
 */
export const unlinkSale = async (
  { linkId, by, ...which }: Doing & { linkId: string },
  ports: LinkSalePorts,
): Promise<void> => {
  const contact = await findCustomer(which, ports);
  // contacts that turned out to be one may both have it
  const links = (await linksOf(contact, ports)).filter(({ sale }) => saleKey(sale) === linkId);
  if (links.length === 0) throw notFound();
  for (const link of links) {
    if (!(await withPatience(ports.patience, () => unlinkOnce(link, by, ports)))) throw changedMeanwhile();
  }
};

/** All links of a contact, and what counts of them. Throws `sale-links.not-enabled`, `not-found`. */
export const listSaleLinks = async (
  which: WhichCustomer,
  ports: LinkSalePorts & { findSummaries: (shopId: string, contactIds: readonly string[]) => Promise<SaleSummary[]> },
): Promise<{ links: SaleLink[]; summaries: SaleSummary[] }> => {
  const contact = await findCustomer(which, ports);
  const [links, summaries] = await Promise.all([
    linksOf(contact, ports),
    ports.findSummaries(contact.shopId, idsOf(contact)),
  ]);
  return { links, summaries };
};

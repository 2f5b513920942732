import type { Actor } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import { AppError, notFound } from '#core/errors.ts';
import { type Patience, withPatience } from '#core/patience.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Contact } from '../contacts/contact.ts';
import { findContact } from '../contacts/find-contact.ts';
import type { SalesPorts } from './find-sales.ts';
import { type Customer, type CustomerPorts, findCustomer, type WhichCustomer, wantedOf } from './known-customer.ts';
import { matchSale } from './match-sale.ts';
import { type SaleSourceName, saleKey } from './sale.ts';
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

interface WhichSale {
  source: SaleSourceName;
  saleId: string;
}

const changedMeanwhile = () => new AppError('change.conflict', 'others are linking sales of this contact');

const linksOf = async ({ contact: { shopId }, person }: Customer, { links }: LinkSalePorts): Promise<SaleLink[]> =>
  (await Promise.all(person.contactIds.map((id) => links.list(shopId, id)))).flat();

const entryOf = (action: 'linked' | 'unlinked', link: SaleLink, by: Actor, now: Date) => {
  const { shopId, contactId, sale, confidence } = link;
  const told = (value: string) => (action === 'linked' ? { to: value } : { from: value });
  const changes = {
    source: told(sale.source),
    saleId: told(sale.saleId),
    ...(confidence && { confidence: told(confidence) }),
  };
  return auditEntry(
    { shopId, subject: { kind: 'sale-link', id: contactId }, by, action: `sale-link.${action}`, changes },
    now,
  );
};

/** A sale, and how well it fits. */
type Fitting = Pick<SaleLink, 'sale' | 'confidence'>;

const linkOnce = async (
  { shopId, contactId }: Contact,
  { sale, confidence }: Fitting,
  by: Actor,
  ports: LinkSalePorts,
): Promise<SaleLink | undefined> => {
  const now = ports.clock();
  const summary = await ports.links.summary(shopId, contactId);
  if (hasSale(summary, sale)) {
    return (await ports.links.list(shopId, contactId)).find((one) => saleKey(one.sale) === saleKey(sale));
  }
  if (summary.sales.length >= MOST_LINKS) {
    throw new AppError('sale-link.too-many', `a contact has at most ${MOST_LINKS} linked sales`);
  }
  const made = { shopId, contactId, sale, linkedAt: now.toISOString(), linkedBy: by };
  const link: SaleLink = { ...made, ...(confidence && { confidence }) };
  const entry = entryOf('linked', link, by, now);
  const isSaved = await ports.links.save({ linked: link, summary: withSale(summary, sale), entry });
  return isSaved ? link : undefined;
};

/**
 * The sale as its source tells it now. Of the shop's own system a seller gets no other than one that fits the contact:
 * else they would read all of its sales by guessing ids. Our own checkouts every seller may read.
 */
const findFitting = async (
  { source, saleId, ...which }: WhichCustomer & WhichSale,
  customer: Customer,
  { sales }: LinkSalePorts,
): Promise<Fitting> => {
  const wanted = wantedOf(customer, which.shop);
  const found = await sales[source].find(wanted, saleId);
  const match = found && matchSale(found.buyer, wanted);
  const mayLinkAny = source === 'checkouts' || which.viewer.role === 'admin';
  if (found === undefined || (match === undefined && !mayLinkAny)) {
    throw new AppError('sale.not-found', 'the source knows no such sale of this contact');
  }
  return { sale: found.sale, confidence: match?.confidence };
};

/**
 * Links a sale to a contact, because a person says so: reads the sale where it is known, and keeps it as it is now, with
 * how well it fitted. A sale that is linked already stays as it was then. A seller links sales of the shop's own system
 * only where phone or e-mail say that they may be the contact's; an admin links any. Throws `sale-links.not-enabled`,
 * `not-found`, `sale.not-found`, `sale-source.unavailable`, `sale-link.too-many`, `change.conflict`.
 */
export const linkSale = async (
  { source, saleId, by, ...which }: Doing & WhichSale,
  ports: LinkSalePorts,
): Promise<SaleLink> => {
  const customer = await findCustomer(which, ports);
  const known = (await linksOf(customer, ports)).find(({ sale }) => sale.source === source && sale.saleId === saleId);
  if (known) return known;
  const fitting = await findFitting({ source, saleId, ...which }, customer, ports);
  const link = await withPatience(ports.patience, async (attempt) => {
    // merged or erased meanwhile: it would fail for ever
    const current = attempt === 0 ? customer.contact : await findContact(customer.contact, ports);
    return linkOnce(current, fitting, by, ports);
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
  const customer = await findCustomer(which, ports);
  // contacts that turned out to be one may both have it
  const links = (await linksOf(customer, ports)).filter(({ sale }) => saleKey(sale) === linkId);
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
  const customer = await findCustomer(which, ports);
  const [links, summaries] = await Promise.all([
    linksOf(customer, ports),
    ports.findSummaries(which.shop.shopId, customer.person.contactIds),
  ]);
  return { links, summaries };
};

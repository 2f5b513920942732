import { expect } from 'vitest';
import { keyedDigest } from '#core/ids.ts';
import { Lead } from '../../functions/leads/lead.ts';

type Row = Record<string, unknown> & { pk: string; sk: string };

const folded = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();

const facetsThatShouldBe = (lead: Lead): string[] => {
  const seller = lead.assignedTo ?? 'unassigned';
  return [
    'all',
    `status:${lead.status}`,
    `stage:${lead.stageId}`,
    `seller:${seller}`,
    `source:${lead.source}`,
    `seller:${seller}+stage:${lead.stageId}`,
    ...new Set(lead.tags.map((tag) => `tag:${folded(tag)}`)),
  ];
};

const facetRow = (lead: Lead, facet: string): string => {
  const partition = `S#${lead.shopId}#LEADS#${facet}`;
  const isByNextAction = facet === 'all' || facet === `seller:${lead.assignedTo ?? 'unassigned'}`;
  const next = isByNextAction && lead.nextActionAt ? [partition, `${lead.nextActionAt}#${lead.leadId}`] : [];
  const { status, stageId, assignedTo, source, tags, createdAt, updatedAt, nextActionAt } = lead;
  return JSON.stringify([
    `IN#${facet}`,
    [partition, `${updatedAt}#${lead.leadId}`, partition, `${createdAt}#${lead.leadId}`, ...next],
    { status, stageId, assignedTo, source, tags, createdAt, updatedAt, nextActionAt },
  ]);
};

const storedFacetRow = (row: Row): string => {
  const { status, stageId, assignedTo, source, tags, createdAt, updatedAt, nextActionAt } = row;
  return JSON.stringify([
    row.sk,
    [
      row['gsi1pk'],
      row['gsi1sk'],
      row['gsi2pk'],
      row['gsi2sk'],
      ...(row['gsi3pk'] ? [row['gsi3pk'], row['gsi3sk']] : []),
    ],
    { status, stageId, assignedTo, source, tags, createdAt, updatedAt, nextActionAt },
  ]);
};

const termsThatShouldBe = (lead: Lead, secret: string): string[] => {
  const words = folded([lead.firstName, lead.lastName, lead.knownAs].filter(Boolean).join(' '))
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const phones = [lead.phone, ...(lead.morePhones ?? [])].flatMap((phone) => phone ?? []);
  const digits = phones.map((phone) => [...phone.replace(/\D/g, '')].reverse().join(''));
  const email = lead.email && keyedDigest(secret, 'lead-email', lead.email.trim().toLowerCase());
  return [
    ...[...new Set(words)].slice(0, 8).map((word) => `NAME ${word}`),
    ...digits.map((text) => `PHONE ${text}`),
    ...(email ? [`EMAIL ${email}`] : []),
  ];
};

const storedTerm = ({ pk, gsi1pk, gsi1sk }: Row): string => {
  const leadId = pk.split('#LEAD#')[1] ?? '';
  expect(String(gsi1sk).endsWith(`#${leadId}`)).toBe(true);
  return `${String(gsi1pk).split('#LEADS-BY-')[1]} ${String(gsi1sk).slice(0, -leadId.length - 1)}`;
};

/**
 * Every lead is listed and found by exactly the rows that its own state calls for: none is missing, none is left behind,
 * none is of a lead that is gone or goes on in another. Written down here again, so that it does not err with the code.
 */
export const expectLeadRows = (rows: readonly Row[], secret = 'a secret for tests only'): Lead[] => {
  const ofLeads = rows.filter(({ pk }) => pk.includes('#LEAD#'));
  const leads = ofLeads.filter(({ sk }) => sk === 'META').map((row) => Lead().parse(row));
  const byPartition = new Map(leads.map((lead) => [`S#${lead.shopId}#LEAD#${lead.leadId}`, lead]));
  for (const { pk, sk } of ofLeads)
    if (/^(IN|FIND)#/.test(sk)) expect(byPartition.get(pk), `${pk} ${sk}`).toBeDefined();
  for (const [pk, lead] of byPartition) {
    const own = ofLeads.filter((row) => row.pk === pk);
    const isListed = lead.mergedInto === undefined;
    const facets = isListed ? facetsThatShouldBe(lead).map((facet) => facetRow(lead, facet)) : [];
    const stored = own.filter(({ sk }) => sk.startsWith('IN#')).map(storedFacetRow);
    expect(stored.toSorted()).toEqual(facets.toSorted());
    const terms = isListed ? termsThatShouldBe(lead, secret) : [];
    const found = own.filter(({ sk }) => sk.startsWith('FIND#')).map(storedTerm);
    expect(found.toSorted()).toEqual(terms.toSorted());
  }
  return leads;
};

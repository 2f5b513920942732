import { changeConsent } from '../../functions/contacts/change-consent.ts';
import { contactStore } from '../../functions/contacts/contact.store.ts';
import { erasureRecords } from '../../functions/contacts/erasure-record.store.ts';
import { anId } from '../support/builders.ts';
import type { TestRequest } from '../support/events.ts';
import { APP_SECRET, type Lambdas } from '../support/lambdas.ts';
import { quickPatience } from '../support/ports.ts';
import type { GivenShop } from './given.ts';

/** What a shop has of its contacts beside their chats, and cursors into the lists. */
export interface People {
  exportId: string;
  erasureId: string;
  consentsCursor: string;
  erasuresCursor: string;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 400 | 404 };

/** What a contact said about marketing, an export and an erasure that were begun, and two of long ago. */
export const openPeople = async (lambdas: Lambdas, given: GivenShop, contactId: string): Promise<People> => {
  const { shopId } = given.shop;
  const as = given.as('admin');
  const contacts = contactStore(lambdas.table, async () => APP_SECRET);
  for (const state of ['granted', 'revoked'] as const) {
    const how = { source: 'by-hand', channel: 'phone', by: as.userId, text: `${given.shop.slug} words` } as const;
    const at = new Date(Date.now() - (state === 'granted' ? 2000 : 1000)).toISOString();
    await changeConsent({ shopId, contactId, state, at, ...how }, { contacts, patience: quickPatience() });
  }
  for (const at of ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']) {
    const erased = { contactId: anId(), jobId: anId(), by: as.userId, counts: { messages: 1 } };
    await erasureRecords(lambdas.table).record({ shopId, at, ...erased });
  }
  const params = { contactId };
  const begun = await lambdas.call('exportPerson', { as, params });
  const erasing = await lambdas.call('erasePerson', { as, params });
  const one = { as, query: { limit: '1' } };
  return {
    exportId: String(begun.json['jobId']),
    erasureId: String(erasing.json['jobId']),
    consentsCursor: String((await lambdas.call('listConsents', { ...one, params })).json['nextCursor']),
    erasuresCursor: String((await lambdas.call('listErasures', one)).json['nextCursor']),
  };
};

interface Side {
  given: GivenShop;
  contactId: string;
  people: People;
}

/** What somebody of shop A may try on B's contacts, for each of their routes. */
export const contactAttacks = (sides: () => { a: Side; b: Side }) => {
  const asAdmin = (request: TestRequest = {}): TestRequest => ({ as: sides().a.given.as('admin'), ...request });
  const onTheirs = (body?: object) => (): Attack[] => [
    {
      what: "B's contact",
      request: asAdmin({ params: { contactId: sides().b.contactId }, ...(body && { body }) }),
      status: 404,
    },
  ];
  const onJob = (name: 'exportId' | 'erasureId', other: 'exportId' | 'erasureId') => (): Attack[] => [
    { what: "B's job", request: asAdmin({ params: { jobId: sides().b.people[name] } }), status: 404 },
    { what: 'a job of another kind', request: asAdmin({ params: { jobId: sides().a.people[other] } }), status: 404 },
  ];
  return {
    getContact: onTheirs(),
    updateContact: onTheirs({ name: 'Mine' }),
    setConsent: onTheirs({ state: 'granted', channel: 'phone' }),
    exportPerson: onTheirs(),
    erasePerson: onTheirs(),
    getPersonExport: onJob('exportId', 'erasureId'),
    getErasure: onJob('erasureId', 'exportId'),
    repeatErasure: onJob('erasureId', 'exportId'),
    listConsents: (): Attack[] => {
      const { a, b } = sides();
      const query = { cursor: b.people.consentsCursor };
      return [
        ...onTheirs()(),
        { what: "B's cursor", request: asAdmin({ params: { contactId: a.contactId }, query }), status: 400 },
      ];
    },
    listErasures: (): Attack[] => [
      { what: 'own erasures', request: asAdmin(), status: 200 },
      { what: "B's cursor", request: asAdmin({ query: { cursor: sides().b.people.erasuresCursor } }), status: 400 },
    ],
  };
};

import { actorOf, type Caller } from '#core/actor.ts';
import type { Clock } from '#core/clock.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { AppError, invalidField } from '#core/errors.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { auditEntry } from '../audit/audit-change.ts';
import { findJob } from '../jobs/find-job.ts';
import type { Job } from '../jobs/job.ts';
import { findShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { viewerOf } from '../shops/viewer.ts';
import { type BeginPersonJobPorts, beginPersonJob } from './begin-person-job.ts';
import { type ConsentPorts, changeConsent } from './change-consent.ts';
import { type ChangeContactPorts, noteContact } from './change-contact.ts';
import { OVER_REFUSAL } from './consent.ts';
import type { ConsentEntry } from './consent-entry.ts';
import type { Consent, Contact } from './contact.ts';
import { contactView } from './contact-view.ts';
import type { contactRoutes } from './contacts.routes.ts';
import type { Erasure } from './erasure.ts';
import { personExportView, personJobView } from './person-job-view.ts';
import { repeatErasure } from './repeat-erasure.ts';
import { findSeenContact, type SeeContactPorts } from './see-contact.ts';

export interface ContactPorts extends SeeContactPorts {
  contacts: ChangeContactPorts['contacts'] &
    ConsentPorts['contacts'] & {
      /** One page of what these contacts, who are one person, said about marketing, latest first. */
      consents: (shopId: string, contactIds: readonly string[], page: PageRequest) => Promise<Page<ConsentEntry>>;
    };
  jobs: BeginPersonJobPorts['jobs'] & { find: (shopId: string, jobId: string) => Promise<Job | undefined> };
  erasures: { list: (shopId: string, page: PageRequest) => Promise<Page<Erasure>> };
  files: {
    get: (key: string) => Promise<Buffer | undefined>;
    presignGet: (key: string, options: { seconds: number; now: Date; disposition?: string }) => Promise<string>;
  };
  findShop: (shopId: string) => Promise<Shop | undefined>;
  patience: ChangeContactPorts['patience'];
  clock: Clock;
}

type Input = { caller: Caller; params: { contactId: string } };

const seen =
  (ports: ContactPorts) =>
  async ({ caller, params }: Input): Promise<Contact> => {
    const shop = await findShop(ports.findShop, caller.shopId);
    return findSeenContact({ shopId: caller.shopId, viewer: viewerOf(caller, shop), ...params }, ports);
  };

/**
 * Throws `consent.revoked` for a yes that was said after a no, unless an admin says that it takes the no back; one that was
 * said before it is only written down.
 */
const assertMayGrant = (
  { state, at: since = '' }: Consent,
  said: { at: string; overRefusal: boolean; role: Caller['role'] },
): void => {
  if (said.overRefusal && said.role !== 'admin') {
    throw new AppError('request.forbidden', 'only an admin may write down a yes against a no');
  }
  if (state !== 'revoked' || said.at <= since || said.overRefusal) return;
  throw new AppError(
    'consent.revoked',
    'this person asked for no marketing: they may write ALTA, or an admin says so',
    {
      details: { ...(since && { since }) },
    },
  );
};

const marketing = (ports: ContactPorts) => {
  const see = seen(ports);
  return {
    listConsents: async ({ query, ...input }) => {
      const { shopId, contactId, formerContactIds = [] } = await see(input);
      const found = await ports.contacts.consents(shopId, [contactId, ...formerContactIds], query);
      const items = found.items.map(({ shopId: _, contactId: __, ...entry }) => entry);
      return { ...found, items };
    },
    setConsent: async ({ body, ...input }) => {
      const { shopId, contactId, marketing: before } = await see(input);
      const now = ports.clock();
      const { overRefusal = false, ...said } = body;
      const { state, at = now.toISOString() } = said;
      if (at > now.toISOString()) throw invalidField('at', 'in-future', 'must not be in the future');
      if (state === 'granted') assertMayGrant(before, { at, overRefusal, role: input.caller.role });
      const source = overRefusal && state === 'granted' ? OVER_REFUSAL : 'by-hand';
      const by = actorOf(input.caller);
      const changes = { marketing: { to: state } };
      const subject = { kind: 'contact', id: contactId } as const;
      const audit = auditEntry({ shopId, subject, by, action: 'contact.consent-changed', changes }, now);
      return contactView(await changeConsent({ ...said, shopId, contactId, at, by, source, audit }, ports));
    },
  } satisfies Partial<RouteHandlers<typeof contactRoutes>>;
};

const rights = (ports: ContactPorts) => {
  const see = seen(ports);
  const begin = (kind: 'person-export' | 'erasure') => async (input: Input) => {
    const { shopId, contactId } = await see(input);
    return personJobView(await beginPersonJob({ shopId, contactId, kind, by: actorOf(input.caller) }, ports));
  };
  return {
    exportPerson: begin('person-export'),
    erasePerson: begin('erasure'),
    getPersonExport: async ({ caller: { shopId }, params, query }) =>
      personExportView(await findJob({ shopId, ...params, kind: 'person-export' }, ports), query, ports),
    getErasure: async ({ caller: { shopId }, params }) =>
      personJobView(await findJob({ shopId, ...params, kind: 'erasure' }, ports)),
    repeatErasure: async ({ caller, params }) =>
      personJobView(await repeatErasure({ shopId: caller.shopId, ...params, by: actorOf(caller) }, ports)),
    listErasures: async ({ caller: { shopId }, query }) => {
      const found = await ports.erasures.list(shopId, query);
      return { ...found, items: found.items.map(({ shopId: _, ...erasure }) => erasure) };
    },
  } satisfies Partial<RouteHandlers<typeof contactRoutes>>;
};

/** What answers each route of contacts. */
export const contactHandlers = (ports: ContactPorts): RouteHandlers<typeof contactRoutes> => {
  const see = seen(ports);
  return {
    getContact: async (input) => contactView(await see(input)),
    updateContact: async ({ body, ...input }) => {
      const { shopId, contactId } = await see(input);
      const at = ports.clock().toISOString();
      return contactView(await noteContact({ shopId, contactId, at, notes: body, by: actorOf(input.caller) }, ports));
    },
    ...marketing(ports),
    ...rights(ports),
  };
};

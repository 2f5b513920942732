import { anId } from '../support/builders.ts';
import type { TestRequest } from '../support/events.ts';
import type { Lambdas } from '../support/lambdas.ts';
import { aPhone, type GivenShop } from './given.ts';

/** A shop's leads, and cursors into their lists. */
export interface Leads {
  leadId: string;
  /** The phone of its first lead. */
  phone: string;
  listCursor: string;
  searchCursor: string;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 400 | 404 | 409 };

/** Two leads of a shop that has a CRM from now on. */
export const openLeads = async (lambdas: Lambdas, given: GivenShop): Promise<Leads> => {
  await given.settle({ nicheType: 'crm_sales' });
  const as = given.as('admin');
  const { slug } = given.shop;
  const phones = [aPhone(), aPhone()];
  const made: string[] = [];
  for (const phone of phones) {
    const body = { phone, firstName: `${slug} lead`, email: `lead@${slug}.example`, tags: [`${slug} tag`] };
    made.push(String((await lambdas.call('createLead', { as, body })).json['leadId']));
  }
  const cursorOf = async (query: Record<string, string>) =>
    String((await lambdas.call('listLeads', { as, query: { limit: '1', ...query } })).json['nextCursor']);
  return {
    leadId: made[0] ?? '',
    phone: phones[0] ?? '',
    listCursor: await cursorOf({}),
    searchCursor: await cursorOf({ q: 'lead' }),
  };
};

interface Side {
  given: GivenShop;
  leads: Leads;
}

/** B's leads, sellers, phones and cursors named by a user of A, on every route of leads. */
export const leadAttacks = (sides: () => { a: Side; b: Side }) => {
  const asUser = (request: TestRequest = {}): TestRequest => ({ as: sides().a.given.as('admin'), ...request });
  const onTheirs = (body?: object) => (): Attack[] => {
    const params = { leadId: sides().b.leads.leadId };
    return [{ what: "B's lead", request: asUser({ params, ...(body && { body }) }), status: 404 }];
  };
  const onOwn = (what: string, body: object, status: Attack['status']): Attack => ({
    what,
    request: asUser({ params: { leadId: sides().a.leads.leadId }, body }),
    status,
  });
  return {
    listLeads: (): Attack[] => {
      const { given, leads } = sides().b;
      const asking = (what: string, query: Record<string, string>, status: Attack['status'] = 200): Attack => ({
        what,
        request: asUser({ query }),
        status,
      });
      return [
        asking('own leads', { shopId: given.shop.shopId }),
        asking("B's seller", { seller: given.as('seller').userId }),
        asking("B's tag", { tag: `${given.shop.slug} tag` }),
        asking("B's phone", { q: leads.phone }),
        asking("B's e-mail", { q: `lead@${given.shop.slug}.example` }),
        asking("B's cursor", { cursor: leads.listCursor }, 400),
        asking("B's cursor of a search", { q: 'lead', cursor: leads.searchCursor }, 400),
      ];
    },
    createLead: (): Attack[] => {
      const { given, leads } = sides().b;
      return [
        { what: "the phone of B's lead", request: asUser({ body: { phone: leads.phone } }), status: 201 },
        {
          what: "B's seller",
          request: asUser({ body: { phone: aPhone(), assignedTo: given.as('seller').userId } }),
          status: 400,
        },
        {
          what: "B's shop id",
          request: asUser({ body: { phone: aPhone(), shopId: given.shop.shopId } }),
          status: 400,
        },
      ];
    },
    getLead: onTheirs(),
    updateLead: onTheirs({ firstName: 'Mine' }),
    moveLead: (): Attack[] => [
      ...onTheirs({ status: 'contacted' })(),
      onOwn("a stage that is nobody's", { stageId: anId() }, 400),
    ],
    assignLead: (): Attack[] => [
      ...onTheirs({ userId: null })(),
      ...onTheirs({ roundRobin: true })(),
      onOwn("B's user", { userId: sides().b.given.as('seller').userId }, 400),
    ],
    tagLead: onTheirs({ add: ['mine'] }),
  };
};

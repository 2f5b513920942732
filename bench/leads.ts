import { assignInTurn, assignLead } from '../functions/leads/assign-lead.ts';
import { createLead } from '../functions/leads/create-lead.ts';
import { crmStores } from '../functions/leads/crm.store.ts';
import type { Lead } from '../functions/leads/lead.ts';
import { CreateLead, ListLeads } from '../functions/leads/lead-input.ts';
import { leadViews } from '../functions/leads/lead-view.ts';
import { listLeads } from '../functions/leads/list-leads.ts';
import { moveStage } from '../functions/leads/move-stage.ts';
import { updateLead } from '../functions/leads/update-lead.ts';
import type { User } from '../functions/shops/user.ts';
import type { Finding } from './report.ts';
import { measureUnits, openBenchTable, type Units } from './table.ts';

const shopId = '01JD3V7K0PQRSTVWXYZ0123456';
const admin = { userId: '7c9e6679-7425-40de-944b-e07fc1f90ae7', role: 'admin', sellerSees: 'own' } as const;
const createdAt = '2026-11-01T12:00:00.000Z';

const sellers = ['c4f8a458-9091-70a3-5e1c-0d7a1f2b3c4d', 'd5a9b569-a1a2-81b4-6f2d-1e8b2a3c4d5e'].map(
  (userId): User => ({
    ...{ userId, shopId, role: 'seller', name: 'Vendedora', email: 'ventas@example.com' },
    ...{ state: 'active', createdAt },
  }),
);

const finding = (work: string, units: Units, budget: { write: number; read: number }): Finding[] => [
  { name: `${work}: write units`, value: units.write, unit: 'WCU', budget: { atMost: budget.write } },
  { name: `${work}: read units`, value: units.read, unit: 'RCU', budget: { atMost: budget.read } },
];

const openCrm = async () => {
  const { table, units, close } = await openBenchTable();
  let now = Date.now();
  const clock = () => {
    now += 1000;
    return new Date(now);
  };
  const patience = { clock, pause: async () => undefined, random: () => 0.5, budgetMs: 2000 };
  const users = {
    find: async (userId: string) => sellers.find((user) => user.userId === userId),
    all: async () => sellers,
  };
  const ports = { ...crmStores(table, async () => 'a secret of the bench'), users, patience };
  let phone = 20_000_000;
  const create = (): Promise<Lead> => {
    phone += 1;
    const input = CreateLead().parse({
      phone: `+54911${phone}`,
      firstName: 'María de los Ángeles',
      lastName: 'Fernández',
      email: `maria.${phone}@example.com`,
      tags: ['velas', 'por mayor'],
      nextActionAt: '2026-11-24T13:00:00.000Z',
    });
    return createLead({ shopId, viewer: admin, input, idempotencyKey: `bench-key-${phone}` }, ports);
  };
  return { units, close, ports, create };
};

/**
 * Capacity units of work on a lead with three names, an e-mail, two tags and a next action. Each list that a lead stands
 * in is a row with its place in two indexes, which is what makes its writes dear and all of its lists cheap.
 */
export const benchLeads = async (): Promise<Finding[]> => {
  const { units, close, ports, create } = await openCrm();
  const findings: Finding[] = [];
  const measure = async (work: string, budget: { write: number; read: number }, run: () => Promise<unknown>) => {
    findings.push(...finding(work, await measureUnits(units, run), budget));
  };
  for (let count = 0; count < 30; count += 1) await create();
  const which = ({ leadId }: Lead) => ({ shopId, leadId, viewer: admin, by: `user:${admin.userId}` });

  await measure('create lead', { write: 65, read: 4 }, create);
  const lead = await create();
  const input = { stageId: 'contacted', reason: 'Pidió precios por mayor' };
  await measure('move lead', { write: 60, read: 2 }, () => moveStage({ ...which(lead), input }, ports));
  const to = sellers[0]?.userId;
  await measure('assign lead', { write: 56, read: 2 }, () => assignLead({ ...which(lead), to }, ports));
  const other = await create();
  await measure('assign lead in turn', { write: 58, read: 8 }, () => assignInTurn(which(other), ports));
  const email = 'otra@example.com';
  await measure('change e-mail of lead', { write: 53, read: 1 }, () =>
    updateLead({ ...which(lead), input: { email } }, ports),
  );
  const list = async (query: object) => {
    const page = await listLeads({ shopId, viewer: admin, query: ListLeads().parse(query) }, ports);
    return leadViews(shopId, page.items, ports);
  };
  await measure('list 30 leads', { write: 0, read: 34 }, () => list({}));
  await measure('list 30 leads of a status and a tag', { write: 0, read: 34 }, () =>
    list({ status: 'new', tag: 'velas' }),
  );
  await measure('search 30 leads by name', { write: 0, read: 34 }, () => list({ q: 'maria' }));
  await close();
  return findings;
};

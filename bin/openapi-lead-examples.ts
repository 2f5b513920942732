import { previousSalesExample } from './openapi-sale-examples.ts';

const leadId = '01JD3W0A1B2C3D4E5F6G7H8J9K';
const seller = 'c4f8a458-9091-70a3-5e1c-0d7a1f2b3c4d';

const lead = {
  leadId,
  name: 'Ana Gómez',
  firstName: 'Ana',
  lastName: 'Gómez',
  phone: '+5491145678901',
  userIds: [],
  email: 'ana.gomez@example.com',
  status: 'interested',
  pipelineId: 'default',
  stageId: 'interested',
  assignedTo: seller,
  source: 'referral',
  tags: ['velas', 'por mayor'],
  nextActionAt: '2026-11-24T13:00:00.000Z',
  version: 4,
  marketing: { state: 'unknown' },
  createdAt: '2026-11-20T14:02:11.000Z',
  updatedAt: '2026-11-21T15:21:40.512Z',
};

/** Bodies of routes about leads, as people send them. */
export const leadBodies: Readonly<Record<string, unknown>> = {
  createLead: {
    phone: '+54 9 11 4567-8901',
    firstName: 'Ana',
    lastName: 'Gómez',
    email: 'ana.gomez@example.com',
    source: 'referral',
    tags: ['velas'],
    nextActionAt: '2026-11-24T13:00:00.000Z',
  },
  updateLead: { email: 'ana.gomez@example.com', nextActionAt: null },
  moveLead: { stageId: 'interested', reason: 'Pidió precios por mayor' },
  assignLead: { roundRobin: true },
  tagLead: { add: ['por mayor'], remove: ['curioso'] },
};

/** Answers of routes about leads, as they come. */
export const leadAnswers: Readonly<Record<string, unknown>> = {
  listLeads: { items: [lead] },
  createLead: { ...lead, status: 'new', stageId: 'new', tags: ['velas'], version: 1, updatedAt: lead.createdAt },
  getLead: { ...lead, sales: previousSalesExample },
  updateLead: lead,
  moveLead: lead,
  assignLead: lead,
  tagLead: lead,
};

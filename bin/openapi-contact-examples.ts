import { contactExample } from './openapi-whatsapp-examples.ts';

const { contactId } = contactExample;
const jobId = '01JD3WB2C3D4E5F6G7H8J9K0M1';
const admin = 'user:7c9e6679-7425-40de-944b-e07fc1f90ae7';
const at = '2026-11-21T15:20:11.000Z';

const counts = {
  ...{ contacts: 1, lookups: 2, conversations: 1, messages: 48, files: 5, leads: 1, notes: 3, consents: 2 },
  ...{ auditEntries: 12, submissions: 1, checkouts: 2, saleLinks: 0, jobFiles: 1 },
};

const job = { jobId, contactId, state: 'queued', counts: {}, createdAt: at, updatedAt: at };

/** Bodies of the routes for contacts. */
export const contactBodies: Readonly<Record<string, unknown>> = {
  updateContact: { name: 'Ana Pérez', language: 'es' },
  setConsent: { state: 'revoked', channel: 'phone', text: 'Pidió que no le mandemos más promociones', at },
};

/** Answers of the routes for contacts. */
export const contactAnswers: Readonly<Record<string, unknown>> = {
  getContact: contactExample,
  updateContact: contactExample,
  setConsent: { ...contactExample, marketing: { state: 'revoked', at, source: 'by-hand' } },
  listConsents: {
    items: [
      { state: 'revoked', at, source: 'keyword', channel: 'whatsapp', text: 'BAJA', by: 'customer' },
      {
        ...{ state: 'granted', at: '2026-11-02T13:00:00.000Z', source: 'form', channel: 'form', by: 'customer' },
        text: 'Quiero recibir novedades de Rara y Mágica por WhatsApp',
      },
    ],
  },
  exportPerson: job,
  getPersonExport: {
    ...job,
    state: 'done',
    counts: { contacts: 1, messages: 48, files: 5, leads: 1 },
    files: [
      {
        name: 'person.json',
        bytes: 8241,
        url: 'https://bucket.s3.sa-east-1.amazonaws.com/person-exports/…?X-Amz-Signature=…',
        expiresAt: '2026-11-21T15:26:40.512Z',
      },
    ],
  },
  erasePerson: job,
  repeatErasure: job,
  getErasure: { ...job, state: 'done', counts },
  listErasures: { items: [{ contactId, jobId, by: admin, at, counts }] },
};

const ana = 'user:7c9e6679-7425-40de-944b-e07fc1f90ae7';

/** Answers of routes about the audit trail, as they come. */
export const auditAnswers: Readonly<Record<string, unknown>> = {
  listAudit: {
    items: [
      {
        entryId: '01JD3W9T6C8EFGHJKMNPQRSTVW',
        subject: { kind: 'product', id: '01JD3V9Q2M8ZK4T7N5R6W0XHYC' },
        at: '2026-11-21T15:40:02.118Z',
        by: ana,
        action: 'product.changed',
        changes: { price: { from: 1_150_000, to: 1_230_000 } },
      },
      {
        entryId: '01JD3W8M2A4BCDEFGHJKMNPQRS',
        subject: { kind: 'conversation', id: '106540352242922-01JD3W0A1B2C3D4E5F6G7H8J9K' },
        at: '2026-11-21T15:31:44.907Z',
        by: ana,
        action: 'conversation.assigned',
        changes: { assignedTo: { to: 'c4f8a458-9091-70a3-5e1c-0d7a1f2b3c4d' } },
      },
    ],
  },
};

const reference = 'A-000127';
const linkId = 'q3wZ6mYt0VdJ8sLk2xNf1A';

const source = {
  url: 'https://erp.raraymagica.example/api/sales?phone={phone}&email={email}',
  saleUrl: 'https://erp.raraymagica.example/api/sales/{saleId}',
  header: { name: 'authorization', prefix: 'Bearer' },
  mapping: {
    items: 'data.sales',
    saleId: 'id',
    total: 'amounts.total',
    currency: 'amounts.currency',
    at: 'soldAt',
    phone: 'customer.phones.0',
    email: 'customer.email',
    reference: 'number',
    status: 'status',
  },
  amounts: 'major',
  currency: 'ARS',
  soldStatuses: ['paid', 'delivered'],
  timeoutMs: 3000,
};

const sourceView = {
  ...source,
  hasSecret: true,
  createdAt: '2026-11-20T12:00:00.000Z',
  updatedAt: '2026-11-21T12:00:00.000Z',
};

const outside = {
  source: 'http',
  saleId: '90412',
  total: 2_150_000,
  currency: 'ARS',
  at: '2026-11-03T15:00:00.000Z',
  reference,
  status: 'paid',
};

const own = {
  source: 'checkouts',
  saleId: 'K7QM2WTX9F3AZB6C',
  total: 2_460_000,
  currency: 'ARS',
  at: '2026-10-12T18:00:00.000Z',
  reference: 'K7QM2WTX9F3AZB6C',
};

const linked = {
  linkedAt: '2026-11-21T15:21:40.512Z',
  linkedBy: 'user:7c9e6679-7425-40de-944b-e07fc1f90ae7',
  confidence: 'high',
};

const link = { linkId, ...outside, ...linked };

/** What a contact bought before, as chats and leads show it. */
export const previousSalesExample = {
  count: 2,
  totals: [{ currency: 'ARS', count: 2, total: 4_610_000 }],
  lastAt: outside.at,
  sentence: 'Este cliente tiene 2 ventas anteriores',
  detail: '$ 46.100 en total, la última el 3 de noviembre de 2026',
};

/** Bodies of routes about links to sales, as people send them. */
export const saleBodies: Readonly<Record<string, unknown>> = {
  setSaleSource: { ...source, secret: 'a-key-that-your-own-system-knows' },
  trySaleSource: { phone: '+5491145678901' },
  linkSale: { source: 'http', saleId: outside.saleId },
};

/** Answers of routes about links to sales, as they come. */
export const saleAnswers: Readonly<Record<string, unknown>> = {
  getSaleSource: {
    ...sourceView,
    trouble: { failures: 3, reason: 'too-slow', pausedUntil: '2026-11-21T15:20:30.000Z' },
  },
  setSaleSource: sourceView,
  trySaleSource: { source: { state: 'ok', unreadable: 1 }, found: 1, sales: [outside] },
  suggestSales: {
    items: [
      { ...outside, confidence: 'high', matchedBy: ['phone', 'email'], linked: true },
      { ...own, confidence: 'high', matchedBy: ['contact'], linked: false },
    ],
    source: { state: 'ok' },
  },
  listSaleLinks: {
    sales: previousSalesExample,
    items: [link, { ...own, ...linked, linkId: 'Zx9cVb8nMq7wEr6tYu5iOp' }],
  },
  linkSale: link,
};

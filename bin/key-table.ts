import {
  type IndexKeys,
  indexKeys,
  type Key,
  keys,
  type Range,
  ranges,
  tableSchema,
} from '../functions/table/schema.ts';

const shopId = '<shopId>';
const productId = '<productId>';
const conversationId = '<conversationId>';
const leadId = '<leadId>';
const bucket = '<bucket>' as never;
const order = { categoryId: '<categoryId>', position: '<position>' as never, sortName: '<name>', productId };

interface ItemRow {
  what: string;
  key: Key;
  indexes?: readonly IndexKeys[];
}

/** Every kind of item, with sample keys. A key builder without a row here does not compile. */
const items: Record<keyof typeof keys, ItemRow> = {
  shop: { what: 'Shop and its settings', key: keys.shop(shopId), indexes: [indexKeys.shop('<slug>')] },
  shopBySlug: { what: 'Look-up: shop behind a slug', key: keys.shopBySlug('<slug>') },
  user: { what: 'User of a shop', key: keys.user(shopId, '<userId>') },
  userBySub: { what: 'Look-up: shop of a signed-in user', key: keys.userBySub('<userId>') },
  category: { what: 'Category', key: keys.category(shopId, '<categoryId>') },
  product: {
    what: 'Product (gsi2 while active, gsi3 while active and in stock)',
    key: keys.product(shopId, productId),
    indexes: [indexKeys.product(shopId, { ...order, active: true, soldOut: false })],
  },
  stockLevel: { what: 'Stock figures of one bucket', key: keys.stockLevel(shopId, productId, bucket) },
  stockMovement: {
    what: 'Ledger row',
    key: keys.stockMovement(shopId, productId, bucket, '<time>#<cause>#<kind>#<bucket>'),
  },
  checkout: {
    what: 'Checkout (gsi3 while active)',
    key: keys.checkout('<code>'),
    indexes: [
      indexKeys.activeCheckout(shopId, '<code>', '<expiresAt>'),
      indexKeys.endedCheckout(shopId, '<state>', '<code>', '<endedAt>'),
    ],
  },
  holder: { what: 'What one phone holds', key: keys.holder(shopId, '<digest of phone>') },
  idempotency: { what: 'Request remembered for 48 h', key: keys.idempotency(shopId, '<operation>', '<digest of key>') },
  reconciliation: { what: 'Outcome of a nightly proof', key: keys.reconciliation(shopId, '<time>') },
  connection: { what: 'Connection: one WhatsApp number', key: keys.connection(shopId, '<phoneNumberId>') },
  connectionOnce: { what: 'Number that a shop had once', key: keys.connectionOnce(shopId, '<phoneNumberId>') },
  shopByNumber: { what: 'Look-up: shop of a number', key: keys.shopByNumber('<phoneNumberId>') },
  shopByAccount: {
    what: 'Look-up: numbers of a WhatsApp Business Account',
    key: keys.shopByAccount('<wabaId>', '<phoneNumberId>'),
  },
  contact: { what: 'Contact', key: keys.contact(shopId, '<contactId>') },
  contactByPhone: { what: 'Look-up: contact behind a phone', key: keys.contactByPhone(shopId, '<digest of phone>') },
  contactByUserId: {
    what: 'Look-up: contact behind a business-scoped user id',
    key: keys.contactByUserId(shopId, '<businessId>', '<userId>'),
  },
  conversation: {
    what: 'Conversation: one contact on one connection',
    key: keys.conversation(shopId, conversationId),
    indexes: [
      indexKeys.conversation(shopId, {
        conversationId,
        state: '<state>',
        assignedTo: '<userId>',
        lastMessageAt: '<lastMessageAt>',
      }),
    ],
  },
  message: {
    what: 'Message (gsi3 while it is on its way out)',
    key: keys.message(shopId, { conversationId, at: '<time>', messageId: '<messageId>' }),
    indexes: [indexKeys.unsettledMessage('<messageId>', '<dueAt>')],
  },
  messageByMetaId: { what: 'Look-up: message behind Meta’s id', key: keys.messageByMetaId(shopId, '<metaId>') },
  accountEvent: { what: 'Event about account or template, raw', key: keys.accountEvent(shopId, '<time>', '<digest>') },
  checkoutEvent: { what: 'Event of a checkout’s timeline', key: keys.checkoutEvent('<code>', '<kind>', '<cause>') },
  funnelDay: { what: 'Funnel of a day, one of 8 shards', key: keys.funnelDay(shopId, '<day>', '<code>') },
  consent: {
    what: 'What a contact said of marketing, and how we know',
    key: keys.consent(shopId, '<contactId>', '<time>', '<digest>'),
  },
  contactCheckout: {
    what: 'Checkout of a contact',
    key: keys.contactCheckout(shopId, '<contactId>', '<createdAt>', '<code>'),
  },
  lead: { what: 'Lead: a contact in the pipeline', key: keys.lead(shopId, leadId) },
  leadFacet: {
    what: 'One list that a lead stands in (gsi3 when it has a next action)',
    key: keys.leadFacet(shopId, leadId, '<facet>'),
    indexes: [
      indexKeys.leadFacet(shopId, {
        leadId,
        facet: '<facet>',
        createdAt: '<createdAt>',
        updatedAt: '<updatedAt>',
        nextActionAt: '<nextActionAt>',
      }),
    ],
  },
  leadTerm: {
    what: 'What a lead is found by: a word of its name, its phone from the end, a digest of its e-mail',
    key: keys.leadTerm(shopId, leadId, '<name, phone or email>' as never, '<place>' as never),
    indexes: [
      { ...indexKeys.leadTerm(shopId, leadId, 'name', '<folded word>') },
      { ...indexKeys.leadTerm(shopId, leadId, 'phone', '<digits reversed>') },
      { ...indexKeys.leadTerm(shopId, leadId, 'email', '<digest of e-mail>') },
    ],
  },
  leadTurn: { what: 'When a seller was last given a lead in turn', key: keys.leadTurn(shopId, '<userId>') },
  leadNote: { what: 'Note on a lead', key: keys.leadNote(shopId, leadId, '<time>', '<noteId>') },
  auditEntry: {
    what: 'Who changed what',
    key: keys.auditEntry(shopId, { kind: '<kind>', id: '<id>' }, '<time>', '<entryId>'),
    indexes: [
      indexKeys.auditEntry(shopId, '<time>', '<entryId>'),
      indexKeys.auditEntryOf(shopId, '<by>', '<time>', '<entryId>'),
    ],
  },
  pipeline: { what: 'Pipeline with its stages', key: keys.pipeline(shopId, '<pipelineId>') },
  leadForm: { what: 'Form whose submissions become leads', key: keys.leadForm(shopId, '<formKey>') },
  shopByLeadForm: { what: 'Look-up: shop of a form', key: keys.shopByLeadForm('<formKey>') },
  leadPage: { what: 'Page whose Lead Ads become leads', key: keys.leadPage(shopId, '<pageId>') },
  shopByPage: { what: 'Look-up: shop of a page', key: keys.shopByPage('<pageId>') },
  submission: {
    what: 'What somebody filled in, raw',
    key: keys.submission(shopId, '<submissionId>'),
    indexes: [
      indexKeys.submission(shopId, '<state>', '<receivedAt>', '<submissionId>'),
      indexKeys.failedSubmission(shopId, '<formId>', '<receivedAt>', '<submissionId>'),
      indexKeys.heldSubmission(shopId, '<pageId>', '<receivedAt>', '<submissionId>'),
      indexKeys.submissionOf(shopId, '<leadId>', '<receivedAt>', '<submissionId>'),
    ],
  },
  job: {
    what: 'Import, export or erasure (gsi3 while it is queued or runs)',
    key: keys.job(shopId, '<jobId>'),
    indexes: [indexKeys.job(shopId, '<kind>', '<jobId>'), indexKeys.unfinishedJob('<jobId>', '<dueAt>')],
  },
  jobRows: {
    what: 'What became of some rows of an import, for 30 days',
    key: keys.jobRows(shopId, '<jobId>', '<row>' as never),
  },
  erasure: { what: 'That a person was erased', key: keys.erasure(shopId, '<time>', '<contactId>') },
  saleSource: { what: 'Where a shop’s sales are read, and how that fails', key: keys.saleSource(shopId) },
  saleLink: {
    what: 'Sale that a contact is linked to, as it was then',
    key: keys.saleLink(shopId, '<contactId>', '<source>', '<saleId>'),
  },
  saleSummary: { what: 'What a contact has bought, of all linked sales', key: keys.saleSummary(shopId, '<contactId>') },
};

/** Every read of many items, with sample arguments. A range without a row here does not compile. */
const reads: Record<keyof typeof ranges, readonly (readonly [what: string, range: Range])[]> = {
  shops: [['All shops, by slug', ranges.shops()]],
  users: [['Users of a shop', ranges.users(shopId)]],
  categories: [['Categories of a shop', ranges.categories(shopId)]],
  products: [
    ['All products, for sellers', ranges.products(shopId, 'all')],
    ['Active products', ranges.products(shopId, 'active')],
    ['Active products in stock', ranges.products(shopId, 'available')],
    ['The same of one category', ranges.products(shopId, 'available', '<categoryId>')],
  ],
  stockMovements: [['Ledger of a bucket up to a moment', ranges.stockMovements(shopId, productId, bucket, '<time>')]],
  checkouts: [['Checkouts in a state, by time', ranges.checkouts(shopId, '<state>')]],
  dueExpiries: [['Checkouts past their time, of all shops', ranges.dueExpiries('<shard>' as never, '<now>')]],
  reconciliations: [['Proofs of a shop', ranges.reconciliations(shopId)]],
  connections: [['Connections of a shop', ranges.connections(shopId)]],
  connectionsEver: [['Numbers that a shop has or had', ranges.connectionsEver(shopId)]],
  numbersOfAccount: [['Numbers of a WhatsApp Business Account', ranges.numbersOfAccount('<wabaId>')]],
  inbox: [['Conversations in a state, by last message', ranges.inbox(shopId, '<state>')]],
  inboxOf: [
    ['Conversations of a seller, by last message', ranges.inboxOf(shopId, '<userId>', '<state>')],
    ['Conversations of nobody, by last message', ranges.inboxOf(shopId, 'unassigned', '<state>')],
  ],
  messages: [['Messages of a conversation up to a moment', ranges.messages(shopId, conversationId, '<time>')]],
  dueMessages: [['Messages overdue on their way out, of all shops', ranges.dueMessages('<shard>' as never, '<now>')]],
  accountEvents: [['Events about account and templates', ranges.accountEvents(shopId)]],
  checkoutEvents: [['Timeline of a checkout', ranges.checkoutEvents('<code>')]],
  funnelDays: [['Funnel from day to day', ranges.funnelDays(shopId, '<shard>' as never, '<first>', '<last>')]],
  consents: [['Consents of a contact', ranges.consents(shopId, '<contactId>')]],
  contactCheckouts: [
    ['Checkouts of a contact up to a moment', ranges.contactCheckouts(shopId, '<contactId>', '<time>')],
  ],
  contactRows: [['A contact with all that stands beside it', ranges.contactRows(shopId, '<contactId>')]],
  leads: [
    ['Leads of a facet, by last change', ranges.leads(shopId, '<facet>', 'updated')],
    ['The same by creation', ranges.leads(shopId, '<facet>', 'created')],
    ['The same by next action', ranges.leads(shopId, '<facet>', 'nextAction')],
  ],
  leadsByTerm: [
    ['Leads by the beginning of a name', ranges.leadsByTerm(shopId, 'name', '<folded text>')],
    ['Leads by the last digits of a phone', ranges.leadsByTerm(shopId, 'phone', '<digits reversed>')],
    ['Leads by e-mail', ranges.leadsByTerm(shopId, 'email', '<digest>')],
  ],
  leadRows: [['A lead with all that stands beside it', ranges.leadRows(shopId, leadId)]],
  leadTurns: [['When each seller was last given a lead in turn', ranges.leadTurns(shopId)]],
  leadNotes: [['Notes on a lead up to a moment', ranges.leadNotes(shopId, leadId, '<time>')]],
  audit: [['Changes in a shop in one month, by time', ranges.audit(shopId, '<month>', '<from>', '<to>')]],
  auditBy: [['Changes by one user', ranges.auditBy(shopId, '<by>', '<from>', '<to>')]],
  auditOf: [['Changes of one thing', ranges.auditOf(shopId, { kind: '<kind>', id: '<id>' }, '<from>', '<to>')]],
  pipelines: [['Pipelines of a shop', ranges.pipelines(shopId)]],
  leadForms: [['Forms of a shop', ranges.leadForms(shopId)]],
  leadPages: [['Pages of a shop', ranges.leadPages(shopId)]],
  submissions: [['Submissions in a state, by time', ranges.submissions(shopId, '<state>')]],
  failedSubmissions: [['Submissions of a form that failed', ranges.failedSubmissions(shopId, '<formId>')]],
  heldSubmissions: [['Submissions of a page that failed or wait', ranges.heldSubmissions(shopId, '<pageId>')]],
  submissionsOf: [['What a lead filled in', ranges.submissionsOf(shopId, '<leadId>', '<place>')]],
  jobs: [['Jobs of a kind, by time', ranges.jobs(shopId, '<kind>')]],
  dueJobs: [['Jobs that nobody works on, of all shops', ranges.dueJobs('<shard>' as never, '<now>')]],
  jobRows: [['What became of an import’s rows', ranges.jobRows(shopId, '<jobId>', '<row>' as never)]],
  erasures: [['Erasures of a shop', ranges.erasures(shopId)]],
  saleLinks: [['Linked sales of a contact, and their summary', ranges.saleLinks(shopId, '<contactId>')]],
};

/** The shard of a sample code says nothing: show that it is one of them. */
const text = (key: string): string => key.replace(/(^EXPIRY|^OUTBOUND|^JOBS|#FUNNEL)#\d\d$/, '$1#<shard>');
const code = (key: string): string => `\`${text(key)}\``;

const indexNames = Object.keys(tableSchema.indexes) as (keyof typeof tableSchema.indexes)[];

const indexText = (one: IndexKeys): string[] =>
  indexNames.flatMap((index) => {
    const { partitionKey, sortKey } = tableSchema.indexes[index];
    const [pk, sk] = [one[partitionKey], one[sortKey]];
    return pk !== undefined && sk !== undefined ? [`${index}: ${code(pk)} / ${code(sk)}`] : [];
  });

const sortText = ({ prefix, between }: Range): string => {
  if (prefix !== undefined) return `begins with ${code(prefix)}`;
  return between ? `${code(between[0])} to ${code(between[1])}` : 'all';
};

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** The key schema as two tables in Markdown: kinds of items, and reads of many of them. */
export const keyTable = (): string => {
  const itemRows = Object.values(items).map(({ what, key, indexes = [] }) => [
    what,
    code(key.pk),
    code(key.sk),
    indexes.flatMap(indexText).join('<br>') || '–',
  ]);
  const readRows = Object.values(reads)
    .flat()
    .map(([what, range]) => [what, range.index ?? 'table', code(range.partition), sortText(range)]);
  return [
    table(['Item', tableSchema.partitionKey, tableSchema.sortKey, 'Indexes'], itemRows),
    table(['Read', 'From', 'Partition', 'Sort key'], readRows),
  ].join('\n\n');
};

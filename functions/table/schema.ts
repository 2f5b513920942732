import { shardOf } from '#core/ids.ts';

/**
 * The key schema of the one table. Every key is made here and nowhere else. Every partition key starts with the shop
 * (`S#<shopId>`), except the look-ups listed in {@link lookupPrefixes}, which are found before the shop is known.
 */
export const tableSchema = {
  partitionKey: 'pk',
  sortKey: 'sk',
  ttl: 'ttl',
  indexes: {
    gsi1: { partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
    gsi2: { partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
    gsi3: { partitionKey: 'gsi3pk', sortKey: 'gsi3sk' },
  },
} as const;

export type IndexName = keyof typeof tableSchema.indexes;

/** Partition keys that do not start with a shop: what leads from an outside name to a shop, and what spans shops. */
export const lookupPrefixes = [
  'SLUG#',
  'SUB#',
  'CHECKOUT#',
  'EXPIRY#',
  'SHOPS',
  'NUMBER#',
  'WABA#',
  'OUTBOUND#',
  'LEAD-FORM#',
  'PAGE#',
  'JOBS#',
] as const;

/** An item's primary key. */
export interface Key {
  pk: string;
  sk: string;
}

/** The key attributes of an item in its indexes; an absent pair keeps the item out of that index. */
export interface IndexKeys {
  gsi1pk?: string;
  gsi1sk?: string;
  gsi2pk?: string;
  gsi2sk?: string;
  gsi3pk?: string;
  gsi3sk?: string;
}

/** A range of one partition: of the table, or of an index. */
export interface Range {
  index?: IndexName;
  partition: string;
  /** Only sort keys that begin so. */
  prefix?: string;
  /** Only sort keys within these bounds, both inclusive. */
  between?: readonly [first: string, last: string];
}

const EXPIRY_SHARDS = 16;
const OUTBOUND_SHARDS = 16;
const FUNNEL_SHARDS = 8;
const JOB_SHARDS = 4;
const shop = (shopId: string) => `S#${shopId}`;
const two = (number: number) => String(number).padStart(2, '0');
const eight = (number: number) => String(number).padStart(8, '0');
const productOrder = (product: ProductOrder) =>
  `${product.categoryId}#${eight(product.position)}#${product.sortName}#${product.productId}`;

const conversation = (shopId: string, conversationId: string) => `${shop(shopId)}#CONVERSATION#${conversationId}`;

const lead = (shopId: string, leadId: string) => `${shop(shopId)}#LEAD#${leadId}`;
const leadFacet = (shopId: string, facet: string) => `${shop(shopId)}#LEADS#${facet}`;
const leadTerms = (shopId: string, term: LeadTerm) => `${shop(shopId)}#LEADS-BY-${term.toUpperCase()}`;
const monthOf = (at: string) => at.slice(0, '2026-11'.length);
const auditMonth = (shopId: string, month: string) => `${shop(shopId)}#AUDIT#${month}`;
const saleLinks = (shopId: string, contactId: string) => `${shop(shopId)}#SALE-LINKS#${contactId}`;

/** Where a conversation stands in the inbox. */
export interface InboxPlace {
  conversationId: string;
  state: string;
  assignedTo?: string | undefined;
  lastMessageAt: string;
}

/** Where a message stands: its conversation, its moment and its id are its key. */
export interface MessagePlace {
  conversationId: string;
  at: string;
  messageId: string;
}

/** One of the lists that a lead stands in: all, those of a status, a stage, a seller, a source, a tag. */
export interface LeadFacet {
  leadId: string;
  facet: string;
  createdAt: string;
  updatedAt: string;
  /** Only where the next action is listed. */
  nextActionAt?: string | undefined;
}

/** What a lead is found by: a folded word of a name, reversed digits of a phone, a digest of an e-mail address. */
export type LeadTerm = 'name' | 'phone' | 'email';

/** What an audit entry is about. */
export interface AuditSubject {
  kind: string;
  id: string;
}

/** What orders products in a list: category, place in it, folded name, id. */
export interface ProductOrder {
  categoryId: string;
  position: number;
  sortName: string;
  productId: string;
}

/** Primary keys, one builder for each kind of item. */
export const keys = {
  shop: (shopId: string): Key => ({ pk: shop(shopId), sk: 'META' }),
  shopBySlug: (slug: string): Key => ({ pk: `SLUG#${slug}`, sk: 'META' }),
  user: (shopId: string, userId: string): Key => ({ pk: shop(shopId), sk: `USER#${userId}` }),
  userBySub: (sub: string): Key => ({ pk: `SUB#${sub}`, sk: 'META' }),
  category: (shopId: string, categoryId: string): Key => ({ pk: shop(shopId), sk: `CATEGORY#${categoryId}` }),
  product: (shopId: string, productId: string): Key => ({ pk: `${shop(shopId)}#PRODUCT#${productId}`, sk: 'META' }),
  stockLevel: (shopId: string, productId: string, bucket: number): Key => ({
    pk: `${shop(shopId)}#STOCK#${productId}#${two(bucket)}`,
    sk: 'LEVEL',
  }),
  stockMovement: (shopId: string, productId: string, bucket: number, movementId: string): Key => ({
    pk: `${shop(shopId)}#STOCK#${productId}#${two(bucket)}`,
    sk: `MOVEMENT#${movementId}`,
  }),
  checkout: (code: string): Key => ({ pk: `CHECKOUT#${code}`, sk: 'META' }),
  holder: (shopId: string, phoneDigest: string): Key => ({ pk: `${shop(shopId)}#HOLDER#${phoneDigest}`, sk: 'META' }),
  idempotency: (shopId: string, operation: string, keyDigest: string): Key => ({
    pk: `${shop(shopId)}#IDEMPOTENCY#${operation}#${keyDigest}`,
    sk: 'META',
  }),
  reconciliation: (shopId: string, at: string): Key => ({ pk: `${shop(shopId)}#RECONCILIATION`, sk: at }),
  connection: (shopId: string, phoneNumberId: string): Key => ({
    pk: shop(shopId),
    sk: `CONNECTION#${phoneNumberId}`,
  }),
  connectionOnce: (shopId: string, phoneNumberId: string): Key => ({
    pk: shop(shopId),
    sk: `CONNECTION-ONCE#${phoneNumberId}`,
  }),
  shopByNumber: (phoneNumberId: string): Key => ({ pk: `NUMBER#${phoneNumberId}`, sk: 'META' }),
  shopByAccount: (wabaId: string, phoneNumberId: string): Key => ({
    pk: `WABA#${wabaId}`,
    sk: `NUMBER#${phoneNumberId}`,
  }),
  contact: (shopId: string, contactId: string): Key => ({ pk: `${shop(shopId)}#CONTACT#${contactId}`, sk: 'META' }),
  contactByPhone: (shopId: string, phoneDigest: string): Key => ({
    pk: `${shop(shopId)}#PHONE#${phoneDigest}`,
    sk: 'META',
  }),
  contactByUserId: (shopId: string, businessId: string, userId: string): Key => ({
    pk: `${shop(shopId)}#BSUID#${businessId}#${userId}`,
    sk: 'META',
  }),
  conversation: (shopId: string, conversationId: string): Key => ({
    pk: conversation(shopId, conversationId),
    sk: 'META',
  }),
  message: (shopId: string, { conversationId, at, messageId }: MessagePlace): Key => ({
    pk: conversation(shopId, conversationId),
    sk: `MESSAGE#${at}#${messageId}`,
  }),
  messageByMetaId: (shopId: string, metaId: string): Key => ({ pk: `${shop(shopId)}#META-ID#${metaId}`, sk: 'META' }),
  accountEvent: (shopId: string, at: string, digest: string): Key => ({
    pk: `${shop(shopId)}#ACCOUNT-EVENTS`,
    sk: `${at}#${digest}`,
  }),
  checkoutEvent: (code: string, kind: string, cause: string): Key => ({
    pk: `CHECKOUT#${code}`,
    sk: `EVENT#${kind}#${cause}`,
  }),
  funnelDay: (shopId: string, day: string, code: string): Key => ({
    pk: `${shop(shopId)}#FUNNEL#${two(shardOf(code, FUNNEL_SHARDS))}`,
    sk: day,
  }),
  consent: (shopId: string, contactId: string, at: string, digest: string): Key => ({
    pk: `${shop(shopId)}#CONTACT#${contactId}`,
    sk: `CONSENT#${at}#${digest}`,
  }),
  contactCheckout: (shopId: string, contactId: string, createdAt: string, code: string): Key => ({
    pk: `${shop(shopId)}#CONTACT#${contactId}`,
    sk: `CHECKOUT#${createdAt}#${code}`,
  }),
  lead: (shopId: string, leadId: string): Key => ({ pk: lead(shopId, leadId), sk: 'META' }),
  leadFacet: (shopId: string, leadId: string, facet: string): Key => ({
    pk: lead(shopId, leadId),
    sk: `IN#${facet}`,
  }),
  leadTerm: (shopId: string, leadId: string, term: LeadTerm, place: number): Key => ({
    pk: lead(shopId, leadId),
    sk: `FIND#${term}#${place}`,
  }),
  leadTurn: (shopId: string, userId: string): Key => ({ pk: shop(shopId), sk: `LEAD-TURN#${userId}` }),
  leadNote: (shopId: string, leadId: string, at: string, noteId: string): Key => ({
    pk: lead(shopId, leadId),
    sk: `NOTE#${at}#${noteId}`,
  }),
  auditEntry: (shopId: string, { kind, id }: AuditSubject, at: string, entryId: string): Key => ({
    pk: `${shop(shopId)}#AUDIT#${kind}#${id}`,
    sk: `${at}#${entryId}`,
  }),
  pipeline: (shopId: string, pipelineId: string): Key => ({ pk: shop(shopId), sk: `PIPELINE#${pipelineId}` }),
  leadForm: (shopId: string, formKey: string): Key => ({ pk: shop(shopId), sk: `LEAD-FORM#${formKey}` }),
  shopByLeadForm: (formKey: string): Key => ({ pk: `LEAD-FORM#${formKey}`, sk: 'META' }),
  leadPage: (shopId: string, pageId: string): Key => ({ pk: shop(shopId), sk: `LEAD-PAGE#${pageId}` }),
  shopByPage: (pageId: string): Key => ({ pk: `PAGE#${pageId}`, sk: 'META' }),
  submission: (shopId: string, submissionId: string): Key => ({
    pk: `${shop(shopId)}#SUBMISSION#${submissionId}`,
    sk: 'META',
  }),
  job: (shopId: string, jobId: string): Key => ({ pk: `${shop(shopId)}#JOB#${jobId}`, sk: 'META' }),
  jobRows: (shopId: string, jobId: string, firstRow: number): Key => ({
    pk: keys.job(shopId, jobId).pk,
    sk: `ROWS#${eight(firstRow)}`,
  }),
  erasure: (shopId: string, at: string, contactId: string): Key => ({
    pk: `${shop(shopId)}#ERASURES`,
    sk: `${at}#${contactId}`,
  }),
  saleSource: (shopId: string): Key => ({ pk: saleLinks(shopId, 'settings'), sk: 'META' }),
  saleLink: (shopId: string, contactId: string, source: string, saleId: string): Key => ({
    pk: saleLinks(shopId, contactId),
    sk: `LINK#${source}#${saleId}`,
  }),
  saleSummary: (shopId: string, contactId: string): Key => ({ pk: saleLinks(shopId, contactId), sk: 'SUMMARY' }),
} as const;

/** Index keys, one builder for each kind of item that is listed. */
export const indexKeys = {
  shop: (slug: string): IndexKeys => ({ gsi1pk: 'SHOPS', gsi1sk: slug }),
  product: (shopId: string, product: ProductOrder & { active: boolean; soldOut: boolean }): IndexKeys => ({
    gsi1pk: `${shop(shopId)}#PRODUCTS`,
    gsi1sk: productOrder(product),
    ...(product.active && { gsi2pk: `${shop(shopId)}#ACTIVE-PRODUCTS`, gsi2sk: productOrder(product) }),
    ...(product.active &&
      !product.soldOut && { gsi3pk: `${shop(shopId)}#AVAILABLE-PRODUCTS`, gsi3sk: productOrder(product) }),
  }),
  activeCheckout: (shopId: string, code: string, expiresAt: string): IndexKeys => ({
    gsi1pk: `${shop(shopId)}#CHECKOUTS#active`,
    gsi1sk: `${expiresAt}#${code}`,
    gsi3pk: `EXPIRY#${two(shardOf(code, EXPIRY_SHARDS))}`,
    gsi3sk: `${expiresAt}#${code}`,
  }),
  endedCheckout: (shopId: string, state: string, code: string, endedAt: string): IndexKeys => ({
    gsi1pk: `${shop(shopId)}#CHECKOUTS#${state}`,
    gsi1sk: `${endedAt}#${code}`,
  }),
  conversation: (shopId: string, { conversationId, state, assignedTo, lastMessageAt }: InboxPlace): IndexKeys => ({
    gsi1pk: `${shop(shopId)}#INBOX#${state}`,
    gsi1sk: `${lastMessageAt}#${conversationId}`,
    gsi2pk: `${shop(shopId)}#INBOX-OF#${assignedTo ?? 'unassigned'}#${state}`,
    gsi2sk: `${lastMessageAt}#${conversationId}`,
  }),
  /** While it is neither sent, failed nor parked. */
  unsettledMessage: (messageId: string, dueAt: string): IndexKeys => ({
    gsi3pk: `OUTBOUND#${two(shardOf(messageId, OUTBOUND_SHARDS))}`,
    gsi3sk: `${dueAt}#${messageId}`,
  }),
  leadFacet: (shopId: string, { leadId, facet, createdAt, updatedAt, nextActionAt }: LeadFacet): IndexKeys => ({
    gsi1pk: leadFacet(shopId, facet),
    gsi1sk: `${updatedAt}#${leadId}`,
    gsi2pk: leadFacet(shopId, facet),
    gsi2sk: `${createdAt}#${leadId}`,
    ...(nextActionAt !== undefined && { gsi3pk: leadFacet(shopId, facet), gsi3sk: `${nextActionAt}#${leadId}` }),
  }),
  leadTerm: (shopId: string, leadId: string, term: LeadTerm, text: string): IndexKeys => ({
    gsi1pk: leadTerms(shopId, term),
    gsi1sk: `${text}#${leadId}`,
  }),
  /** By month: no partition takes all entries that a shop ever has. */
  auditEntry: (shopId: string, at: string, entryId: string): IndexKeys => ({
    gsi1pk: auditMonth(shopId, monthOf(at)),
    gsi1sk: `${at}#${entryId}`,
  }),
  /** What each user did. */
  auditEntryOf: (shopId: string, by: string, at: string, entryId: string): IndexKeys => ({
    gsi2pk: `${shop(shopId)}#AUDIT-BY#${by}`,
    gsi2sk: `${at}#${entryId}`,
  }),
  submission: (shopId: string, state: string, receivedAt: string, submissionId: string): IndexKeys => ({
    gsi1pk: `${shop(shopId)}#SUBMISSIONS#${state}`,
    gsi1sk: `${receivedAt}#${submissionId}`,
  }),
  /** Of its form, while it has failed. */
  failedSubmission: (shopId: string, formId: string, receivedAt: string, submissionId: string): IndexKeys => ({
    gsi2pk: `${shop(shopId)}#SUBMISSIONS-FAILED#${formId}`,
    gsi2sk: `${receivedAt}#${submissionId}`,
  }),
  /** Of its page, while it has failed, or waits for Meta. */
  heldSubmission: (shopId: string, pageId: string, receivedAt: string, submissionId: string): IndexKeys => ({
    gsi3pk: `${shop(shopId)}#SUBMISSIONS-HELD#${pageId}`,
    gsi3sk: `${receivedAt}#${submissionId}`,
  }),
  /** Of the lead that it became. */
  submissionOf: (shopId: string, leadId: string, receivedAt: string, submissionId: string): IndexKeys => ({
    gsi2pk: `${shop(shopId)}#SUBMISSIONS-OF#${leadId}`,
    gsi2sk: `${receivedAt}#${submissionId}`,
  }),
  job: (shopId: string, kind: string, jobId: string): IndexKeys => ({
    gsi1pk: `${shop(shopId)}#JOBS#${kind}`,
    gsi1sk: jobId,
  }),
  /** While it is queued or runs. */
  unfinishedJob: (jobId: string, dueAt: string): IndexKeys => ({
    gsi3pk: `JOBS#${two(shardOf(jobId, JOB_SHARDS))}`,
    gsi3sk: `${dueAt}#${jobId}`,
  }),
} as const;

/** Which products a list shows: all (sellers), active (shoppers), or active and in stock. */
export type ProductListing = 'all' | 'active' | 'available';

const productIndex = {
  all: { index: 'gsi1', suffix: 'PRODUCTS' },
  active: { index: 'gsi2', suffix: 'ACTIVE-PRODUCTS' },
  available: { index: 'gsi3', suffix: 'AVAILABLE-PRODUCTS' },
} as const satisfies Record<ProductListing, { index: IndexName; suffix: string }>;

/** What leads are listed by. */
export type LeadOrder = 'updated' | 'created' | 'nextAction';

const leadOrderIndex = {
  updated: 'gsi1',
  created: 'gsi2',
  nextAction: 'gsi3',
} as const satisfies Record<LeadOrder, IndexName>;

/** Reads of many items, each a range of the table or of one index: there is no scan. */
export const ranges = {
  shops: (): Range => ({ index: 'gsi1', partition: 'SHOPS' }),
  users: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'USER#' }),
  categories: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'CATEGORY#' }),
  products: (shopId: string, listing: ProductListing, categoryId?: string): Range => ({
    index: productIndex[listing].index,
    partition: `${shop(shopId)}#${productIndex[listing].suffix}`,
    ...(categoryId !== undefined && { prefix: `${categoryId}#` }),
  }),
  stockMovements: (shopId: string, productId: string, bucket: number, upTo = '~'): Range => ({
    partition: keys.stockLevel(shopId, productId, bucket).pk,
    between: ['MOVEMENT#', `MOVEMENT#${upTo}`],
  }),
  checkouts: (shopId: string, state: string): Range => ({
    index: 'gsi1',
    partition: `${shop(shopId)}#CHECKOUTS#${state}`,
  }),
  dueExpiries: (shard: number, now: string): Range => ({
    index: 'gsi3',
    partition: `EXPIRY#${two(shard)}`,
    between: ['0', `${now}#~`],
  }),
  reconciliations: (shopId: string): Range => ({ partition: `${shop(shopId)}#RECONCILIATION` }),
  connections: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'CONNECTION#' }),
  /** Also those that are gone: conversations on them stay. A number that came back is there twice. */
  connectionsEver: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'CONNECTION' }),
  numbersOfAccount: (wabaId: string): Range => ({ partition: `WABA#${wabaId}`, prefix: 'NUMBER#' }),
  inbox: (shopId: string, state: string, before = '~'): Range => ({
    index: 'gsi1',
    partition: `${shop(shopId)}#INBOX#${state}`,
    between: ['0', before],
  }),
  inboxOf: (shopId: string, assignee: string, state: string, before = '~'): Range => ({
    index: 'gsi2',
    partition: `${shop(shopId)}#INBOX-OF#${assignee}#${state}`,
    between: ['0', before],
  }),
  messages: (shopId: string, conversationId: string, upTo = '~'): Range => ({
    partition: conversation(shopId, conversationId),
    between: ['MESSAGE#', `MESSAGE#${upTo}`],
  }),
  dueMessages: (shard: number, now: string): Range => ({
    index: 'gsi3',
    partition: `OUTBOUND#${two(shard)}`,
    between: ['0', `${now}#~`],
  }),
  accountEvents: (shopId: string, from?: string): Range => ({
    partition: `${shop(shopId)}#ACCOUNT-EVENTS`,
    ...(from !== undefined && { between: [from, '~'] }),
  }),
  checkoutEvents: (code: string): Range => ({ partition: `CHECKOUT#${code}`, prefix: 'EVENT#' }),
  consents: (shopId: string, contactId: string, upTo = '~'): Range => ({
    partition: keys.contact(shopId, contactId).pk,
    between: ['CONSENT#', `CONSENT#${upTo}`],
  }),
  contactCheckouts: (shopId: string, contactId: string, upTo = '~'): Range => ({
    partition: keys.contact(shopId, contactId).pk,
    between: ['CHECKOUT#', `CHECKOUT#${upTo}`],
  }),
  /** A contact with all that stands beside it: consents, checkouts. */
  contactRows: (shopId: string, contactId: string): Range => ({ partition: keys.contact(shopId, contactId).pk }),
  /** Leads of a facet, in the order of their last change, their making or their next action. */
  leads: (shopId: string, facet: string, order: LeadOrder, between?: readonly [string, string]): Range => ({
    index: leadOrderIndex[order],
    partition: leadFacet(shopId, facet),
    ...(between && { between }),
  }),
  leadsByTerm: (shopId: string, term: LeadTerm, prefix: string): Range => ({
    index: 'gsi1',
    partition: leadTerms(shopId, term),
    prefix,
  }),
  leadTurns: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'LEAD-TURN#' }),
  /** A lead with all that stands beside it: facets, terms, notes. */
  leadRows: (shopId: string, leadId: string): Range => ({ partition: lead(shopId, leadId) }),
  leadNotes: (shopId: string, leadId: string, upTo = '~'): Range => ({
    partition: lead(shopId, leadId),
    between: ['NOTE#', `NOTE#${upTo}`],
  }),
  /** Changes of one month, like 2026-11. */
  audit: (shopId: string, month: string, from = '0', to = '~'): Range => ({
    index: 'gsi1',
    partition: auditMonth(shopId, month),
    between: [from, to],
  }),
  auditBy: (shopId: string, by: string, from = '0', to = '~'): Range => ({
    index: 'gsi2',
    partition: `${shop(shopId)}#AUDIT-BY#${by}`,
    between: [from, to],
  }),
  auditOf: (shopId: string, { kind, id }: AuditSubject, from = '0', to = '~'): Range => ({
    partition: `${shop(shopId)}#AUDIT#${kind}#${id}`,
    between: [from, to],
  }),
  pipelines: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'PIPELINE#' }),
  leadForms: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'LEAD-FORM#' }),
  leadPages: (shopId: string): Range => ({ partition: shop(shopId), prefix: 'LEAD-PAGE#' }),
  submissions: (shopId: string, state: string): Range => ({
    index: 'gsi1',
    partition: `${shop(shopId)}#SUBMISSIONS#${state}`,
  }),
  failedSubmissions: (shopId: string, formId: string): Range => ({
    index: 'gsi2',
    partition: `${shop(shopId)}#SUBMISSIONS-FAILED#${formId}`,
  }),
  heldSubmissions: (shopId: string, pageId: string): Range => ({
    index: 'gsi3',
    partition: `${shop(shopId)}#SUBMISSIONS-HELD#${pageId}`,
  }),
  submissionsOf: (shopId: string, leadId: string, upTo = '~'): Range => ({
    index: 'gsi2',
    partition: `${shop(shopId)}#SUBMISSIONS-OF#${leadId}`,
    between: ['0', upTo],
  }),
  jobs: (shopId: string, kind: string): Range => ({ index: 'gsi1', partition: `${shop(shopId)}#JOBS#${kind}` }),
  dueJobs: (shard: number, now: string): Range => ({
    index: 'gsi3',
    partition: `JOBS#${two(shard)}`,
    between: ['0', `${now}#~`],
  }),
  /** What became of the rows of an import from this one on. */
  jobRows: (shopId: string, jobId: string, fromRow: number): Range => ({
    partition: keys.job(shopId, jobId).pk,
    between: [keys.jobRows(shopId, jobId, fromRow).sk, 'ROWS#~'],
  }),
  erasures: (shopId: string): Range => ({ partition: `${shop(shopId)}#ERASURES` }),
  saleLinks: (shopId: string, contactId: string): Range => ({ partition: saleLinks(shopId, contactId) }),
  funnelDays: (shopId: string, shard: number, from: string, to: string): Range => ({
    partition: `${shop(shopId)}#FUNNEL#${two(shard)}`,
    between: [from, to],
  }),
} as const;

const shardsOf = (count: number): readonly number[] => Array.from({ length: count }, (_, shard) => shard);

/** All shards of the index of unsettled messages. */
export const outboundShards = shardsOf(OUTBOUND_SHARDS);

/** All shards of a shop's funnel. */
export const funnelShards = shardsOf(FUNNEL_SHARDS);

/** All shards of the index of unfinished jobs. */
export const jobShards = shardsOf(JOB_SHARDS);

/** All shards of the expiry index. */
export const expiryShards = shardsOf(EXPIRY_SHARDS);

/** What an item of the change stream is, as far as its readers care. */
export type ItemKind =
  | 'checkout'
  | 'stock-level'
  | 'conversation'
  | 'message'
  | 'contact'
  | 'lead'
  | 'submission'
  | 'pipeline'
  | 'job'
  | 'other';

const metaKinds = [
  ['#CONTACT#', 'contact'],
  ['#LEAD#', 'lead'],
  ['#SUBMISSION#', 'submission'],
  ['#JOB#', 'job'],
] as const;

/** Tells the kind of an item by its key. */
export const itemKind = ({ pk, sk }: Key): ItemKind => {
  if (pk.startsWith('CHECKOUT#')) return sk === 'META' ? 'checkout' : 'other';
  if (pk.includes('#CONVERSATION#')) return sk === 'META' ? 'conversation' : 'message';
  if (sk === 'META') return metaKinds.find(([part]) => pk.includes(part))?.[1] ?? 'other';
  if (sk.startsWith('PIPELINE#')) return 'pipeline';
  return sk === 'LEVEL' ? 'stock-level' : 'other';
};

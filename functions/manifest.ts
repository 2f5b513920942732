import { auditRoutes } from './audit/audit.routes.ts';
import { catalogRoutes } from './catalog/catalog.routes.ts';
import { storefrontRoutes } from './catalog/storefront.routes.ts';
import { checkoutRoutes } from './checkouts/checkouts.routes.ts';
import { connectionRoutes } from './connections/connections.routes.ts';
import { contactRoutes } from './contacts/contacts.routes.ts';
import { conversationRoutes } from './conversations/conversations.routes.ts';
import type { Routes } from './core/contract.ts';
import { maxReceives } from './core/max-receives.ts';
import { leadFileRoutes } from './lead-files/lead-files.routes.ts';
import { leadCaptureRoutes } from './lead-sources/lead-capture.routes.ts';
import { leadFormRoutes } from './lead-sources/lead-forms.routes.ts';
import { leadLifeRoutes } from './leads/lead-life.routes.ts';
import { leadRoutes } from './leads/leads.routes.ts';
import { pipelineRoutes } from './pipelines/pipelines.routes.ts';
import { saleLinkRoutes } from './sale-links/sale-links.routes.ts';
import { shopRoutes } from './shops/shops.routes.ts';
import { userRoutes } from './shops/users.routes.ts';
import { stockRoutes } from './stock/stock.routes.ts';
import { webhookRoutes } from './webhooks/webhooks.routes.ts';

/** A queue between two functions. */
export interface QueueEntry {
  /** Keeps the order of each group of messages. Without, groups only share the workers fairly. */
  fifo: boolean;
  /** How long a message that was received is hidden from others: six times the time-out of its consumer, at least. */
  visibilitySeconds: number;
  /** How often a message is received before it is put aside. What waits behind another in its group counts too. */
  maxReceives: number;
  /** How old the oldest message may become before somebody is told. */
  lateSeconds: number;
  /** Who is hurt when messages wait, or are put aside, as the alarms say it. */
  hurt: string;
}

/** Every queue of work. Each has a dead-letter queue beside it, and keeps what waits for 14 days. */
export const queues = {
  /** What customers write, and all else that Meta tells but statuses, in order per number and person. */
  inbound: {
    fifo: true,
    visibilitySeconds: 180,
    maxReceives: maxReceives.inbound,
    lateSeconds: 120,
    hurt: 'what customers write on WhatsApp does not reach the shops, nor is it answered',
  },
  /** How messages of ours fared: sent, delivered, read, failed. */
  statuses: {
    fifo: false,
    visibilitySeconds: 180,
    maxReceives: maxReceives.statuses,
    lateSeconds: 300,
    hurt: 'sellers do not see whether their messages were delivered, read or failed',
  },
  /** Messages to send, in order per conversation. */
  outbound: {
    fifo: true,
    visibilitySeconds: 360,
    maxReceives: maxReceives.outbound,
    lateSeconds: 120,
    hurt: 'customers do not get the messages of the shops',
  },
  /** Files that customers sent, to be fetched before Meta forgets them. */
  media: {
    fifo: false,
    visibilitySeconds: 900,
    maxReceives: maxReceives.media,
    lateSeconds: 900,
    hurt: 'sellers do not see the pictures, voices and files that customers sent',
  },
  /** What customers are to be told of their checkouts, in order per checkout. */
  notices: {
    fifo: true,
    visibilitySeconds: 180,
    maxReceives: maxReceives.notices,
    lateSeconds: 300,
    hurt: 'customers are not told on WhatsApp what became of their reservations',
  },
  /** What may make somebody a lead, or change what a lead has to follow. Shops share the workers. */
  leads: {
    fifo: false,
    visibilitySeconds: 180,
    maxReceives: maxReceives.leads,
    lateSeconds: 300,
    hurt: 'people who write, reserve or fill in a form do not show up among the leads of the shops',
  },
  /** Long work: imports and exports of leads. */
  jobs: {
    fifo: false,
    visibilitySeconds: 5400,
    maxReceives: maxReceives.jobs,
    lateSeconds: 1800,
    hurt: 'imports and exports of the shops wait',
  },
  /** What persons have a right to: exports and erasures of all there is of them. Waits behind no file of leads. */
  personJobs: {
    fifo: false,
    visibilitySeconds: 5400,
    maxReceives: maxReceives.personJobs,
    lateSeconds: 1800,
    hurt: 'persons wait for what the shops know of them, or for being erased',
  },
} as const satisfies Record<string, QueueEntry>;

export type QueueName = keyof typeof queues;

/** What a queue and its dead letters are called in a deployment such as `vidriera-prod`. */
export const queueNames = (deployment: string, name: QueueName): { queue: string; deadLetters: string } => {
  const suffix = queues[name].fifo ? '.fifo' : '';
  return { queue: `${deployment}-${name}${suffix}`, deadLetters: `${deployment}-${name}-dead${suffix}` };
};

/**
 * What a function may use. Each word is one grant and the environment that goes with it, made together by `lib/`:
 * - `table:read`, `table:write`: the one table and its indexes (write includes read). TABLE_NAME
 * - `table:sale-links`: read it all, and write only the partitions of links to sales and of their audit. TABLE_NAME
 * - `secret:app`: read the application secret. APP_SECRET_ID
 * - `secret:meta`: read the secrets of the deployment's own Meta app. META_SECRET_ID
 * - `pictures:write`: put, look at and delete objects of the picture bucket. PICTURE_BUCKET
 * - `media:read`, `media:write`: read, or put, the files of conversations. MEDIA_BUCKET
 * - `media:erase`: delete the files of conversations. MEDIA_BUCKET
 * - `files:read`, `files:write`: read, or also put and delete, what shops bring in and take out. FILES_BUCKET
 * - `archive:read`, `archive:write`: read or put what was too big for a queue, and bodies of webhooks. ARCHIVE_BUCKET
 * - `queue:<name>`: send to a queue. <NAME>_QUEUE_URL; of two words, <TWO_WORDS>_QUEUE_URL
 * - `vault:tokens:read`, `vault:tokens`: read, or make, change and delete, the tokens of connections. TOKEN_VAULT
 * - `vault:apps:read`, `vault:apps`: the same for the Meta apps of shops that have their own. APP_VAULT
 * - `vault:pages:read`, `vault:pages`: the same for the tokens of the pages whose Lead Ads shops hear of. PAGE_VAULT
 * - `directory`: make, look at, disable, enable, sign out and delete the accounts of users. USER_POOL_ID
 * - `vault:sales`: make, read, change and delete the secrets of the systems in which shops keep their sales. SALES_VAULT
 * - `guarded-https`: call addresses that shops name; no grant. PRIVATE_HOSTS: those of a private network among them
 * - `click-to-chat`: where links that open a chat lead; no grant. CLICK_TO_CHAT_URL
 * - `graph`: where Meta's Graph API is; no grant. GRAPH_URL
 * - `schedule:expiry`: create one-time schedules that call `expireCheckout`.
 *   EXPIRY_SCHEDULE_GROUP, EXPIRY_TARGET_ARN, EXPIRY_ROLE_ARN, EXPIRY_DEAD_LETTER_ARN
 */
export type Use =
  | 'table:read'
  | 'table:write'
  | 'table:sale-links'
  | 'secret:app'
  | 'secret:meta'
  | 'pictures:write'
  | 'media:read'
  | 'media:write'
  | 'media:erase'
  | 'files:read'
  | 'files:write'
  | 'archive:read'
  | 'archive:write'
  | `queue:${QueueName}`
  | 'vault:tokens:read'
  | 'vault:tokens'
  | 'vault:apps:read'
  | 'vault:apps'
  | 'vault:pages:read'
  | 'vault:pages'
  | 'vault:sales'
  | 'guarded-https'
  | 'directory'
  | 'click-to-chat'
  | 'graph'
  | 'schedule:expiry';

/** What makes a function run. */
export type Trigger =
  /** HTTP calls to these routes. */
  | { http: Routes }
  /** The EventBridge schedule made for each checkout. */
  | { schedule: 'expiry' }
  /** A recurring EventBridge schedule: `rate(1 minute)`, `cron(0 6 * * ? *)` in UTC. */
  | { every: string }
  /** Changes of the table, in order per item. */
  | { stream: { batchSize: number; windowSeconds: number } }
  /** Messages of a queue. A FIFO queue takes no window; the concurrency is 2 at least. */
  | { queue: QueueName; batchSize: number; windowSeconds?: number; maxConcurrency: number }
  /** Cognito, before it issues a token. */
  | { cognito: 'pre-token' };

/** One Lambda. */
export interface FunctionEntry {
  /** Path below `functions/`, without `.lambda.ts`. */
  entry: string;
  on: Trigger;
  uses: readonly Use[];
  /** Who is hurt when it fails, as its alarm says it. */
  hurt: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** Built pages that ship beside the code. */
  pages?: readonly string[];
}

/** Every Lambda of Vidriera. Infrastructure, grants, environment, the local cloud and the tests are made from it. */
export const manifest = {
  storefront: {
    entry: 'catalog/storefront',
    on: { http: storefrontRoutes },
    uses: ['table:read'],
    hurt: 'shoppers see no products',
    memoryMb: 1024,
    timeoutSeconds: 10,
    pages: ['shop.html'],
  },
  checkouts: {
    entry: 'checkouts/checkouts',
    on: { http: checkoutRoutes },
    uses: ['table:write', 'secret:app', 'click-to-chat'],
    hurt: 'shoppers cannot reserve and sales cannot be confirmed',
    memoryMb: 1024,
    timeoutSeconds: 10,
    pages: ['checkout.html'],
  },
  catalog: {
    entry: 'catalog/catalog',
    on: { http: { ...catalogRoutes, ...stockRoutes } },
    uses: ['table:write', 'pictures:write'],
    hurt: 'sellers cannot manage products or stock',
    memoryMb: 512,
    timeoutSeconds: 15,
  },
  shops: {
    entry: 'shops/shops',
    on: { http: { ...shopRoutes, ...userRoutes, ...auditRoutes } },
    uses: ['table:write', 'directory'],
    hurt: 'admins can neither change the settings of their shop nor invite or send away its users',
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  expireCheckout: {
    entry: 'checkouts/expire-checkout',
    on: { schedule: 'expiry' },
    uses: ['table:write', 'queue:notices'],
    hurt: 'stock of expired checkouts is freed a minute late, by the sweeper, and nobody is reminded of theirs',
    memoryMb: 256,
    timeoutSeconds: 15,
  },
  tellCustomers: {
    entry: 'checkouts/tell-customers',
    on: { queue: 'notices', batchSize: 10, maxConcurrency: 5 },
    uses: ['table:write', 'secret:app'],
    hurt: 'customers are not told on WhatsApp what became of their reservations',
    memoryMb: 512,
    timeoutSeconds: 30,
  },
  sweepCheckouts: {
    entry: 'checkouts/sweep-checkouts',
    on: { every: 'rate(1 minute)' },
    uses: ['table:write'],
    hurt: 'stock of expired checkouts whose schedule was lost stays held',
    memoryMb: 256,
    timeoutSeconds: 50,
  },
  relayChanges: {
    entry: 'relay/relay-changes',
    on: { stream: { batchSize: 100, windowSeconds: 0 } },
    uses: [
      'table:write',
      'schedule:expiry',
      'queue:outbound',
      'queue:media',
      'queue:notices',
      'queue:leads',
      'queue:jobs',
      'queue:personJobs',
    ],
    hurt: 'nothing is sent on WhatsApp, new checkouts get no expiry schedule and sold-out products stay listed',
    memoryMb: 512,
    timeoutSeconds: 60,
  },
  reconcileStock: {
    entry: 'stock/reconcile-stock',
    on: { every: 'cron(0 6 * * ? *)' },
    uses: ['table:write'],
    hurt: 'nobody would learn of a drift between stock, ledger and checkouts',
    memoryMb: 1024,
    timeoutSeconds: 900,
  },
  connections: {
    entry: 'connections/connections',
    on: { http: connectionRoutes },
    uses: ['table:write', 'vault:tokens', 'vault:apps', 'secret:meta', 'graph'],
    hurt: 'shops cannot connect WhatsApp numbers, nor mend those that stopped',
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  checkConnections: {
    entry: 'connections/check-connections',
    on: { every: 'rate(6 hours)' },
    uses: ['table:write', 'vault:tokens:read', 'vault:apps:read', 'secret:meta', 'graph'],
    hurt: 'nobody learns that a WhatsApp number is about to stop, and one that is well again stays stopped',
    memoryMb: 512,
    timeoutSeconds: 900,
  },
  conversations: {
    entry: 'conversations/conversations',
    on: { http: conversationRoutes },
    uses: ['table:write', 'media:read', 'media:write', 'secret:app'],
    hurt: 'sellers can neither read nor answer chats',
    memoryMb: 1024,
    timeoutSeconds: 15,
  },
  leads: {
    entry: 'leads/leads',
    on: { http: { ...leadRoutes, ...leadLifeRoutes, ...pipelineRoutes } },
    uses: ['table:write', 'secret:app'],
    hurt: 'sellers neither see nor change their leads',
    memoryMb: 1024,
    timeoutSeconds: 29,
  },
  saleLinks: {
    entry: 'sale-links/sale-links',
    on: { http: saleLinkRoutes },
    uses: ['table:sale-links', 'vault:sales', 'guarded-https'],
    hurt: 'sellers can neither link contacts to earlier sales nor see which may be theirs',
    memoryMb: 512,
    timeoutSeconds: 20,
  },
  contacts: {
    entry: 'contacts/contacts',
    on: { http: contactRoutes },
    uses: ['table:write', 'secret:app', 'files:read'],
    hurt: 'sellers can neither see nor note who customers are and whether they want marketing; nobody is exported or erased',
    memoryMb: 512,
    timeoutSeconds: 10,
  },
  webhook: {
    entry: 'webhooks/webhook',
    on: { http: webhookRoutes },
    uses: ['queue:inbound', 'queue:statuses', 'archive:write', 'secret:meta', 'vault:apps:read'],
    hurt: 'nothing that customers write on WhatsApp comes in until Meta tries again',
    memoryMb: 512,
    timeoutSeconds: 15,
  },
  receiveEvents: {
    entry: 'conversations/receive-events',
    on: { queue: 'inbound', batchSize: 10, maxConcurrency: 50 },
    uses: ['table:write', 'secret:app', 'archive:read'],
    hurt: 'what customers write on WhatsApp does not reach the shops, nor is it answered',
    memoryMb: 512,
    timeoutSeconds: 30,
  },
  updateStatuses: {
    entry: 'conversations/update-statuses',
    on: { queue: 'statuses', batchSize: 100, windowSeconds: 1, maxConcurrency: 20 },
    uses: ['table:write', 'archive:read'],
    hurt: 'sellers do not see whether their messages were delivered, read or failed',
    memoryMb: 512,
    timeoutSeconds: 30,
  },
  sendMessages: {
    entry: 'conversations/send-messages',
    // a file may have 100 MB, and is in memory twice while it is sent to Meta
    on: { queue: 'outbound', batchSize: 2, maxConcurrency: 100 },
    uses: ['table:write', 'vault:tokens:read', 'media:read', 'graph'],
    hurt: 'customers do not get the messages of the shops',
    memoryMb: 2048,
    timeoutSeconds: 60,
  },
  sweepMessages: {
    entry: 'conversations/sweep-messages',
    on: { every: 'rate(1 minute)' },
    uses: ['table:write', 'queue:outbound'],
    hurt: 'messages that were forgotten on their way out stay where they are, and nobody is told',
    memoryMb: 256,
    timeoutSeconds: 50,
  },
  fetchMedia: {
    entry: 'conversations/fetch-media',
    on: { queue: 'media', batchSize: 1, maxConcurrency: 10 },
    uses: ['table:write', 'vault:tokens:read', 'media:write', 'media:erase', 'graph'],
    hurt: 'sellers do not see the pictures, voices and files that customers sent',
    memoryMb: 1024,
    timeoutSeconds: 150,
  },
  leadSources: {
    entry: 'lead-sources/lead-sources',
    on: { http: { ...leadCaptureRoutes, ...leadFileRoutes } },
    uses: ['table:write', 'secret:app', 'files:write', 'vault:pages', 'vault:apps:read', 'secret:meta', 'graph'],
    hurt: 'admins can neither import nor export leads, nor set up the forms and pages that leads come from',
    memoryMb: 512,
    timeoutSeconds: 29,
  },
  leadForms: {
    entry: 'lead-sources/lead-forms',
    on: { http: leadFormRoutes },
    uses: ['table:write', 'secret:app'],
    hurt: 'forms on the sites of shops are not taken in until they are sent again',
    memoryMb: 512,
    timeoutSeconds: 10,
  },
  captureLeads: {
    entry: 'lead-sources/capture-leads',
    on: { queue: 'leads', batchSize: 10, maxConcurrency: 10 },
    uses: ['table:write', 'secret:app', 'vault:pages:read', 'graph'],
    hurt: 'people who write, reserve or fill in a form do not become leads, and leads lag behind their contacts',
    memoryMb: 512,
    timeoutSeconds: 30,
  },
  runJobs: {
    entry: 'jobs/run-jobs',
    // each worker writes a thousand units a second: so many that others have room in the table
    on: { queue: 'jobs', batchSize: 1, maxConcurrency: 3 },
    uses: ['table:write', 'secret:app', 'files:write'],
    hurt: 'imports and exports of the shops stand still',
    memoryMb: 1024,
    timeoutSeconds: 900,
  },
  runPersonJobs: {
    entry: 'jobs/run-person-jobs',
    on: { queue: 'personJobs', batchSize: 1, maxConcurrency: 5 },
    uses: ['table:write', 'secret:app', 'files:write', 'media:read', 'media:erase'],
    hurt: 'exports and erasures of persons stand still',
    memoryMb: 1024,
    timeoutSeconds: 900,
  },
  sweepJobs: {
    entry: 'jobs/sweep-jobs',
    on: { every: 'rate(1 minute)' },
    uses: ['table:write', 'queue:jobs', 'queue:personJobs'],
    hurt: 'imports, exports and erasures whose worker died or had no time left stay where they are',
    memoryMb: 256,
    timeoutSeconds: 50,
  },
  addTokenClaims: {
    entry: 'shops/add-token-claims',
    on: { cognito: 'pre-token' },
    uses: ['table:read'],
    hurt: 'nobody can sign in',
    memoryMb: 512,
    timeoutSeconds: 5,
  },
} as const satisfies Record<string, FunctionEntry>;

export type FunctionName = keyof typeof manifest;

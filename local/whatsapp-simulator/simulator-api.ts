/**
 * The control API of the WhatsApp simulator, as the phone page and tests speak to it. JSON both ways (requests that
 * change something need `content-type: application/json`, except an upload); a refusal is 4xx with `{ message }`.
 * Times are ISO texts on the clock of the local cloud. This file has no imports, so that a page can take it whole.
 *
 * | Request                                                | Body → answer                                      |
 * |--------------------------------------------------------|----------------------------------------------------|
 * | GET    /simulator/api/state                            | → SimulatorState                                   |
 * | GET    /simulator/api/events[?after=<sequence>]        | → Server-Sent Events; data: SimulatorEvent         |
 * | POST   /simulator/api/phones                           | NewPhone → Phone (201)                             |
 * | PATCH  /simulator/api/phones/{phoneId}                 | PhoneChange → Phone                                |
 * | DELETE /simulator/api/phones/{phoneId}                 | → 204, its chats go with it                        |
 * | POST   /simulator/api/phones/{phoneId}/number          | NumberChange → Phone; «changed number» to all chats |
 * | GET    /simulator/api/chats/{phoneId}/{numberId}       | → Chat                                              |
 * | POST   /simulator/api/chats/{phoneId}/{numberId}/messages | CustomerMessage → ChatMessage (201)             |
 * | POST   /simulator/api/chats/{phoneId}/{numberId}/read  | {} → Chat: the customer opens the chat and reads    |
 * | POST   /simulator/api/chats/{phoneId}/{numberId}/played | { messageId } → ChatMessage (a voice message)      |
 * | PATCH  /simulator/api/chats/{phoneId}/{numberId}       | ChatChange → Chat (block, marketing, open)          |
 * | POST   /simulator/api/chats/{phoneId}/{numberId}/echo  | EchoMessage → ChatMessage (201): owner's own phone  |
 * | POST   /simulator/api/uploads                          | the file's bytes, its content-type, `x-file-name` (percent-encoded) → Upload (201) |
 * | GET    /simulator/api/media/{mediaId}                  | → the bytes of any media, either way                |
 * | POST   /simulator/api/accounts/{accountId}/events      | AccountEvent → { webhooks: number }                 |
 * | PATCH  /simulator/api/numbers/{numberId}               | NumberSettings → BusinessNumber                     |
 * | POST   /simulator/api/leads                            | NewLead → { leadgenId }                             |
 * | POST   /simulator/api/codes                            | { appId, accountId } → { code }: embedded signup, 30 s |
 * | POST   /simulator/api/world                            | WorldAddition → SimulatorState: more apps, accounts, numbers, tokens |
 * | PUT    /simulator/api/apps/{appId}/webhook             | AppWebhook → App; 422 when the handshake fails      |
 * | GET    /simulator/api/knobs                            | → Knobs                                             |
 * | PATCH  /simulator/api/knobs                            | Partial<Knobs> → Knobs                              |
 * | DELETE /simulator/api/knobs                            | → Knobs, all calm again                             |
 * | GET    /simulator/api/traffic[?after=<sequence>][&limit=<1..500>] | → { records: TrafficRecord[] }, newest last |
 * | DELETE /simulator/api/traffic                          | → 204                                               |
 * | POST   /simulator/api/webhooks/{trafficId}/again       | {} → 202: the same body once more, at once          |
 * | POST   /simulator/api/settle                           | {} → 200 when all webhooks that are due were answered |
 * | POST   /simulator/api/reset                            | {} → SimulatorState of the default world            |
 */
export const SIMULATOR_API = '/simulator/api';

/** Where a message of the business stands, as its ticks show; of a customer: `sent`, `delivered` (webhook answered 200), `read`. */
export type Tick = 'accepted' | 'sent' | 'delivered' | 'read' | 'played' | 'failed';

/** A Meta app: whose secret signs, where webhooks go. */
export interface App {
  appId: string;
  name: string;
  callbackUrl?: string;
  /** Webhook fields it subscribes; all when absent. */
  fields?: string[];
}

/** A WhatsApp Business Account. */
export interface Account {
  accountId: string;
  businessId: string;
  name: string;
  /** Apps that get its webhooks. */
  subscribedApps: string[];
}

/** A number of a business. */
export interface BusinessNumber {
  numberId: string;
  accountId: string;
  businessId: string;
  /** E.164 with `+`. */
  displayNumber: string;
  verifiedName: string;
  quality: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN';
  status: 'CONNECTED' | 'PENDING' | 'DISCONNECTED' | 'FLAGGED' | 'RESTRICTED' | 'BANNED';
  /** The owner also answers from the phone app. */
  coexistence: boolean;
  /** For a picture: a colour as `#rrggbb`. */
  colour: string;
}

export interface NumberSettings {
  /** On: 20 messages a second, and the number cannot be registered. */
  coexistence?: boolean;
  /** What it may send. */
  messagesPerSecond?: number;
}

/** A customer with a telephone of their own. */
export interface Phone {
  phoneId: string;
  name: string;
  /** E.164 with `+`; absent: the business is not told it. */
  phone?: string;
  username?: string;
  /** The business-scoped user id, one for each portfolio: `userIds[businessId]`. */
  userIds: Record<string, string>;
  colour: string;
  /** Off: nothing is delivered until it is on again. */
  online: boolean;
  /** Off: no `read` is ever told. */
  readReceipts: boolean;
}

export interface NewPhone {
  name: string;
  /** Required unless there is a username. */
  phone?: string;
  username?: string;
  /** Two letters, of the user id. @default from the phone, else AR */
  country?: string;
  colour?: string;
}

export interface PhoneChange {
  name?: string;
  /** null takes it away. */
  username?: string | null;
  colour?: string;
  online?: boolean;
  readReceipts?: boolean;
}

export interface NumberChange {
  phone: string;
}

/** One customer and one number of a business. */
export interface Chat {
  phoneId: string;
  numberId: string;
  /** Newest last. */
  messages: ChatMessage[];
  /** Messages of the business that the customer has not read. */
  unread: number;
  /** The customer blocks the business: nothing is delivered. */
  blocked: boolean;
  /** The business blocks the customer: what they write is not told. */
  blockedByBusiness: boolean;
  marketing: 'resume' | 'stop';
  /** The chat is open on the telephone: messages are read as they arrive. */
  open: boolean;
  /** The business is typing, until this time. */
  typingUntil?: string;
  /** End of the 24 hours; absent or past: only templates. */
  windowEndsAt?: string;
}

export interface ChatChange {
  blocked?: boolean;
  marketing?: 'resume' | 'stop';
  open?: boolean;
}

/** A bubble. */
export interface ChatMessage {
  /** Meta's id, `wamid.…`. */
  messageId: string;
  phoneId: string;
  numberId: string;
  from: 'customer' | 'business';
  /** How the business sent it. */
  origin?: 'cloud-api' | 'phone-app';
  at: string;
  tick: Tick;
  /** Why it failed. */
  error?: { code: number; title: string; details?: string };
  content: ChatContent;
  /** The message that this one answers. */
  repliesTo?: string;
  forwarded?: 'once' | 'often';
  reactions: { by: 'customer' | 'business'; emoji: string }[];
  edited?: boolean;
  revoked?: boolean;
  /** The advertisement it came from. */
  referral?: Referral;
  /** A product it asks about. */
  referredProduct?: { catalogId: string; productId: string };
  /** What the business wrote beside it for itself (`biz_opaque_callback_data`). */
  callbackData?: string;
  pricing?: { category: string; type: string; billable: boolean };
}

/** A picture, film, sound, document or sticker. */
export interface ChatMedia {
  type: 'image' | 'video' | 'audio' | 'document' | 'sticker';
  /** Where the page finds it: a path of this API, or the link that the business gave. */
  url: string;
  mediaId?: string;
  mimeType: string;
  fileName?: string;
  caption?: string;
  voice?: boolean;
  animated?: boolean;
  sizeBytes?: number;
}

export type ChatContent =
  | { type: 'text'; body: string; previewUrl?: string }
  | ChatMedia
  | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string }
  | { type: 'contacts'; contacts: { name: string; phones: string[]; emails: string[] }[] }
  | CardContent
  | { type: 'reply'; body: string; id: string; description?: string; of: 'button' | 'list' | 'template' | 'flow' }
  | { type: 'order'; catalogId: string; text?: string; items: OrderItem[] }
  | { type: 'system'; body: string }
  | { type: 'call'; seconds: number }
  | { type: 'request_welcome' }
  | { type: 'unsupported'; what: string }
  | { type: 'unknown' };

/** An interactive message or a template, as the telephone draws it. */
export interface CardContent {
  type: 'card';
  /** Meta's type of interactive (`button`, `list`, `cta_url`, `product`…) or `template`. */
  kind: string;
  template?: { name: string; language: string; category: string };
  header?: CardHeader;
  body?: string;
  footer?: string;
  buttons: CardButton[];
  list?: { label: string; sections: { title?: string; rows: { id: string; title: string; description?: string }[] }[] };
  products?: { catalogId: string; sections: { title?: string; productIds: string[] }[] };
  /** Of a carousel. */
  cards?: { header?: CardHeader; body?: string; buttons: CardButton[] }[];
}

export type CardHeader =
  | { type: 'text'; text: string }
  | ChatMedia
  | { type: 'location'; name?: string; address?: string };

export interface CardButton {
  /** Its place; what a tap names. Counts through the cards of a carousel. */
  index: number;
  /** `reply` and `quick_reply` answer; `url`, `phone`, `copy` are for the telephone itself; the others open something. */
  kind:
    | 'reply'
    | 'quick_reply'
    | 'url'
    | 'phone'
    | 'copy'
    | 'flow'
    | 'catalog'
    | 'product'
    | 'request_contact_info'
    | 'send_location'
    | 'call';
  label: string;
  url?: string;
  phone?: string;
  code?: string;
}

export interface OrderItem {
  productId: string;
  quantity: number;
  price: number;
  currency: string;
}

/** Click-to-WhatsApp: what the first message after an advertisement carries. */
export interface Referral {
  sourceUrl: string;
  sourceId: string;
  sourceType: 'ad' | 'post';
  headline?: string;
  body?: string;
  mediaType?: 'image' | 'video';
  imageUrl?: string;
  /** Left out of messages from Status. */
  clickId?: string;
}

/** What any message of a customer may have besides. */
interface Accompaniment {
  /** Answers a message of the chat. */
  repliesTo?: string;
  forwarded?: 'once' | 'often';
  referral?: Referral;
  /** Asks about a product. */
  referredProduct?: { catalogId: string; productId: string };
  /** When the customer wrote it, if not now: seconds ago. */
  secondsAgo?: number;
}

/** What a customer does in a chat. */
export type CustomerMessage = Accompaniment &
  (
    | { type: 'text'; body: string }
    | {
        type: 'image' | 'video' | 'audio' | 'document' | 'sticker';
        /** Of an Upload. */
        mediaId: string;
        caption?: string;
        fileName?: string;
        voice?: boolean;
        animated?: boolean;
      }
    | { type: 'location'; latitude: number; longitude: number; name?: string; address?: string }
    | { type: 'contacts'; contacts: { name: string; phones: string[]; emails?: string[] }[] }
    /** An empty emoji takes the reaction back. */
    | { type: 'reaction'; messageId: string; emoji: string }
    /** A tap on a `reply`, `quick_reply`, `flow` or `request_contact_info` button of a card. */
    | { type: 'tap'; messageId: string; index: number; flowResponse?: Record<string, unknown> }
    /** A row of a list. */
    | { type: 'choose'; messageId: string; rowId: string }
    | { type: 'order'; catalogId: string; text?: string; items: OrderItem[] }
    /** Within 15 minutes of sending. */
    | { type: 'edit'; messageId: string; body: string }
    /** Within 2 days of sending. */
    | { type: 'revoke'; messageId: string }
    | { type: 'unsupported'; what?: string }
    | { type: 'request_welcome' }
    /** A type that does not exist yet: `payload` becomes the message, with this `name` as its type. */
    | { type: 'unknown'; name?: string; payload?: Record<string, unknown> }
    /** A voice call to the business; opens the window too. */
    | { type: 'call'; seconds?: number }
  );

/** What the owner sends from the phone app (coexistence). */
export type EchoMessage =
  | { type: 'text'; body: string }
  | { type: 'image' | 'video' | 'audio' | 'document'; mediaId: string; caption?: string };

export interface Upload {
  mediaId: string;
  mimeType: string;
  sizeBytes: number;
  sha256: string;
  /** Where the page finds it. */
  url: string;
}

/** What Meta tells about an account; the simulator's own state follows. */
export type AccountEvent =
  | {
      event: 'template-status';
      templateId: string;
      status:
        | 'APPROVED'
        | 'REJECTED'
        | 'PENDING'
        | 'PAUSED'
        | 'DISABLED'
        | 'FLAGGED'
        | 'REINSTATED'
        | 'IN_APPEAL'
        | 'PENDING_DELETION'
        | 'ARCHIVED'
        | 'UNARCHIVED';
      reason?: string;
    }
  | { event: 'template-quality'; templateId: string; quality: 'GREEN' | 'YELLOW' | 'RED' | 'UNKNOWN' }
  | {
      event: 'template-category';
      templateId: string;
      category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION';
      impending?: boolean;
    }
  | {
      event: 'number-quality';
      numberId: string;
      change: 'ONBOARDING' | 'THROUGHPUT_UPGRADE' | 'UPGRADE' | 'DOWNGRADE' | 'FLAGGED' | 'UNFLAGGED';
      tier?: string;
      quality?: BusinessNumber['quality'];
    }
  | { event: 'number-name'; numberId: string; decision: 'APPROVED' | 'DEFERRED' | 'PENDING' | 'REJECTED'; name: string }
  | { event: 'number-status'; numberId: string; status: BusinessNumber['status'] }
  | { event: 'security'; numberId: string; change: 'PIN_CHANGED' | 'PIN_RESET_REQUEST' | 'PIN_REQUEST_SUCCESS' }
  | { event: 'capability'; maxPhoneNumbers?: number; tier?: string }
  | { event: 'review'; decision: 'APPROVED' | 'REJECTED' | 'PENDING' | 'DEFERRED' }
  | {
      event: 'alert';
      alertType: string;
      severity: 'CRITICAL' | 'WARNING' | 'INFORMATIONAL';
      description: string;
      numberId?: string;
    }
  | {
      event: 'account';
      /** Meta's own word, as `ACCOUNT_RESTRICTION`, `ACCOUNT_VIOLATION`, `DISABLED_UPDATE`, `PARTNER_REMOVED`… */
      change: string;
      details?: Record<string, unknown>;
    }
  /** Any field with any value, as Meta would send it. */
  | { event: 'raw'; field: string; value: Record<string, unknown>; numberId?: string }
  /** A system error in the `messages` field. */
  | { event: 'error'; numberId: string; code: number; title: string; details?: string }
  /** Coexistence: old chats, in pieces. */
  | { event: 'history'; numberId: string; phase?: number; progress?: number; declined?: boolean }
  /** Coexistence: contacts of the owner's phone. */
  | { event: 'contact-sync'; numberId: string; name: string; phone: string; action: 'add' | 'remove' };

export interface NewLead {
  pageId?: string;
  formId?: string;
  adId?: string;
  /** Names are the form's own: full_name, phone_number, email… */
  fields: Record<string, string>;
  /** The boxes of the form's disclaimer, by their keys: whether each was ticked. */
  boxes?: Record<string, boolean>;
}

/** More of the world, for those who need several businesses. Ids that are not given are made up. */
export interface WorldAddition {
  apps?: { appId?: string; appSecret: string; name?: string; callbackUrl?: string; verifyToken?: string }[];
  accounts?: { accountId?: string; businessId?: string; name: string; subscribedApps?: string[] }[];
  numbers?: {
    numberId?: string;
    accountId: string;
    displayNumber: string;
    verifiedName: string;
    coexistence?: boolean;
  }[];
  tokens?: {
    token: string;
    appId: string;
    accountIds: string[];
    scopes?: string[];
    expiresAt?: string;
    type?: 'SYSTEM_USER' | 'USER' | 'PAGE';
  }[];
}

export interface AppWebhook {
  callbackUrl: string;
  verifyToken: string;
  fields?: string[];
}

/** «Meta hoy»: how well Meta behaves. All zero, false or absent: calm. */
export interface Knobs {
  /** Wait before each answer of the Graph API, ms. */
  latencyMs: number;
  /** Wait before each webhook, ms; on the clock. */
  webhookDelayMs: number;
  /** How often each webhook arrives, 1 to 10. */
  duplicates: number;
  /** Webhooks leave in a disorder: each waits up to so many ms more. */
  shuffleMs: number;
  /** Share (0..1) of webhooks whose first try is lost on the way, then tried again. */
  lossRate: number;
  /** Put several changes in one webhook, up to so many, gathered for 200 ms. 0 or 1: each alone. */
  batch: number;
  /** No statuses at all. */
  statusesOff: boolean;
  /** `delivered` is left out when the customer reads at once. @default true, as Meta */
  skipDelivered: boolean;
  /** Time from acceptance to `sent`, and from there to `delivered`, ms; on the clock. */
  statusDelayMs: number;
  /** Shares (0..1) of sends that get each answer. */
  rates: Partial<Record<SendTrouble, number>>;
  /** What the next sends meet, before any rate; counts down. */
  next?: { trouble: SendTrouble; times: number };
  /** The next sends get this error of Meta's; `asStatus`: accepted, then a `failed` status. */
  nextError?: { code: number; times: number; asStatus?: boolean };
  /** Every token is expired: 190 with subcode 463. */
  tokenExpired: boolean;
  /** No payment method: paid sends fail with 131042. */
  paymentProblem: boolean;
  /** Templates are held for quality: `held_for_quality_assessment`, then no status. */
  holdTemplates: boolean;
  /** Telephones read messages at once by themselves. */
  readAtOnce: boolean;
}

/**
 * What may happen to a send. `rate-limited`: 130429; `pair-limited`: 131056; `app-limited`: 4; `server-error`: 500
 * with code 131000; `unavailable`: 503 without a JSON body; `drop`: the connection breaks before anything was
 * accepted; `time-out-after-acceptance`: accepted and delivered, but the connection never answers.
 */
export type SendTrouble =
  | 'rate-limited'
  | 'pair-limited'
  | 'app-limited'
  | 'server-error'
  | 'unavailable'
  | 'drop'
  | 'time-out-after-acceptance';

/** A call or a webhook with its answer. Bodies above 64 KB are cut; tokens are not shown. */
export interface TrafficRecord {
  trafficId: string;
  sequence: number;
  direction: 'graph' | 'webhook';
  at: string;
  method: string;
  /** Of a webhook: the whole address. */
  url: string;
  requestBody?: string;
  /** Absent: no answer came, or not yet. */
  status?: number;
  responseBody?: string;
  durationMs?: number;
  /** Of a webhook: which try. */
  attempt?: number;
  /** Of a webhook: its field, as `messages`. */
  field?: string;
  /** Why there was no answer, or what a knob did. */
  note?: string;
  /** Whose chat it is about, where that is known. */
  numberId?: string;
  phoneId?: string;
}

export interface Template {
  templateId: string;
  accountId: string;
  name: string;
  language: string;
  category: string;
  status: string;
  quality: string;
}

/** All of it. */
export interface SimulatorState {
  /** Ask for events after this. */
  sequence: number;
  now: string;
  /** Where Graph calls go, as `http://127.0.0.1:8787/graph`. */
  graphUrl: string;
  apps: App[];
  accounts: Account[];
  numbers: BusinessNumber[];
  templates: Template[];
  phones: Phone[];
  chats: Chat[];
  knobs: Knobs;
}

/**
 * One change; the SSE `id:` is its sequence, resumed by `Last-Event-ID` or `?after=`. `reload`: what was missed is no
 * longer known, ask for the state again.
 */
export type SimulatorEvent =
  | { kind: 'phone'; phone: Phone }
  | { kind: 'phone-removed'; phoneId: string }
  /** Everything but the messages. */
  | { kind: 'chat'; chat: Omit<Chat, 'messages'> }
  /** New or changed. */
  | { kind: 'message'; message: ChatMessage }
  | { kind: 'number'; number: BusinessNumber }
  | { kind: 'template'; template: Template }
  | { kind: 'app'; app: App }
  | { kind: 'traffic'; record: TrafficRecord }
  | { kind: 'knobs'; knobs: Knobs }
  | { kind: 'reload' };

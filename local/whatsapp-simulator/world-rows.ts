import type { Account, App, BusinessNumber, Chat, ChatMessage, Knobs, Phone, Template } from './simulator-api.ts';

/** An app with what it keeps to itself. */
export interface AppRow extends App {
  appSecret: string;
  verifyToken?: string;
}

/** Where an app wants the `messages` of an account or a number, other than its own address. */
export interface Override {
  url: string;
  verifyToken: string;
}

export interface AccountRow extends Account {
  currency: string;
  timezoneId: string;
  /** By app. */
  overrides: Record<string, Override>;
  /** Until when a deleted template's name cannot be used again, epoch ms. */
  blockedNames?: Record<string, number>;
}

export interface NumberRow extends BusinessNumber {
  registered: boolean;
  pin?: string;
  /** By app. */
  overrides: Record<string, Override>;
  blockedPhones: string[];
  tier: string;
  messagesPerSecond: number;
}

export interface TokenRow {
  token: string;
  appId: string;
  type: 'SYSTEM_USER' | 'USER' | 'PAGE';
  accountIds: string[];
  pageIds: string[];
  scopes: string[];
  /** Epoch ms; absent: never. */
  expiresAt?: number;
  issuedAt: number;
}

export interface TemplateRow extends Template {
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: Record<string, unknown>[];
  rejectedReason?: string;
  previousCategory?: string;
  ttlSeconds?: number;
  createdAt: number;
  editedAt: number[];
}

export interface MediaRow {
  mediaId: string;
  /** The number it belongs to; only that may use it. */
  numberId?: string;
  accountId?: string;
  from: 'business' | 'customer';
  mimeType: string;
  fileName?: string;
  sha256: string;
  sizeBytes: number;
  createdAt: number;
  /** The bytes are not of the type they are said to be. */
  mismatched?: boolean;
}

/** A message with what the telephone knows of its buttons and Meta of its price. */
export interface MessageRow extends ChatMessage {
  /** What a tap sends, by the button's index. */
  payloads?: Record<number, string>;
  category?: string;
}

export interface ChatRow extends Omit<Chat, 'messages'> {
  messages: MessageRow[];
  /** Epoch ms of the last message that opened the window. */
  lastInboundAt?: number;
  /** Epoch ms of a first message from an advertisement, not yet answered. */
  referredAt?: number;
  /** End of the free entry point, epoch ms. */
  freeUntil?: number;
}

export interface LeadRow {
  leadgenId: string;
  pageId: string;
  formId: string;
  adId?: string;
  createdAt: number;
  fields: Record<string, string>;
  /** Absent: the form has none. */
  boxes?: Record<string, boolean>;
}

export interface CodeRow {
  code: string;
  appId: string;
  accountId: string;
  expiresAt: number;
  used: boolean;
}

/** All that the simulator knows; plain data. */
export interface World {
  apps: Map<string, AppRow>;
  accounts: Map<string, AccountRow>;
  numbers: Map<string, NumberRow>;
  tokens: Map<string, TokenRow>;
  templates: Map<string, TemplateRow>;
  media: Map<string, MediaRow>;
  phones: Map<string, Phone>;
  /** By `chatKey`. */
  chats: Map<string, ChatRow>;
  leads: Map<string, LeadRow>;
  codes: Map<string, CodeRow>;
  /** Apps that get the leads of a page. */
  pages: Map<string, { pageId: string; name: string; subscribedApps: string[] }>;
  knobs: Knobs;
  /** Which chat a message is in. */
  places: Map<string, string>;
  /** Which customer has a number, by `phoneKey`. */
  byPhone: Map<string, string>;
}

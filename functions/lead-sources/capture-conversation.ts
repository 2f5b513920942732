import { isDeepStrictEqual } from 'node:util';
import { isAppError } from '#core/errors.ts';
import { present } from '#core/present.ts';
import { auditEntry } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { type ChangeConversationPorts, findConversation, handOver } from '../conversations/change-conversation.ts';
import type { Conversation } from '../conversations/conversation.ts';
import type { Message, Place } from '../conversations/message.ts';
import { type CaptureLeadPorts, captureLead } from '../leads/capture-lead.ts';
import { findStoredLead } from '../leads/find-lead.ts';
import type { AdReferral, Lead } from '../leads/lead.ts';
import type { Shop } from '../shops/shop.ts';
import { type Referral, readInbound } from '../whatsapp/inbound-message.ts';
import type { LeadWorkOf } from './lead-work.ts';
import { mayCapture } from './may-capture.ts';

export interface CaptureConversationPorts extends CaptureLeadPorts, ChangeConversationPorts {
  findShop: (shopId: string) => Promise<Shop | undefined>;
  messages: { find: (shopId: string, place: Place) => Promise<Message | undefined> };
  audit: {
    /** Writes an entry that tells of no change of ours; the same one twice is one. */
    put: (entry: AuditEntry) => Promise<void>;
  };
}

/** A click on an advertisement, by the message that it led to. */
interface Click {
  messageId: string;
  referral: AdReferral;
}

const LONGEST_TEXT = 500;
const LONGEST_ADDRESS = 1000;

const cut = (text: string | undefined, length: number): string | undefined => text?.slice(0, length).toWellFormed();

/** What a lead keeps of Meta's referral. Source: Meta, "Messages webhook reference", referral. */
const adReferralOf = (referral: Referral, at: string): AdReferral =>
  present({
    at,
    sourceType: cut(referral.sourceType, LONGEST_TEXT),
    sourceId: cut(referral.sourceId, LONGEST_TEXT),
    sourceUrl: cut(referral.sourceUrl, LONGEST_ADDRESS),
    headline: cut(referral.headline, LONGEST_TEXT),
    body: cut(referral.body, LONGEST_TEXT),
    ctwaClid: cut(referral.clickId, LONGEST_ADDRESS),
  });

const parsed = (raw: string): unknown => {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
};

const clickOf = async (
  { shopId, conversationId, at, messageId }: LeadWorkOf<'conversation'>,
  { messages }: CaptureConversationPorts,
): Promise<Click | undefined> => {
  if (at === undefined || messageId === undefined) return undefined;
  const message = await messages.find(shopId, { conversationId, at, messageId });
  const { referral } = readInbound(parsed(message?.raw ?? ''));
  return referral && { messageId, referral: adReferralOf(referral, at) };
};

/** The click that led to a lead is told by the lead itself. Meta's moments are whole seconds: others may have the same. */
const isOwnClick = ({ source, referral }: Lead, click: Click): boolean =>
  source === 'click_to_whatsapp' && isDeepStrictEqual(referral, click.referral);

/** The entry of a click; always the same for the same message. */
const clickEntry = ({ shopId, leadId }: Lead, { messageId, referral }: Click): AuditEntry => {
  const { at, sourceType, sourceId, sourceUrl, headline } = referral;
  const told = present({ sourceType, sourceId, sourceUrl, headline });
  const changes = Object.fromEntries(Object.entries(told).map(([field, to]) => [field, { to }]));
  const subject = { kind: 'lead', id: leadId } as const;
  const note = { shopId, subject, by: 'customer', action: 'lead.ad-clicked', changes } as const;
  return { ...auditEntry(note, new Date(at)), entryId: messageId };
};

/** The conversation as it goes on; undefined when it is gone with its person. */
const conversationOf = async (
  { shopId, conversationId }: LeadWorkOf<'conversation'>,
  ports: CaptureConversationPorts,
): Promise<Conversation | undefined> => {
  try {
    return await findConversation({ shopId, conversationId }, ports);
  } catch (error) {
    if (isAppError(error, 'not-found')) return undefined;
    throw error;
  }
};

const capture = async (
  shop: Shop,
  { contactId, assignedTo }: Conversation,
  click: Click | undefined,
  ports: CaptureConversationPorts,
): Promise<Lead | undefined> => {
  const { shopId } = shop;
  const contact = await ports.contacts.find(shopId, contactId, true);
  if (contact === undefined) return undefined;
  // whoever is a lead already is followed also where nobody becomes one by themself
  const isWanted = mayCapture(shop) || (await findStoredLead({ shopId, leadId: contactId }, ports)) !== undefined;
  if (!isWanted) return undefined;
  const source = click ? 'click_to_whatsapp' : 'whatsapp';
  const facts = { source, assignedTo, ...(click && { referral: click.referral }) };
  const at = ports.patience.clock().toISOString();
  const { lead } = await captureLead({ shop, contact, facts, at, by: 'customer' }, ports);
  return lead;
};

/**
 * Makes whoever wrote a lead, where the shop wants that: of the seller whose conversation it is. When an advertisement
 * led to the message, the lead keeps it if it is the first one; every other click stands on the lead's timeline. A
 * conversation of nobody goes to the seller who has the lead. Safe to repeat, in any order.
 * Throws `change.conflict` when others kept changing the lead or the conversation.
 */
export const captureConversation = async (
  work: LeadWorkOf<'conversation'>,
  ports: CaptureConversationPorts,
): Promise<void> => {
  const { shopId } = work;
  const [shop, conversation] = await Promise.all([ports.findShop(shopId), conversationOf(work, ports)]);
  if (shop?.nicheType !== 'crm_sales' || conversation === undefined) return;
  const click = await clickOf(work, ports);
  const lead = await capture(shop, conversation, click, ports);
  if (lead === undefined) return;
  if (click && !isOwnClick(lead, click)) await ports.audit.put(clickEntry(lead, click));
  const { conversationId } = conversation;
  if (conversation.assignedTo === undefined && lead.assignedTo !== undefined) {
    await handOver({ shopId, conversationId, userId: lead.assignedTo, from: [], by: 'capture' }, ports);
  }
};

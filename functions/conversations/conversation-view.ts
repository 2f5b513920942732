import * as z from 'zod/mini';
import { countField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import type { Contact } from '../contacts/contact.ts';
import { ContactView, contactView } from '../contacts/contact-view.ts';
import { PreviousSales } from '../sale-links/previous-sales.ts';
import { type Conversation, conversationStates, directions } from './conversation.ts';
import { isWindowOpen } from './queue-message.ts';

/** A conversation as the inbox shows it. */
export const ConversationView = lazy(() =>
  z.object({
    conversationId: z.string(),
    phoneNumberId: z.string(),
    contact: ContactView(),
    state: z.enum(conversationStates),
    assignedTo: z.optional(z.string()),
    bot: z.enum(['on', 'off']),
    unread: countField(),
    lastMessageAt: timeField(),
    lastMessage: z.optional(z.object({ direction: z.enum(directions), type: z.string(), preview: z.string() })),
    lastInboundAt: z.optional(timeField()),
    /** Meta's id of the customer's latest message, or of what else they did last: what "mark as read" names as seen. */
    lastInboundMetaId: z.optional(z.string()),
    /** Until when anything but a template may be sent. */
    windowEndsAt: z.optional(timeField()),
    windowOpen: z.boolean(),
    /** What the contact has bought before; only in shops that link contacts to sales. */
    sales: z.optional(PreviousSales()),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type ConversationView = z.infer<Lazy<typeof ConversationView>>;

/** What else is known of the people of conversations. */
export interface Known {
  now: Date;
  /** What they have bought before, by contact. */
  sales: ReadonlyMap<string, PreviousSales>;
}

/** A conversation as sellers see it, with its contact. */
export const conversationView = (
  conversation: Conversation,
  contact: Contact,
  { now, sales: all }: Known,
): ConversationView => {
  const { shopId: _, contactId: __, recent: ___, formerIds: ____, version: _____, ...shown } = conversation;
  const { mergedInto: ______, readUpTo: _______, heard: ________, ...view } = shown;
  const sales = all.get(contact.contactId);
  const windowOpen = isWindowOpen(conversation, now);
  return { ...view, contact: contactView(contact), windowOpen, ...(sales && { sales }) };
};

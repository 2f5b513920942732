import type { Page } from '#core/page.ts';
import type { Checkout } from '../checkouts/checkout.ts';
import { type ConversationState, conversationIdOf, conversationStates } from '../conversations/conversation.ts';
import { type ErasureCounts, type ErasurePlan, nextPlace, readPlace } from './erasure.ts';
import { type FindPersonPorts, findPerson } from './find-person.ts';
import { marksOf, marksOfPhones, mentions, phoneMark } from './person-marks.ts';

/** A row's key, to whoever only passes it on. */
export interface RowKey {
  pk: string;
  sk: string;
}

export interface FoundConversation {
  conversationId: string;
  contactId: string;
  formerIds: string[];
}

/** A row that may name the person in its text. */
export interface FoundText {
  key: RowKey;
  text: string;
  leadId?: string;
}

/** Where a step begins, for whom. */
export interface StepInput {
  shopId: string;
  contactId: string;
  plan: ErasurePlan;
  cursor: string | undefined;
}

/** What a part of a step did. Without a cursor the step is done. */
export interface StepDone {
  cursor?: string | undefined;
  plan?: ErasurePlan;
  counts?: ErasureCounts;
  /** It can't go on before so long. */
  restSeconds?: number;
}

export interface PlanPorts extends FindPersonPorts {
  rows: {
    /** Those of these phones that are nobody else's by now. */
    ownPhones: (shopId: string, phones: readonly string[], ids: readonly string[]) => Promise<string[]>;
    numbers: (shopId: string) => Promise<{ phoneNumberId: string; businessId: string }[]>;
    conversations: (shopId: string, state: ConversationState, cursor?: string) => Promise<Page<FoundConversation>>;
  };
  secret: () => Promise<string>;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Finds out who it is, while they can still be found. */
export const planPerson = async (
  { shopId, contactId }: Pick<StepInput, 'shopId' | 'contactId'>,
  ports: PlanPorts,
): Promise<StepDone> => {
  const person = await findPerson({ shopId, contactId }, ports);
  const { ids } = person;
  const own = await ports.rows.ownPhones(
    shopId,
    [...person.contacts.flatMap(({ phone, waId }) => [phone, waId]), ...person.leads.map(({ phone }) => phone)].flatMap(
      (phone) => phone || [],
    ),
    ids,
  );
  const secret = await ports.secret();
  const marks = marksOf(person, secret);
  const numbers = await ports.rows.numbers(shopId);
  const conversationIds = numbers.flatMap(({ phoneNumberId }) => ids.map((id) => conversationIdOf(phoneNumberId, id)));
  // a number that two contest may be the other's
  const { emails, userIds } = marks;
  return { plan: { ids, marks: { ...marksOfPhones(own, secret), emails, userIds }, conversationIds } };
};

/** Finds the conversations on numbers that the shop has no more, and those that went on in others. */
export const findConversations = async (
  { shopId, plan, cursor }: StepInput,
  { rows }: Pick<PlanPorts, 'rows'>,
): Promise<StepDone> => {
  const states = conversationStates.toReversed();
  const { list, at } = readPlace(cursor);
  const { items, nextCursor } = await rows.conversations(shopId, states[list] ?? 'open', at);
  const theirs = items.filter(({ contactId }) => plan.ids.includes(contactId));
  const found = theirs.flatMap(({ conversationId, formerIds }) => [conversationId, ...formerIds]);
  return {
    cursor: nextPlace(list, states.length, nextCursor),
    plan: { ...plan, conversationIds: unique([...plan.conversationIds, ...found]) },
  };
};

/** Whether a checkout is the person's: of who wrote with its code, else of who has its phone. */
export const isTheirCheckout = ({ tie, phone }: Checkout, { ids, marks }: ErasurePlan, secret: string): boolean => {
  if (tie) return ids.includes(tie.contactId);
  return phone !== '' && marks.phones.includes(phoneMark(secret, phone));
};

/** Whether what somebody filled in is the person's: by its lead, else by what it says. */
export const isTheirText = ({ leadId, text }: FoundText, { ids, marks }: ErasurePlan, secret: string): boolean =>
  leadId === undefined ? mentions(text, marks, { secret, loosely: true }) : ids.includes(leadId);

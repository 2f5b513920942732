import type { Page } from '#core/page.ts';
import { type Checkout, type CheckoutState, checkoutStates } from '../checkouts/checkout.ts';
import { type ConversationState, conversationIdOf, conversationStates } from '../conversations/conversation.ts';
import { submissionStates } from '../leads/submission.ts';
import type { Contact } from './contact.ts';
import { added, type ErasureCounts, type ErasurePlan, nextPlace, readPlace } from './erasure.ts';
import { type FindPersonPorts, findPerson } from './find-person.ts';
import { joinedMarks, marksOf, marksOfPhones, mentions, phoneMark } from './person-marks.ts';

/** A row's key, to whoever only passes it on. */
interface RowKey {
  pk: string;
  sk: string;
}

export interface FoundConversation {
  conversationId: string;
  contactId: string;
  formerIds: string[];
}

export interface FoundMessage {
  key: RowKey;
  /** By which it is looked up: Meta's id, and one that its writer gave. */
  ids: string[];
  /** Keys of files that came with it, or were uploaded to be sent. */
  files: string[];
  /** The names of the person at that time. */
  phones: string[];
  userIds: string[];
}

/** A row that may name the person in its text. */
export interface FoundText {
  key: RowKey;
  text: string;
  leadId?: string;
}

interface Names {
  phones: readonly string[];
  userIds: readonly { businessId: string; userId: string }[];
}

/** The rows of a person. What takes away may be repeated. */
interface ErasureRows {
  ownPhones: (shopId: string, phones: readonly string[], ids: readonly string[]) => Promise<string[]>;
  cut: (contact: Contact, ids: readonly string[]) => Promise<number>;
  freeNames: (shopId: string, names: Names, ids: readonly string[]) => Promise<number>;
  numbers: (shopId: string) => Promise<{ phoneNumberId: string; businessId: string }[]>;
  conversations: (shopId: string, state: ConversationState, cursor?: string) => Promise<Page<FoundConversation>>;
  closeConversation: (shopId: string, conversationId: string) => Promise<ErasureCounts>;
  messages: (shopId: string, conversationId: string) => Promise<FoundMessage[]>;
  removeMessages: (shopId: string, messages: readonly FoundMessage[]) => Promise<void>;
  checkoutsOf: (shopId: string, contactId: string) => Promise<string[]>;
  findCheckout: (code: string) => Promise<Checkout | undefined>;
  checkouts: (shopId: string, state: CheckoutState, cursor?: string) => Promise<Page<Checkout>>;
  anonymise: (code: string) => Promise<void>;
  submissions: (shopId: string, state: string, cursor?: string) => Promise<Page<FoundText>>;
  accountEvents: (shopId: string, cursor?: string) => Promise<Page<FoundText>>;
  remove: (rows: readonly FoundText[]) => Promise<number>;
  removeBeside: (shopId: string, id: string) => Promise<ErasureCounts>;
  removeHolders: (shopId: string, digests: readonly string[]) => Promise<number>;
}

export interface ErasePorts extends FindPersonPorts {
  rows: ErasureRows;
  secret: () => Promise<string>;
  /** The files of conversations. */
  media: { remove: (key: string) => Promise<void> };
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
}

export type Step = (input: StepInput, ports: ErasePorts) => Promise<StepDone>;

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Finds out who it is, while they can still be found. */
export const planErasure: Step = async ({ shopId, contactId }, ports) => {
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

/** From here on nobody finds them: what they write makes a new contact. */
export const cutNames: Step = async ({ shopId, plan }, { rows, contacts }) => {
  let counts: ErasureCounts = {};
  for (const id of plan.ids) {
    const contact = await contacts.find(shopId, id, true);
    if (contact) counts = added(counts, { contacts: 1, lookups: await rows.cut(contact, plan.ids) });
  }
  return { counts };
};

/** Finds the conversations on numbers that the shop has no more, and those that went on in others. */
export const findConversations: Step = async ({ shopId, plan, cursor }, { rows }) => {
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

const eraseMessages = async (
  { shopId, plan }: StepInput,
  conversationId: string,
  messages: readonly FoundMessage[],
  { rows, media, secret }: ErasePorts,
): Promise<StepDone> => {
  const phoneNumberId = conversationId.split('-')[0];
  const businesses = (await rows.numbers(shopId)).filter((one) => one.phoneNumberId === phoneNumberId);
  const phones = unique(messages.flatMap((message) => message.phones));
  const userIds = unique(messages.flatMap((message) => message.userIds)).flatMap((userId) =>
    businesses.map(({ businessId }) => ({ businessId, userId })),
  );
  const lookups = await rows.freeNames(shopId, { phones, userIds }, plan.ids);
  const own = await rows.ownPhones(shopId, phones, plan.ids);
  const marks = joinedMarks(plan.marks, marksOfPhones(own, await secret()));
  // what is learned must be kept before what it is learned from is gone
  if (marks.phones.length > plan.marks.phones.length) return { plan: { ...plan, marks }, counts: { lookups } };
  const files = unique(messages.flatMap((message) => message.files));
  for (const file of files) await media.remove(file);
  await rows.removeMessages(shopId, messages);
  return { counts: { lookups, files: files.length, messages: messages.length } };
};

/** Takes conversations away: each itself, then page by page its messages with their files and look-ups. */
export const eraseConversations: Step = async (input, ports) => {
  const { shopId, plan, cursor } = input;
  const { list } = readPlace(cursor);
  const conversationId = plan.conversationIds[list];
  if (conversationId === undefined) return {};
  const closed = await ports.rows.closeConversation(shopId, conversationId);
  const messages = await ports.rows.messages(shopId, conversationId);
  const next = nextPlace(list, plan.conversationIds.length, messages.length > 0 ? 'more' : undefined);
  if (messages.length === 0) return { cursor: next, counts: closed };
  const done = await eraseMessages(input, conversationId, messages, ports);
  return { ...done, cursor: next, counts: added(closed, done.counts ?? {}) };
};

const isTheirs = ({ tie, phone }: Checkout, { ids, marks }: ErasurePlan, secret: string): boolean => {
  if (tie) return ids.includes(tie.contactId);
  return phone !== '' && marks.phones.includes(phoneMark(secret, phone));
};

/** Takes the person out of the checkouts that are known to be theirs. */
export const anonymiseKnown: Step = async ({ shopId, plan }, { rows }) => {
  let checkouts = 0;
  for (const id of plan.ids) {
    for (const code of await rows.checkoutsOf(shopId, id)) {
      const checkout = await rows.findCheckout(code);
      const isOthers = checkout?.tie !== undefined && !plan.ids.includes(checkout.tie.contactId);
      if (checkout === undefined || checkout.shopId !== shopId || isOthers) continue;
      await rows.anonymise(code);
      checkouts += 1;
    }
  }
  return { counts: { checkouts } };
};

/** Finds their other checkouts among all of the shop's, by phone: those of the time before contacts had any. */
export const anonymiseOthers: Step = async ({ shopId, plan, cursor }, { rows, secret }) => {
  const { list, at } = readPlace(cursor);
  const { items, nextCursor } = await rows.checkouts(shopId, checkoutStates[list] ?? 'active', at);
  const key = await secret();
  const theirs = items.filter((checkout) => isTheirs(checkout, plan, key));
  for (const { code } of theirs) await rows.anonymise(code);
  return { cursor: nextPlace(list, checkoutStates.length, nextCursor), counts: { checkouts: theirs.length } };
};

/** Takes away what stands beside contacts and leads. */
export const eraseBeside: Step = async ({ shopId, plan, cursor }, { rows }) => {
  const { list } = readPlace(cursor);
  const id = plan.ids[list];
  if (id === undefined) return {};
  return { cursor: nextPlace(list, plan.ids.length, undefined), counts: await rows.removeBeside(shopId, id) };
};

/** Takes away what they filled in, also what no lead was made of. */
export const eraseSubmissions: Step = async ({ shopId, plan, cursor }, { rows, secret }) => {
  const { list, at } = readPlace(cursor);
  const { items, nextCursor } = await rows.submissions(shopId, submissionStates[list] ?? 'pending', at);
  const looking = { secret: await secret(), loosely: true };
  const theirs = items.filter(({ leadId, text }) =>
    leadId === undefined ? mentions(text, plan.marks, looking) : plan.ids.includes(leadId),
  );
  const submissions = await rows.remove(theirs);
  return { cursor: nextPlace(list, submissionStates.length, nextCursor), counts: { submissions } };
};

/** Takes away what Meta told of them that we could not read, and keep as it came. */
export const eraseAccountEvents: Step = async ({ shopId, plan, cursor }, { rows, secret }) => {
  const { items, nextCursor } = await rows.accountEvents(shopId, cursor);
  const looking = { secret: await secret(), loosely: false };
  const events = await rows.remove(items.filter(({ text }) => mentions(text, plan.marks, looking)));
  return { cursor: nextCursor, counts: { events } };
};

/** Takes away what their phones hold: only a guard, and of digests. */
export const eraseHolders: Step = async ({ shopId, plan }, { rows }) => {
  await rows.removeHolders(shopId, plan.marks.holders);
  return {};
};

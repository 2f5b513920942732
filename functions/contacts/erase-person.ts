import type { Page } from '#core/page.ts';
import { type Checkout, type CheckoutState, checkoutStates } from '../checkouts/checkout.ts';
import { submissionStates } from '../lead-sources/submission.ts';
import type { Contact } from './contact.ts';
import { added, type ErasureCounts, nextPlace, readPlace } from './erasure.ts';
import { joinedMarks, marksOfPhones, mentions } from './person-marks.ts';
import {
  type FoundText,
  isTheirCheckout,
  isTheirText,
  type PlanPorts,
  type RowKey,
  type StepDone,
  type StepInput,
} from './plan-person.ts';

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

interface Names {
  phones: readonly string[];
  userIds: readonly { businessId: string; userId: string }[];
}

/** The rows of a person. What takes away may be repeated. */
type ErasureRows = PlanPorts['rows'] & {
  cut: (
    contact: Contact,
    person: { ids: readonly string[]; refused: boolean },
  ) => Promise<{ lookups: number; isGone: boolean }>;
  freeNames: (shopId: string, names: Names, ids: readonly string[]) => Promise<number>;
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
};

export interface ErasePorts extends PlanPorts {
  rows: ErasureRows;
  /** The files of conversations. */
  media: { remove: (key: string) => Promise<void> };
}

export type Step = (input: StepInput, ports: ErasePorts) => Promise<StepDone>;

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** Those who were merged first: who goes on tells what counts about marketing, and must be there until the others are gone. */
const survivorLast = async (
  { shopId, ids }: { shopId: string; ids: readonly string[] },
  { find }: PlanPorts['contacts'],
): Promise<{ ids: string[]; refused: boolean }> => {
  const found = await Promise.all(ids.map(async (id) => ({ id, contact: await find(shopId, id, true) })));
  const goesOn = ({ contact }: { contact: Contact | undefined }) => contact !== undefined && !contact.mergedInto;
  const last = found.filter(goesOn);
  return {
    ids: [...found.filter((one) => !goesOn(one)), ...last].map(({ id }) => id),
    refused: last.some(({ contact }) => contact?.marketing.state === 'revoked'),
  };
};

/** From here on nobody finds them: what they write makes a new contact. */
export const cutNames: Step = async ({ shopId, plan }, { rows, contacts }) => {
  let counts: ErasureCounts = {};
  const { ids, refused } = await survivorLast({ shopId, ids: plan.ids }, contacts);
  for (const id of ids) {
    // one that gets another name at this moment is read again
    for (
      let contact = await contacts.find(shopId, id, true);
      contact;
      contact = await contacts.find(shopId, id, true)
    ) {
      const { lookups, isGone } = await rows.cut(contact, { ids, refused });
      counts = added(counts, { lookups, contacts: isGone ? 1 : 0 });
    }
  }
  return { counts };
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
  if (marks.phones.length > plan.marks.phones.length)
    return { plan: { ...plan, marks, learned: true }, counts: { lookups } };
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
  const theirs = items.filter((checkout) => isTheirCheckout(checkout, plan, key));
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
  const key = await secret();
  const submissions = await rows.remove(items.filter((one) => isTheirText(one, plan, key)));
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

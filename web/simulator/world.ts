import type {
  Chat,
  ChatMessage,
  SimulatorEvent,
  SimulatorState,
  TrafficRecord,
} from '../../local/whatsapp-simulator/simulator-api.ts';

/** What the page knows: the simulator's state, and the traffic it has seen, newest last. */
export interface World extends SimulatorState {
  traffic: TrafficRecord[];
}

const MOST_TRAFFIC = 300;

const placed = <One>(all: readonly One[], one: One, same: (other: One) => boolean): One[] => {
  const index = all.findIndex(same);
  return index < 0 ? [...all, one] : all.with(index, one);
};

const isOf = (chat: { phoneId: string; numberId: string }) => (other: { phoneId: string; numberId: string }) =>
  other.phoneId === chat.phoneId && other.numberId === chat.numberId;

/** A chat in which nothing has been said. */
const freshChat = ({ phoneId, numberId }: { phoneId: string; numberId: string }): Chat => ({
  phoneId,
  numberId,
  messages: [],
  unread: 0,
  blocked: false,
  blockedByBusiness: false,
  marketing: 'resume',
  open: false,
});

/** The chat of a phone with a number of a business; an empty one before the first word. */
export const chatOf = (world: World, phoneId: string, numberId: string): Chat =>
  world.chats.find(isOf({ phoneId, numberId })) ?? freshChat({ phoneId, numberId });

const withChat = (world: World, chat: Chat): World => ({ ...world, chats: placed(world.chats, chat, isOf(chat)) });

const withMessage = (world: World, message: ChatMessage): World => {
  const chat = chatOf(world, message.phoneId, message.numberId);
  const messages = placed(chat.messages, message, ({ messageId }) => messageId === message.messageId);
  return withChat(world, { ...chat, messages: messages.toSorted((a, b) => a.at.localeCompare(b.at)) });
};

const withoutPhone = (world: World, phoneId: string): World => ({
  ...world,
  phones: world.phones.filter((phone) => phone.phoneId !== phoneId),
  chats: world.chats.filter((chat) => chat.phoneId !== phoneId),
});

const withRecord = (world: World, record: TrafficRecord): World => ({
  ...world,
  traffic: placed(world.traffic, record, ({ trafficId }) => trafficId === record.trafficId).slice(-MOST_TRAFFIC),
});

type EventOf<Kind extends SimulatorEvent['kind']> = Extract<SimulatorEvent, { kind: Kind }>;
type Appliers = { [Kind in SimulatorEvent['kind']]: (world: World, event: EventOf<Kind>) => World };

const appliers: Appliers = {
  phone: (world, { phone }) => ({
    ...world,
    phones: placed(world.phones, phone, ({ phoneId }) => phoneId === phone.phoneId),
  }),
  'phone-removed': (world, { phoneId }) => withoutPhone(world, phoneId),
  chat: (world, { chat }) =>
    withChat(world, { ...chat, messages: chatOf(world, chat.phoneId, chat.numberId).messages }),
  message: (world, { message }) => withMessage(world, message),
  number: (world, { number }) => ({
    ...world,
    numbers: placed(world.numbers, number, ({ numberId }) => numberId === number.numberId),
  }),
  template: (world, { template }) => ({
    ...world,
    templates: placed(world.templates, template, ({ templateId }) => templateId === template.templateId),
  }),
  app: (world, { app }) => ({ ...world, apps: placed(world.apps, app, ({ appId }) => appId === app.appId) }),
  traffic: (world, { record }) => withRecord(world, record),
  knobs: (world, { knobs }) => ({ ...world, knobs }),
  reload: (world) => world,
};

/** The cloud's clock may be moved at any time: whatever happens tells how late it is. */
const timeIn = (event: SimulatorEvent): string => {
  if (event.kind === 'traffic') return event.record.at;
  return event.kind === 'message' ? event.message.at : '';
};

/** The world after one event. `reload` changes nothing here: whoever listens asks for the state anew. */
export const applyEvent = (world: World, event: SimulatorEvent): World => {
  const after = (appliers[event.kind] as (world: World, event: SimulatorEvent) => World)(world, event);
  const at = timeIn(event);
  return at > after.now ? { ...after, now: at } : after;
};

/** The chats of a phone, one for each number of a business, the latest word first. */
export const chatsOf = (world: World, phoneId: string): Chat[] => {
  const lastAt = ({ messages }: Chat): string => messages.at(-1)?.at ?? '';
  return world.numbers
    .map(({ numberId }) => chatOf(world, phoneId, numberId))
    .toSorted((a, b) => lastAt(b).localeCompare(lastAt(a)));
};

import { tellChat } from './chats.ts';
import { type Context, secondsText } from './context.ts';
import { ControlRefused } from './control-refused.ts';
import type { Pair } from './customer-acts.ts';
import { deliverWaiting, readChat } from './delivery.ts';
import { contactOf, numberValue, personIds } from './identity-parts.ts';
import type { ChatChange, NewPhone, NumberChange, Phone, PhoneChange } from './simulator-api.ts';
import { digitsOf, findByPhone, putPhone, removePhone } from './world.ts';
import type { ChatRow, NumberRow, World } from './world-rows.ts';

const colours = ['#c2577a', '#3d6fb4', '#7a5bb5', '#2f8a5b', '#b4712d', '#0b7a75', '#8a4f9e', '#5c6b7a'];

const countries: Readonly<Record<string, string>> = {
  54: 'AR',
  55: 'BR',
  56: 'CL',
  57: 'CO',
  51: 'PE',
  52: 'MX',
  598: 'UY',
  34: 'ES',
  1: 'US',
};

const countryOf = (phone: string | undefined): string => {
  const digits = digitsOf(phone ?? '');
  const code = Object.keys(countries).find((one) => digits.startsWith(one));
  return countries[code ?? ''] ?? 'AR';
};

const businessesOf = (world: World): string[] => [
  ...new Set(world.accounts.values().map(({ businessId }) => businessId)),
];

const newUserIds = ({ world, random }: Context, country: string): Record<string, string> =>
  Object.fromEntries(businessesOf(world).map((businessId) => [businessId, `${country}.${random.digits(16)}`]));

/** Customers have an id for each portfolio, also for one that came later. */
export const fillUserIds = (context: Context): void => {
  for (const phone of context.world.phones.values()) {
    const ids = newUserIds(context, countryOf(phone.phone));
    phone.userIds = { ...ids, ...phone.userIds };
  }
};

const readNumber = (world: World, given: string): string => {
  const phone = `+${digitsOf(given)}`;
  if (!/^\+\d{8,15}$/.test(phone)) throw new ControlRefused(400, 'phone must be a whole number, as +5491155550171');
  if (findByPhone(world, phone)) throw new ControlRefused(409, `somebody has the number ${phone} already`);
  return phone;
};

/** A new customer. Throws `ControlRefused`. */
export const addPhone = (context: Context, wish: NewPhone): Phone => {
  const { world, random, feed } = context;
  const [given, username] = [wish.phone || undefined, wish.username || undefined];
  if (given === undefined && username === undefined)
    throw new ControlRefused(400, 'a customer needs a phone or a username');
  const number = given === undefined ? undefined : readNumber(world, given);
  const country = (wish.country ?? countryOf(number)).toUpperCase();
  if (!/^[A-Z]{2}$/.test(country)) throw new ControlRefused(400, 'country must have two letters');
  const phone: Phone = {
    phoneId: `p${random.digits(9)}`,
    name: wish.name || 'Cliente',
    phone: number,
    username,
    userIds: newUserIds(context, country),
    colour: wish.colour ?? colours[world.phones.size % colours.length] ?? '#5c6b7a',
    online: true,
    readReceipts: true,
  };
  putPhone(world, phone);
  feed.publish({ kind: 'phone', phone });
  return phone;
};

export const dropPhone = ({ world, feed }: Context, { phoneId }: Phone): void => {
  removePhone(world, phoneId);
  feed.publish({ kind: 'phone-removed', phoneId });
};

const chatsOf = (world: World, phoneId: string): ChatRow[] =>
  [...world.chats.values()].filter((chat) => chat.phoneId === phoneId);

const usernameAfter = (phone: Phone, { username }: PhoneChange): string | undefined =>
  username === null ? undefined : username || phone.username;

/** Changes a customer; what waited for a telephone that is on again arrives. Throws `ControlRefused`. */
export const changePhone = (context: Context, phone: Phone, change: PhoneChange): Phone => {
  const username = usernameAfter(phone, change);
  if (username === undefined && phone.phone === undefined)
    throw new ControlRefused(409, 'a customer needs a phone or a username');
  const { name, colour, online, readReceipts } = { ...phone, ...change };
  const changed: Phone = { ...phone, username, name: name || phone.name, colour, online, readReceipts };
  putPhone(context.world, changed);
  context.feed.publish({ kind: 'phone', phone: changed });
  const isBack = changed.online && !phone.online;
  for (const chat of isBack ? chatsOf(context.world, phone.phoneId) : []) deliverWaiting(context, chat);
  return changed;
};

const tellNewNumber = (context: Context, before: Phone, after: Phone, number: NumberRow): void => {
  const [old, now] = [personIds(before, number), personIds(after, number)];
  const body =
    now.waId === undefined || old.waId === undefined
      ? `User ${before.name} changed their number`
      : `User ${before.name} changed from ${old.waId} to ${now.waId}`;
  const system = {
    body,
    ...(now.waId !== undefined && { wa_id: now.waId }),
    user_id: now.userId,
    previous_user_id: old.userId,
    type: now.waId === undefined ? 'user_changed_user_id' : 'user_changed_number',
  };
  const item = {
    ...(old.waId !== undefined && { from: old.waId }),
    from_user_id: old.userId,
    id: context.random.messageId(),
    timestamp: secondsText(context.clock.now()),
    type: 'system',
    system,
  };
  const { accountId, numberId } = number;
  const value = { ...numberValue(number), messages: [item] };
  context.webhooks.send({ accountId, numberId, phoneId: after.phoneId, field: 'messages', value });
};

/** A customer moves to another number: their ids are made anew, and all businesses they write with are told. */
export const moveToNumber = (context: Context, phone: Phone, change: NumberChange): Phone => {
  const { world } = context;
  const number = readNumber(world, change.phone);
  const after: Phone = { ...phone, phone: number, userIds: newUserIds(context, countryOf(number)) };
  putPhone(world, after);
  context.feed.publish({ kind: 'phone', phone: after });
  for (const chat of chatsOf(world, phone.phoneId)) {
    const business = world.numbers.get(chat.numberId);
    if (business) tellNewNumber(context, phone, after, business);
  }
  return after;
};

const tellPreference = (context: Context, { phone, number }: Pair, value: 'stop' | 'resume'): void => {
  const { waId, userId } = personIds(phone, number);
  const preference = {
    ...(waId !== undefined && { wa_id: waId }),
    user_id: userId,
    detail: `User requested to ${value} marketing messages`,
    category: 'marketing_messages',
    value,
    timestamp: Math.floor(context.clock.now() / 1000),
  };
  const body = { ...numberValue(number), contacts: [contactOf(phone, number)], user_preferences: [preference] };
  const { accountId, numberId } = number;
  context.webhooks.send({ accountId, numberId, phoneId: phone.phoneId, field: 'user_preferences', value: body });
};

/** The customer blocks the business, stops its advertising, or opens and leaves the chat. Throws `ControlRefused`. */
export const changeChat = (context: Context, pair: Pair, change: ChatChange): ChatRow => {
  const { chat } = pair;
  const { blocked = chat.blocked, open = chat.open, marketing = chat.marketing } = change;
  const before = { ...chat };
  Object.assign(chat, { blocked, open, marketing });
  if (before.marketing !== marketing) tellPreference(context, pair, marketing);
  if (before.blocked && !chat.blocked) deliverWaiting(context, chat);
  if (chat.open && !before.open) readChat(context, chat);
  tellChat(context, chat);
  return chat;
};

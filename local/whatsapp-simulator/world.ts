import { calmKnobs } from './knobs.ts';
import type { Knobs, Phone } from './simulator-api.ts';
import type { ChatRow, MessageRow, TemplateRow, World } from './world-rows.ts';

/** A world with nothing in it. */
export const emptyWorld = (): World => ({
  apps: new Map(),
  accounts: new Map(),
  numbers: new Map(),
  tokens: new Map(),
  templates: new Map(),
  media: new Map(),
  phones: new Map(),
  chats: new Map(),
  leads: new Map(),
  codes: new Map(),
  pages: new Map(),
  knobs: { ...calmKnobs },
  places: new Map(),
  byPhone: new Map(),
});

export const chatKey = (phoneId: string, numberId: string): string => `${phoneId}~${numberId}`;

/** The digits of a number. */
export const digitsOf = (phone: string): string => phone.replace(/\D/g, '');

/**
 * One form for the ways in which the same telephone is written: Argentina's mobile 9, Mexico's old 1, Brazil's ninth
 * digit.
 */
export const phoneKey = (phone: string): string => {
  const digits = digitsOf(phone);
  if (/^549\d{10}$/.test(digits)) return `54${digits.slice(3)}`;
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`;
  if (/^55\d{2}9\d{8}$/.test(digits)) return `${digits.slice(0, 4)}${digits.slice(5)}`;
  return digits;
};

/** The customer with that number. */
export const findByPhone = (world: World, phone: string): Phone | undefined =>
  world.phones.get(world.byPhone.get(phoneKey(phone)) ?? '');

/** The customer whom a portfolio knows by that id. */
export const findByUserId = (world: World, businessId: string, userId: string): Phone | undefined =>
  world.phones.values().find(({ userIds }) => userIds[businessId] === userId);

/** Puts a customer in, or changes them. */
export const putPhone = (world: World, phone: Phone): void => {
  const before = world.phones.get(phone.phoneId);
  if (before?.phone) world.byPhone.delete(phoneKey(before.phone));
  if (phone.phone) world.byPhone.set(phoneKey(phone.phone), phone.phoneId);
  world.phones.set(phone.phoneId, phone);
};

/** Takes a customer out with all their chats. */
export const removePhone = (world: World, phoneId: string): void => {
  const phone = world.phones.get(phoneId);
  if (phone?.phone) world.byPhone.delete(phoneKey(phone.phone));
  world.phones.delete(phoneId);
  for (const [key, chat] of world.chats) {
    if (chat.phoneId !== phoneId) continue;
    for (const { messageId } of chat.messages) world.places.delete(messageId);
    world.chats.delete(key);
  }
};

/** The chat of a customer with a number; made when there is none. */
export const chatOf = (world: World, phoneId: string, numberId: string): ChatRow => {
  const key = chatKey(phoneId, numberId);
  const found = world.chats.get(key);
  if (found) return found;
  const chat: ChatRow = {
    phoneId,
    numberId,
    messages: [],
    unread: 0,
    blocked: false,
    blockedByBusiness: false,
    marketing: 'resume',
    open: false,
  };
  world.chats.set(key, chat);
  return chat;
};

/** A message and its chat. */
export const findMessage = (world: World, messageId: string): { chat: ChatRow; message: MessageRow } | undefined => {
  const chat = world.chats.get(world.places.get(messageId) ?? '');
  const message = chat?.messages.findLast((one) => one.messageId === messageId);
  return chat && message && { chat, message };
};

/** The template of an account in a language. */
export const findTemplate = (
  world: World,
  accountId: string,
  name: string,
  language: string,
): TemplateRow | undefined =>
  world.templates.values().find((one) => one.accountId === accountId && one.name === name && one.language === language);

const tables = [
  'apps',
  'accounts',
  'numbers',
  'tokens',
  'templates',
  'media',
  'phones',
  'chats',
  'leads',
  'codes',
  'pages',
] as const;

/** The world as text, to be kept. */
export const freezeWorld = (world: World): string => {
  const rows = tables.map((table) => [table, [...world[table].values()]] as const);
  return JSON.stringify({ format: 1, knobs: world.knobs, ...Object.fromEntries(rows) });
};

const keyOf: { [Table in (typeof tables)[number]]: string } = {
  apps: 'appId',
  accounts: 'accountId',
  numbers: 'numberId',
  tokens: 'token',
  templates: 'templateId',
  media: 'mediaId',
  phones: 'phoneId',
  chats: '',
  leads: 'leadgenId',
  codes: 'code',
  pages: 'pageId',
};

/** Maps that are made of the tables, and so not kept. */
const indexWorld = (world: World): World => {
  for (const [key, { messages }] of world.chats) {
    for (const { messageId } of messages) world.places.set(messageId, key);
  }
  for (const phone of world.phones.values()) putPhone(world, phone);
  return world;
};

/** The world that was kept; undefined where the text is of another format. */
export const thawWorld = (text: string): World | undefined => {
  const kept = JSON.parse(text) as { format: number; knobs: Knobs } & Record<string, Record<string, string>[]>;
  if (kept.format !== 1) return undefined;
  const world = emptyWorld();
  world.knobs = { ...calmKnobs, ...kept.knobs };
  for (const table of tables) {
    const rows = world[table] as unknown as Map<string, Record<string, string>>;
    for (const row of kept[table] ?? []) {
      const { phoneId = '', numberId = '' } = row;
      rows.set(table === 'chats' ? chatKey(phoneId, numberId) : String(row[keyOf[table]]), row);
    }
  }
  return indexWorld(world);
};

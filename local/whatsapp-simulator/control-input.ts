import type { IncomingMessage } from 'node:http';
import { ControlRefused } from './control-refused.ts';
import { BodyTooLarge, readBytes } from './read-bytes.ts';
import type {
  AppWebhook,
  ChatChange,
  CustomerMessage,
  EchoMessage,
  NewLead,
  NewPhone,
  NumberChange,
  NumberSettings,
  PhoneChange,
  WorldAddition,
} from './simulator-api.ts';

/** The members of a body, not yet judged. */
export type Input = Readonly<Record<string, unknown>>;

const MOST_BYTES = 1_000_000;
const MOST_FILE = 100 * 1024 * 1024;

const asObject = (text: string): Input => {
  try {
    const value: unknown = JSON.parse(text || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  } catch {
    // the same answer as for what is no object
  }
  throw new ControlRefused(400, 'the body is not a JSON object');
};

const readOrRefuse = async (request: IncomingMessage, most: number): Promise<Buffer> => {
  try {
    return await readBytes(request, most);
  } catch (error) {
    if (error instanceof BodyTooLarge) throw new ControlRefused(413, error.message);
    throw error;
  }
};

/**
 * The body of a change. Asking for the JSON type keeps out other sites that are open in the same browser: they would
 * need our leave for it, which nobody gives.
 */
export const readInput = async (request: IncomingMessage): Promise<Input> => {
  if (request.method === 'GET') return {};
  if (request.method !== 'DELETE' && !/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new ControlRefused(415, 'send content-type: application/json');
  }
  return asObject((await readOrRefuse(request, MOST_BYTES)).toString('utf8'));
};

/** A file that is uploaded; its name in a header does what the JSON type does above. */
export const readFile = async (
  request: IncomingMessage,
): Promise<{ bytes: Buffer; mimeType: string; fileName: string }> => {
  const { 'x-file-name': name, 'content-type': mimeType } = request.headers;
  if (typeof name !== 'string' || !mimeType) throw new ControlRefused(415, 'send content-type and x-file-name');
  const bytes = await readOrRefuse(request, MOST_FILE);
  try {
    return { bytes, mimeType, fileName: decodeURIComponent(name) };
  } catch {
    throw new ControlRefused(400, 'x-file-name is not percent-encoded');
  }
};

type Kind = 'text' | 'number' | 'list' | 'boolean' | 'object';

const isOf: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  list: Array.isArray,
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null,
};

/** A member must be there and of that kind. Throws `ControlRefused`. */
export const need = (input: Input, members: Readonly<Record<string, Kind>>): void => {
  for (const [name, kind] of Object.entries(members)) {
    if (!isOf[kind](input[name])) throw new ControlRefused(400, `${name} must be a ${kind}`);
  }
};

/** The same for members that may be left out. */
const allow = (input: Input, members: Readonly<Record<string, Kind>>): void => {
  const given = Object.entries(members).filter(([name]) => input[name] !== undefined);
  need(input, Object.fromEntries(given));
};

const phoneTexts = { phone: 'text', username: 'text', country: 'text', colour: 'text' } as const;

/** Judges a new customer. Throws `ControlRefused`, as all of these do. */
export const toNewPhone = (input: Input): NewPhone => {
  need(input, { name: 'text' });
  allow(input, phoneTexts);
  return input as unknown as NewPhone;
};

export const toPhoneChange = (input: Input): PhoneChange => {
  const { username, ...others } = input;
  if (username !== null) allow(input, { username: 'text' });
  allow(others, { name: 'text', colour: 'text', online: 'boolean', readReceipts: 'boolean' });
  return input as PhoneChange;
};

export const toNumberChange = (input: Input): NumberChange => {
  need(input, { phone: 'text' });
  return input as unknown as NumberChange;
};

export const toChatChange = (input: Input): ChatChange => {
  allow(input, { blocked: 'boolean', open: 'boolean' });
  if (!['stop', 'resume', undefined].includes(input['marketing'] as string | undefined)) {
    throw new ControlRefused(400, 'marketing must be stop or resume');
  }
  return input as ChatChange;
};

export const toNewLead = (input: Input): NewLead => {
  need(input, { fields: 'object' });
  allow(input, { pageId: 'text', formId: 'text', adId: 'text', boxes: 'object' });
  return input as unknown as NewLead;
};

export const toNumberSettings = (input: Input): NumberSettings => {
  allow(input, { coexistence: 'boolean', messagesPerSecond: 'number' });
  return input as NumberSettings;
};

export const toAppWebhook = (input: Input): AppWebhook => {
  need(input, { callbackUrl: 'text', verifyToken: 'text' });
  allow(input, { fields: 'list' });
  return input as unknown as AppWebhook;
};

export const toWorldAddition = (input: Input): WorldAddition => {
  allow(input, { apps: 'list', accounts: 'list', numbers: 'list', tokens: 'list' });
  return input as WorldAddition;
};

const file = { mediaId: 'text' } as const;

const acts: Readonly<Record<CustomerMessage['type'], Readonly<Record<string, Kind>>>> = {
  text: { body: 'text' },
  image: file,
  video: file,
  audio: file,
  document: file,
  sticker: file,
  location: { latitude: 'number', longitude: 'number' },
  contacts: { contacts: 'list' },
  reaction: { messageId: 'text', emoji: 'text' },
  tap: { messageId: 'text', index: 'number' },
  choose: { messageId: 'text', rowId: 'text' },
  order: { catalogId: 'text', items: 'list' },
  edit: { messageId: 'text', body: 'text' },
  revoke: { messageId: 'text' },
  unsupported: {},
  request_welcome: {},
  unknown: {},
  call: {},
};

/** Judges what a customer does. Throws `ControlRefused`. */
export const toAct = (input: Input): CustomerMessage => {
  const type = input['type'];
  const members =
    typeof type === 'string' && Object.hasOwn(acts, type) ? acts[type as CustomerMessage['type']] : undefined;
  if (!members) throw new ControlRefused(400, `a customer cannot send ${String(type)}`);
  need(input, members);
  if (type === 'text' && input['body'] === '') throw new ControlRefused(400, 'body must not be empty');
  return input as unknown as CustomerMessage;
};

/** Judges what the owner sends from the phone app. Throws `ControlRefused`. */
export const toEcho = (input: Input): EchoMessage => {
  const type = String(input['type']);
  if (!['text', 'image', 'video', 'audio', 'document'].includes(type))
    throw new ControlRefused(400, `the owner cannot send ${type}`);
  need(input, type === 'text' ? { body: 'text' } : file);
  return input as unknown as EchoMessage;
};

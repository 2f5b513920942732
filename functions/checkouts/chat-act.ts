import { parseCode } from '#core/code.ts';
import { bodyOf, type InboundMessage } from '../whatsapp/inbound-message.ts';

export const chatActs = ['confirm', 'cancel'] as const;
export type ChatAct = (typeof chatActs)[number];

/** The id of a button that acts on a checkout; it comes back when the button is tapped. */
export const actId = (act: ChatAct, code: string): string => `checkout:${act}:${code}`;

/** What a message asks for: a tap names the act and the checkout, a text may carry codes. */
export type Request = { act: ChatAct; codes: [string] } | { act?: undefined; codes: string[] };

const tapped = (message: InboundMessage): string | undefined => {
  if (message.type === 'button') return message.payload;
  return message.type === 'interactive' && message.reply.kind === 'button' ? message.reply.id : undefined;
};

const ACT = /^checkout:(confirm|cancel):([0-9A-Z]{16})$/;

const LONGEST_TEXT = 2000;
const MOST_CODES = 5;

/** Four groups of four, with or without something between them, wherever in a sentence they begin. */
const CODE = /(?<![\p{L}\p{N}])(?=((?:[0-9A-Z]{4}[\s\-‐-―−.·_*~]{0,3}){3}[0-9A-Z]{4})(?![\p{L}\p{N}]))/gu;

/** The checkout codes that a text may carry, in the order in which they stand. Most texts carry none. */
export const codesIn = (text: string): string[] => {
  const plain = text.slice(0, LONGEST_TEXT).normalize('NFKC').toUpperCase();
  const found = [...plain.matchAll(CODE)].map(([, written = '']) => parseCode(written.replace(/[^0-9A-Z]/g, '')));
  return [...new Set(found.filter((code) => code !== undefined))].slice(0, MOST_CODES);
};

/** What a message asks of checkouts; undefined for one that has nothing to do with them. */
export const requestIn = (message: InboundMessage): Request | undefined => {
  const [, act, code] = ACT.exec(tapped(message) ?? '') ?? [];
  if (code !== undefined) return { act: act === 'confirm' ? 'confirm' : 'cancel', codes: [code] };
  if (message.type === 'edit' || message.type === 'system') return undefined;
  const codes = codesIn(bodyOf(message) ?? '');
  return codes.length > 0 ? { codes } : undefined;
};

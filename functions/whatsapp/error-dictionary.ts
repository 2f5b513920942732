import type { Language } from '#core/fields.ts';
import { type SendFailure, sendFailureWords } from '#core/messages/send-failures.ts';

/**
 * What to do after an error. All but the first four end the message as failed.
 * - `retry`: the same again, after each of these delays in seconds; then it has failed
 * - `slow-number`, `slow-app`: as `retry`, and others of this number, or of this Meta app, wait as well
 * - `wait-for-pair`: as `retry`; only this person's messages wait
 * - `stop-connection`: nothing goes out on this number until somebody acts
 * - `opt-out`: the person wants no marketing; `mark-undeliverable`: WhatsApp does not reach them
 * - `wait-a-day`: the same person may get marketing again after a day at the soonest
 * - `pause-campaigns`: none on this number; `stop-template`: nobody gets this template for now
 */
export type Reaction =
  | { do: 'retry' | 'slow-number' | 'slow-app' | 'wait-for-pair'; delays: readonly number[] }
  | { do: 'stop-connection'; state: 'reauth' | 'restricted' | 'disabled' }
  | { do: 'fail' | 'opt-out' | 'mark-undeliverable' | 'wait-a-day' | 'pause-campaigns' | 'stop-template' };

/** One code: what it is to a seller, and what to do. */
export interface DictionaryEntry {
  failure: SendFailure;
  reaction: Reaction;
}

const BACKOFF = [2, 10, 30, 120];
const SLOWER = [1, 2, 4, 8, 15, 30, 60, 60, 60];
const fail: Reaction = { do: 'fail' };
const backOff: Reaction = { do: 'retry', delays: BACKOFF };
const reauth: Reaction = { do: 'stop-connection', state: 'reauth' };
const restricted: Reaction = { do: 'stop-connection', state: 'restricted' };
const disabled: Reaction = { do: 'stop-connection', state: 'disabled' };
const permission: DictionaryEntry = { failure: 'permission', reaction: reauth };

/** Every code that Meta documents for sending. Source: Meta, "Cloud API: Error codes". */
export const errorDictionary: Readonly<Record<number, DictionaryEntry>> = {
  0: { failure: 'token', reaction: reauth },
  1: { failure: 'meta-fault', reaction: { do: 'retry', delays: [2, 10] } },
  2: { failure: 'meta-fault', reaction: backOff },
  3: permission,
  4: { failure: 'app-busy', reaction: { do: 'slow-app', delays: SLOWER } },
  10: permission,
  33: { failure: 'number-gone', reaction: disabled },
  100: { failure: 'bad-message', reaction: fail },
  190: { failure: 'token', reaction: reauth },
  368: { failure: 'restricted', reaction: restricted },
  80007: { failure: 'account-busy', reaction: { do: 'slow-number', delays: SLOWER } },
  130403: { failure: 'blocked-by-shop', reaction: fail },
  130429: { failure: 'number-busy', reaction: { do: 'slow-number', delays: SLOWER } },
  130472: { failure: 'experiment', reaction: fail },
  130497: { failure: 'country', reaction: fail },
  131000: { failure: 'meta-fault', reaction: { do: 'retry', delays: [2, 10, 30] } },
  131005: permission,
  131008: { failure: 'bad-message', reaction: fail },
  131009: { failure: 'bad-message', reaction: fail },
  131016: { failure: 'meta-fault', reaction: backOff },
  131021: { failure: 'to-itself', reaction: fail },
  131026: { failure: 'undeliverable', reaction: { do: 'mark-undeliverable' } },
  131030: { failure: 'not-on-test-list', reaction: fail },
  131031: { failure: 'locked', reaction: restricted },
  131037: { failure: 'display-name', reaction: restricted },
  131042: { failure: 'payment', reaction: restricted },
  131045: { failure: 'registration', reaction: restricted },
  131047: { failure: 'window-closed', reaction: fail },
  131048: { failure: 'number-limited', reaction: { do: 'pause-campaigns' } },
  131049: { failure: 'enough-marketing', reaction: { do: 'wait-a-day' } },
  131050: { failure: 'opted-out', reaction: { do: 'opt-out' } },
  131051: { failure: 'unsupported', reaction: fail },
  131052: { failure: 'inbound-file', reaction: fail },
  131053: { failure: 'file', reaction: fail },
  131055: { failure: 'marketing-only', reaction: fail },
  131056: { failure: 'pair-busy', reaction: { do: 'wait-for-pair', delays: [1, 4, 16, 64, 256] } },
  131057: { failure: 'maintenance', reaction: { do: 'retry', delays: [60, 120, 300] } },
  131062: { failure: 'needs-phone', reaction: fail },
  131063: { failure: 'marketing-off', reaction: fail },
  131064: { failure: 'misclassified', reaction: { do: 'pause-campaigns' } },
  132000: { failure: 'template-mismatch', reaction: fail },
  132001: { failure: 'template-missing', reaction: { do: 'stop-template' } },
  132005: { failure: 'template-too-long', reaction: fail },
  132007: { failure: 'template-policy', reaction: { do: 'stop-template' } },
  132012: { failure: 'template-mismatch', reaction: fail },
  132015: { failure: 'template-paused', reaction: { do: 'stop-template' } },
  132016: { failure: 'template-disabled', reaction: { do: 'stop-template' } },
  132068: { failure: 'flow', reaction: fail },
  132069: { failure: 'flow', reaction: fail },
  133000: { failure: 'registration', reaction: fail },
  133004: { failure: 'meta-fault', reaction: backOff },
  133005: { failure: 'pin', reaction: fail },
  133006: { failure: 'registration', reaction: fail },
  133008: { failure: 'pin', reaction: fail },
  133009: { failure: 'pin', reaction: fail },
  133010: { failure: 'registration', reaction: restricted },
  133015: { failure: 'registration-limit', reaction: fail },
  133016: { failure: 'registration-limit', reaction: fail },
  134011: { failure: 'payment-terms', reaction: fail },
  134100: { failure: 'marketing-only', reaction: fail },
  134101: { failure: 'marketing-syncing', reaction: fail },
  134102: { failure: 'marketing-unavailable', reaction: fail },
  135000: { failure: 'bad-message', reaction: fail },
  137000: { failure: 'identity', reaction: fail },
  141006: { failure: 'payment', reaction: restricted },
  2388019: { failure: 'template-limit', reaction: fail },
  2388039: { failure: 'template-locked', reaction: fail },
  2388040: { failure: 'template-size', reaction: fail },
  2388293: { failure: 'template-variables', reaction: fail },
  2388299: { failure: 'template-edges', reaction: fail },
};

/** Codes of our own, below zero so that they never meet one of Meta's: why a message ended without an answer of hers. */
export const ownCodes = {
  'connection-stopped': -1,
  'no-address': -2,
  unreachable: -3,
  'file-missing': -4,
  'too-late': -5,
  broken: -6,
  'no-consent': -7,
} as const satisfies Partial<Record<SendFailure, number>>;
export type OwnFailure = keyof typeof ownCodes;

const isOwn = (failure: string): failure is OwnFailure => Object.hasOwn(ownCodes, failure);
const ownByCode = new Map<number, OwnFailure>(
  Object.entries(ownCodes).flatMap(([failure, code]) => (isOwn(failure) ? [[code, failure] as const] : [])),
);

/** Meta's permission errors fill the range from 200 to 299. */
const entryOf = (code: number): DictionaryEntry | undefined => {
  if (code >= 200 && code <= 299) return permission;
  return Object.hasOwn(errorDictionary, code) ? errorDictionary[code] : undefined;
};

/** What an error says beside its code. */
export interface ErrorSigns {
  code?: number | undefined;
  subcode?: number | undefined;
  /** Absent when it came by webhook. */
  httpStatus?: number | undefined;
  /** Meta says that the same call may succeed later. */
  transient?: boolean | undefined;
}

/** Code 100 with this subcode: there is no such number, or the token may not see it. */
const NO_SUCH_OBJECT = 33;

/**
 * What to do after an error. A code that nobody knows yet is tried again twice when Meta calls it passing or its server
 * failed, and else counts as final: a message too few is better than one too many.
 */
export const reactionTo = ({ code, subcode, httpStatus = 0, transient = false }: ErrorSigns): Reaction => {
  if (code === 100 && subcode === NO_SUCH_OBJECT) return disabled;
  const known = code === undefined ? undefined : entryOf(code);
  if (known) return known.reaction;
  if (httpStatus === 429) return { do: 'slow-number', delays: SLOWER };
  return transient || httpStatus >= 500 ? { do: 'retry', delays: [5, 30] } : fail;
};

/** What an error's code is to a seller. */
export const failureOfCode = (code: number): SendFailure => entryOf(code)?.failure ?? ownByCode.get(code) ?? 'other';

/** An error's code in a seller's words: what happened, and what to do. */
export const explainError = (code: number, language: Language): { say: string; do: string } =>
  sendFailureWords(language, failureOfCode(code));

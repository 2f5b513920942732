import type { Language } from './core-types.ts';
import { sendFailuresEn } from './send-failures-en.ts';
import { sendFailuresEs } from './send-failures-es.ts';
import { sendFailuresPt } from './send-failures-pt.ts';

/** Why a message did not go out, as far as it makes a difference to a seller. */
export type SendFailure =
  | 'token'
  | 'permission'
  | 'meta-fault'
  | 'app-busy'
  | 'account-busy'
  | 'number-busy'
  | 'number-gone'
  | 'bad-message'
  | 'restricted'
  | 'locked'
  | 'blocked-by-shop'
  | 'experiment'
  | 'country'
  | 'to-itself'
  | 'undeliverable'
  | 'not-on-test-list'
  | 'display-name'
  | 'payment'
  | 'registration'
  | 'pin'
  | 'registration-limit'
  | 'window-closed'
  | 'number-limited'
  | 'enough-marketing'
  | 'opted-out'
  | 'unsupported'
  | 'inbound-file'
  | 'file'
  | 'pair-busy'
  | 'maintenance'
  | 'needs-phone'
  | 'marketing-off'
  | 'misclassified'
  | 'template-mismatch'
  | 'template-missing'
  | 'template-too-long'
  | 'template-policy'
  | 'template-paused'
  | 'template-disabled'
  | 'flow'
  | 'payment-terms'
  | 'marketing-only'
  | 'marketing-syncing'
  | 'marketing-unavailable'
  | 'identity'
  | 'template-limit'
  | 'template-locked'
  | 'template-size'
  | 'template-variables'
  | 'template-edges'
  | 'connection-stopped'
  | 'no-address'
  | 'unreachable'
  | 'file-missing'
  | 'too-late'
  | 'broken'
  | 'no-consent'
  | 'other';

/** For each failure what happened, and what a seller can do. */
export type SendFailureWords = Readonly<Record<SendFailure, readonly [say: string, advice: string]>>;

const words: Record<Language, SendFailureWords> = { es: sendFailuresEs, pt: sendFailuresPt, en: sendFailuresEn };

/** A failure in a seller's words: what happened, and what to do. */
export const sendFailureWords = (language: Language, failure: SendFailure): { say: string; do: string } => {
  const [say, advice] = words[language][failure];
  return { say, do: advice };
};

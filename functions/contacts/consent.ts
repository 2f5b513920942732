import type { Consent } from './contact.ts';

/** What a person said about marketing to us, inside WhatsApp. */
const ownWords: ReadonlySet<string> = new Set(['keyword', 'preference']);

/** An admin wrote down a yes in full knowledge that there was a no before. */
export const OVER_REFUSAL = 'over-refusal';

/** A person who had said no was erased: only that is kept of their phone. */
export const refusedBeforeErasure: Consent = { state: 'revoked', source: 'before-erasure' };

/** What takes back a no: the person's own word, and an admin who says that it is against one. */
const takesBack: ReadonlySet<string> = new Set([...ownWords, OVER_REFUSAL]);

/** Every no, and what may take one back, stands above any other yes; a word or a tick above what was only implied. */
const rankOf = ({ state, source = '', isImplied = false }: Consent): number => {
  if (state === 'revoked' || takesBack.has(source)) return 2;
  return isImplied ? 0 : 1;
};

const weightOf = (consent: Consent): string =>
  consent.state === 'unknown' ? '' : `${rankOf(consent)}#${consent.at ?? ''}#${consent.state === 'revoked' ? 1 : 0}`;

/**
 * Which of two things that were said about a person and marketing counts, the same in whatever order they are told:
 * - a no, however we learned of it, yields only to a later yes of the person in WhatsApp, or of an admin who says that it
 *   is against a no; a file, a form, a checkout or a seller never undoes one, whatever their times;
 * - of what weighs the same, what was said later; when that can't be told, the no.
 */
export const laterConsent = (one: Consent, other: Consent): Consent => (weightOf(one) >= weightOf(other) ? one : other);

/**
 * What counts of two contacts that turn out to be one person: as {@link laterConsent}, but a no yields only to what they
 * said later in WhatsApp: whoever overrode a no of the one did not know of the other's.
 */
export const joinedConsent = (one: Consent, other: Consent): Consent => {
  const refusal = [one, other].find(({ state }) => state === 'revoked');
  const grant = [one, other].find(({ state }) => state === 'granted');
  return refusal && grant && !ownWords.has(grant.source ?? '') ? refusal : laterConsent(one, other);
};

import type { Consent } from './contact.ts';

/**
 * Larger for what counts: a word or a tick before what was only implied, then what was said later; when that can't be
 * told, a no.
 */
const weightOf = ({ state, at = '', isImplied = false }: Consent): string =>
  state === 'unknown' ? '' : `${isImplied ? 0 : 1}#${at}#${state === 'revoked' ? 1 : 0}`;

/** Which of two things that a person said about marketing counts: the same in whatever order they are told. */
export const laterConsent = (one: Consent, other: Consent): Consent => (weightOf(one) >= weightOf(other) ? one : other);

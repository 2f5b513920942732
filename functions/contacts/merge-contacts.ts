import type { Consent, Contact } from './contact.ts';
import { aliasesOfContact, type ContactChange, nextVersion } from './identity.ts';

const isOlder = (one: Contact, other: Contact): boolean =>
  one.createdAt === other.createdAt ? one.contactId < other.contactId : one.createdAt < other.createdAt;

/** Larger for what the person said later; when that can't be told, for a no. */
const weightOf = ({ state, at = '' }: Consent): string =>
  state === 'unknown' ? '' : `${at}#${state === 'revoked' ? 1 : 0}`;

const joinedConsent = (one: Consent, other: Consent): Consent => (weightOf(one) >= weightOf(other) ? one : other);

const joinedIds = (survivor: Contact, loser: Contact): Contact['userIds'] => [
  ...survivor.userIds,
  ...loser.userIds.filter(({ businessId }) => !survivor.userIds.some((own) => own.businessId === businessId)),
];

const joined = (survivor: Contact, loser: Contact): Contact => {
  const later = survivor.updatedAt < loser.updatedAt ? loser : survivor;
  return {
    ...loser,
    ...survivor,
    ...(later.username && { username: later.username }),
    ...(later.profileName && { profileName: later.profileName }),
    userIds: joinedIds(survivor, loser),
    marketing: joinedConsent(survivor.marketing, loser.marketing),
  };
};

/**
 * Two contacts that are one person: the older goes on, with what both knew; the other points to it, and all look-ups of
 * the other lead to the survivor. Both changes are saved together.
 */
export const mergeContacts = (
  [one, other]: readonly [Contact, Contact],
  at: string,
): { survivor: Contact; loser: Contact; changes: [ContactChange, ContactChange] } => {
  const [older, younger] = isOlder(one, other) ? [one, other] : [other, one];
  const survivor = nextVersion(joined(older, younger), at);
  const loser = nextVersion({ ...younger, mergedInto: older.contactId }, at);
  const claims = aliasesOfContact(younger).map((alias) => ({ alias, from: younger.contactId }));
  return {
    survivor,
    loser,
    changes: [
      { contact: survivor, claims, releases: [] },
      { contact: loser, claims: [], releases: [] },
    ],
  };
};

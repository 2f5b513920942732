import { joinedConsent } from './consent.ts';
import type { Contact } from './contact.ts';
import { type Alias, type ContactChange, nextVersion } from './identity.ts';

const isOlder = (one: Contact, other: Contact): boolean =>
  one.createdAt === other.createdAt ? one.contactId < other.contactId : one.createdAt < other.createdAt;

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
    formerContactIds: [...(survivor.formerContactIds ?? []), loser.contactId, ...(loser.formerContactIds ?? [])],
  };
};

/** Which of two contacts that are one person goes on. */
export const olderFirst = ([one, other]: readonly [Contact, Contact]): readonly [Contact, Contact] =>
  isOlder(one, other) ? [one, other] : [other, one];

/**
 * Two contacts that are one person: the older goes on, with what both knew; the other points to it, and the look-ups that
 * lead to the other, `led`, lead to the survivor. Both changes are saved together.
 */
export const mergeContacts = (
  [older, younger]: readonly [Contact, Contact],
  led: readonly Alias[],
  at: string,
): { survivor: Contact; changes: [ContactChange, ContactChange] } => {
  const survivor = nextVersion(joined(older, younger), at);
  const loser = nextVersion({ ...younger, mergedInto: older.contactId }, at);
  const claims = led.map((alias) => ({ alias, from: younger.contactId }));
  return {
    survivor,
    changes: [
      { contact: survivor, claims, releases: [] },
      { contact: loser, claims: [], releases: [] },
    ],
  };
};

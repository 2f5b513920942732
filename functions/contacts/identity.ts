import { isSamePhone, type Person } from '../whatsapp/person.ts';
import { joinedConsent, refusedBeforeErasure } from './consent.ts';
import type { Contact } from './contact.ts';

/** A phone alone names a person, whatever business portfolio the shop's numbers are in. */
export const ANY_BUSINESS = '';

/** A person seen at a moment, by a number of one business portfolio. */
export interface Sighting {
  shopId: string;
  businessId: string;
  person: Person;
  /** ISO 8601, milliseconds. */
  at: string;
}

/** One of the names under which a contact is found. */
export type Alias = { phone: string } | { businessId: string; userId: string };

/** A contact as it shall be, and how its look-ups change with it; all changes of one decision are saved together. */
export interface ContactChange {
  contact: Contact;
  /** Look-ups that shall lead to it. `from`: whom they lead to now; absent: to nobody. */
  claims: readonly { alias: Alias; from?: string | undefined }[];
  /** Look-ups that shall lead to it no more, but for what was said until then: such things are told again for months. */
  releases: readonly { alias: Alias; until: string }[];
}

/** Who is known under a person's two names; at the moment that was asked for, if one was. */
export interface Known {
  byPhone?: Contact | undefined;
  byUserId?: Contact | undefined;
  /** The phone was theirs at that moment, and no longer is. */
  isPastPhone?: boolean | undefined;
  isPastUserId?: boolean | undefined;
  /** The phone is nobody's, and was of somebody who wanted no marketing and was erased. */
  wasRefused?: boolean | undefined;
}

/** What a sighting means. `changes` is empty in the steady state. A merge has its own further course. */
export type Recognition =
  | { contact: Contact; changes: readonly ContactChange[] }
  | { merge: readonly [Contact, Contact] };

/** The aliases of a person. */
export const aliasesOf = ({ person, businessId }: Pick<Sighting, 'person' | 'businessId'>): Alias[] => [
  ...(person.phone ? [{ phone: person.phone }] : []),
  ...(person.bsuid ? [{ businessId, userId: person.bsuid }] : []),
];

/** The aliases of a contact. */
export const aliasesOfContact = ({ phone, userIds }: Contact): Alias[] => [
  ...(phone ? [{ phone }] : []),
  ...userIds.map(({ businessId, userId }) => ({ businessId, userId })),
];

/** Under which id a business portfolio knows a contact. */
export const userIdIn = ({ userIds }: Contact, businessId: string): string | undefined =>
  userIds.find((one) => one.businessId === businessId)?.userId;

/** A fact and a contact agree when one of them is silent, or both say the same. */
const agreesOnPhone = ({ phone }: Contact, person: Person): boolean =>
  !phone || !person.phone || isSamePhone(phone, person.phone);

const agreesOnUserId = (contact: Contact, { businessId, person }: Sighting): boolean => {
  const known = userIdIn(contact, businessId);
  return !known || !person.bsuid || known === person.bsuid;
};

/** True when nothing that is known of a contact contradicts the sighting. */
export const agrees = (contact: Contact, sighting: Sighting): boolean =>
  agreesOnPhone(contact, sighting.person) && agreesOnUserId(contact, sighting);

/** Adds what the sighting tells beyond the contact; gives the same object when that is nothing. */
const informed = (contact: Contact, { businessId, person, at }: Sighting): Contact => {
  // an event that comes late tells names that may have changed since
  const isNews = at >= contact.updatedAt;
  const changed = {
    ...(!contact.phone && person.phone && { phone: person.phone }),
    ...(isNews && person.waId && person.waId !== contact.waId && { waId: person.waId }),
    ...(person.bsuid &&
      !userIdIn(contact, businessId) && {
        userIds: [...contact.userIds, { businessId, userId: person.bsuid }],
      }),
    ...(isNews && person.username && person.username !== contact.username && { username: person.username }),
    ...(isNews &&
      person.profileName &&
      person.profileName !== contact.profileName && { profileName: person.profileName }),
  };
  return Object.keys(changed).length > 0 ? { ...contact, ...changed } : contact;
};

/** The next version of a contact, as of a moment. */
export const nextVersion = (contact: Contact, at: string): Contact => ({
  ...contact,
  version: contact.version + 1,
  updatedAt: at > contact.updatedAt ? at : contact.updatedAt,
});

const flagged = (contact: Contact, at: string): ContactChange[] =>
  contact.review ? [] : [{ contact: nextVersion({ ...contact, review: 'identity' }, at), claims: [], releases: [] }];

/** A contact that nobody has seen before. */
export const newContact = ({ shopId, businessId, person, at }: Sighting, contactId: string): Contact => ({
  shopId,
  contactId,
  ...(person.phone && { phone: person.phone }),
  ...(person.waId && { waId: person.waId }),
  userIds: person.bsuid ? [{ businessId, userId: person.bsuid }] : [],
  ...(person.username && { username: person.username }),
  ...(person.profileName && { profileName: person.profileName }),
  marketing: { state: 'unknown' },
  version: 1,
  createdAt: at,
  updatedAt: at,
});

/** Whoever has the phone of somebody who wanted no marketing and was erased is taken for them. */
const refusing = (contact: Contact, { wasRefused }: Known): Contact =>
  wasRefused ? { ...contact, marketing: joinedConsent(contact.marketing, refusedBeforeErasure) } : contact;

const recogniseOne = (contact: Contact, known: Known, sighting: Sighting): Recognition => {
  const next = refusing(informed(contact, sighting), known);
  const unclaimed = aliasesOf(sighting).filter((alias) => ('phone' in alias ? !known.byPhone : !known.byUserId));
  if (next === contact && unclaimed.length === 0) return { contact, changes: [] };
  const changed = nextVersion(next, sighting.at);
  return {
    contact: changed,
    changes: [{ contact: changed, claims: unclaimed.map((alias) => ({ alias })), releases: [] }],
  };
};

/** The person behind the id is who writes; that the phone was somebody else's is for a person of the shop to judge. */
const contradicted = (known: Known, sighting: Sighting, contactId: string): Recognition => {
  const { byPhone, byUserId } = known;
  const others = byPhone && byPhone !== byUserId ? flagged(byPhone, sighting.at) : [];
  if (byUserId) {
    const own = flagged(byUserId, sighting.at);
    return { contact: own[0]?.contact ?? byUserId, changes: [...own, ...others] };
  }
  const contact: Contact = { ...newContact(sighting, contactId), review: 'identity' };
  const { phone: _, ...onlyId } = sighting.person;
  const claims = aliasesOf({ ...sighting, person: onlyId }).map((alias) => ({ alias }));
  return { contact, changes: [{ contact, claims, releases: [] }, ...others] };
};

/**
 * Who a sighting shows, given who is known under its phone and its id: a new contact, a known one (with what is new
 * about them), or two that turn out to be one. What was said under a former name shows whose name it was. Facts that contradict each other merge nothing: the id wins, and all
 * who are touched are flagged for review.
 */
export const recognise = (known: Known, sighting: Sighting, newContactId: string): Recognition => {
  const { byPhone, byUserId } = known;
  const past = (known.isPastUserId && byUserId) || (known.isPastPhone && (byUserId ?? byPhone));
  // said under a name that has been given up since: it tells nothing new of them
  if (past) return { contact: past, changes: [] };
  const involved = [byPhone, byUserId].filter((one) => one !== undefined);
  if (!involved.every((contact) => agrees(contact, sighting))) return contradicted(known, sighting, newContactId);
  if (byPhone && byUserId && byPhone.contactId !== byUserId.contactId) return { merge: [byPhone, byUserId] };
  const contact = byUserId ?? byPhone;
  if (contact) return recogniseOne(contact, known, sighting);
  const fresh = refusing(newContact(sighting, newContactId), known);
  const claims = aliasesOf(sighting).map((alias) => ({ alias }));
  return { contact: fresh, changes: [{ contact: fresh, claims, releases: [] }] };
};

import { AppError } from '#core/errors.ts';
import { withPatience } from '#core/patience.ts';
import { isSamePhone, type Person } from '../whatsapp/person.ts';
import type { Contact } from './contact.ts';
import { type IdentityPorts, identifyContact, mergeSaved } from './identify-contact.ts';
import {
  type Alias,
  agrees,
  aliasesOf,
  type ContactChange,
  type Known,
  nextVersion,
  type Sighting,
  userIdIn,
} from './identity.ts';

/** Meta says that a person has another number or another id from now on. */
export interface IdentityChange extends Omit<Sighting, 'person'> {
  before: Person;
  /** What Meta tells of the new identity; a phone that it doesn't tell is not known any more. */
  after: Person;
}

const withUserId = ({ userIds }: Contact, businessId: string, userId: string | undefined): Contact['userIds'] =>
  userId ? [...userIds.filter((one) => one.businessId !== businessId), { businessId, userId }] : userIds;

const isSameAlias = (one: Alias, other: Alias): boolean =>
  'phone' in one
    ? 'phone' in other && isSamePhone(one.phone, other.phone)
    : 'userId' in other && one.businessId === other.businessId && one.userId === other.userId;

/** A phone that Meta no longer tells is gone with the old identity; where two contest one, its look-up is left alone. */
const forgotten = ({ phone, review }: Contact, { after }: IdentityChange): Alias[] =>
  phone && !after.phone && !review ? [{ phone }] : [];

/** The old names that lead to this contact and shall no more: they may be another person's tomorrow. */
const outdated = (contact: Contact, old: Known, change: IdentityChange): ContactChange['releases'] => {
  const { before, after, businessId, at } = change;
  const current = aliasesOf({ person: after, businessId });
  const told = aliasesOf({ person: before, businessId })
    .filter((alias) => ('phone' in alias ? old.byPhone : old.byUserId)?.contactId === contact.contactId)
    .filter((alias) => !current.some((one) => isSameAlias(one, alias)));
  const more = forgotten(contact, change).filter((alias) => !told.some((one) => isSameAlias(one, alias)));
  return [...told, ...more].map((alias) => ({ alias, until: at }));
};

/** The contact under its new names. */
const rewritten = (contact: Contact, releases: ContactChange['releases'], change: IdentityChange): ContactChange => {
  const { businessId, after, at } = change;
  const { phone: _, waId: __, ...rest } = contact;
  const next: Contact = {
    ...rest,
    ...(after.phone && { phone: after.phone }),
    ...(after.waId && { waId: after.waId }),
    userIds: withUserId(contact, businessId, after.bsuid),
  };
  const claims = aliasesOf({ person: after, businessId }).map((alias) => ({ alias }));
  return { contact: nextVersion(next, at), claims, releases };
};

/** Somebody who came to the old number only after the change is not meant. */
const whoChanged = ({ byPhone, byUserId }: Known, { at }: IdentityChange): Contact | undefined =>
  byUserId ?? (byPhone && byPhone.createdAt <= at ? byPhone : undefined);

const isDone = (contact: Contact, { after, businessId }: IdentityChange): boolean =>
  (!after.bsuid || userIdIn(contact, businessId) === after.bsuid) && contact.phone === after.phone;

const flagAll = async (contacts: readonly Contact[], at: string, ports: IdentityPorts): Promise<boolean> => {
  const unflagged = contacts.filter(({ review }) => !review);
  const changes = unflagged.map((contact) => ({
    contact: nextVersion({ ...contact, review: 'identity' }, at),
    claims: [],
    releases: [],
  }));
  return changes.length === 0 || ports.contacts.saveAll(changes);
};

const joinNewcomers = async (
  changed: Contact,
  newcomers: readonly Contact[],
  change: IdentityChange,
  ports: IdentityPorts,
): Promise<Contact | undefined> => {
  const sighting = { ...change, person: change.after };
  const [newcomer] = newcomers;
  if (newcomer && newcomers.length === 1 && agrees(newcomer, sighting)) {
    await mergeSaved([changed, newcomer], change.at, ports);
    return undefined;
  }
  return (await flagAll([changed, ...newcomers], change.at, ports)) ? changed : undefined;
};

/** Who is known under the new name besides the one who changed. */
const newcomersOf = ({ byPhone, byUserId }: Known, contact: Contact | undefined): Contact[] => {
  const present = [byUserId, byPhone].filter((one) => one !== undefined);
  const others = present.filter(({ contactId }) => contactId !== contact?.contactId);
  return [...new Map(others.map((one) => [one.contactId, one])).values()];
};

/** What of a change is not done yet: a name that was given up since stays as it is now. */
const remaining = (contact: Contact, { isPastPhone, isPastUserId }: Known, change: IdentityChange): IdentityChange => {
  const { phone, waId, ...before } = change.before;
  const { bsuid, ...named } = before;
  const { phone: ownPhone, waId: ownWaId } = contact;
  return {
    ...change,
    before: { ...named, ...(!isPastPhone && { phone, waId }), ...(!isPastUserId && { bsuid }) },
    after: {
      ...change.after,
      ...(isPastPhone && { phone: ownPhone, waId: ownWaId }),
      ...(isPastUserId && { bsuid: userIdIn(contact, change.businessId) }),
    },
  };
};

const isTold = ({ before }: IdentityChange, { isPastPhone, isPastUserId }: Known): boolean =>
  (!before.phone || isPastPhone === true) && (!before.bsuid || isPastUserId === true);

const tryToChange = async (told: IdentityChange, ports: IdentityPorts): Promise<Contact | undefined> => {
  const { shopId, businessId, at } = told;
  const find = (person: Person) =>
    ports.contacts.known(shopId, aliasesOf({ person, businessId }), { consistent: true, at });
  const old = await find(told.before);
  const contact = whoChanged(old, told);
  if (contact && isTold(told, old)) return contact;
  const change = contact ? remaining(contact, old, told) : told;
  const { after } = change;
  const current = await find(after);
  const newcomers = newcomersOf(current, contact);
  if ([contact, ...newcomers].some((one) => one?.mergedInto)) return undefined;
  if (contact === undefined) return identifyContact({ ...change, person: after }, ports);
  if (newcomers.length > 0) return joinNewcomers(contact, newcomers, change, ports);
  const releases = outdated(contact, old, change);
  if (releases.length === 0 && isDone(contact, change)) return contact;
  const rewrite = rewritten(contact, releases, change);
  return (await ports.contacts.saveAll([rewrite])) ? rewrite.contact : undefined;
};

/**
 * Gives a contact the number or the id that Meta says it has from now on, and takes its old ones away: they may soon be
 * somebody else's. One who has written under the new name already is the same person: the two are merged, unless what is
 * known of them contradicts it; then both are flagged. May be told any number of times, later changes or not.
 * Throws `change.conflict` as `identifyContact` does.
 */
export const changeIdentity = async (change: IdentityChange, ports: IdentityPorts): Promise<Contact> => {
  const contact = await withPatience(ports.patience, () => tryToChange(change, ports));
  if (contact === undefined) throw new AppError('change.conflict', 'this contact keeps changing; try again');
  return contact;
};

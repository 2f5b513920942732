import type { Actor } from '#core/actor.ts';
import { auditEntry } from '../audit/audit-change.ts';
import { type ConsentPorts, changeConsent } from './change-consent.ts';
import { joinedConsent } from './consent.ts';
import type { Contact } from './contact.ts';

/** The contact or who it goes on as; nobody when they were erased. */
const goingOn = async (shopId: string, id: string, ports: ConsentPorts): Promise<Contact | undefined> => {
  const contact = await ports.contacts.find(shopId, id, true);
  return contact?.mergedInto === undefined ? contact : goingOn(shopId, contact.mergedInto, ports);
};

/**
 * Somebody decided that these contacts, which stay apart, are one person: a no to marketing that one of them said is
 * written down for the others too, unless they said yes later in WhatsApp. Safe to repeat: who refuses already stays as
 * they are. Throws `change.conflict`.
 */
export const carryRefusal = async (
  { shopId, contactIds, by }: { shopId: string; contactIds: readonly string[]; by: Actor },
  ports: ConsentPorts,
): Promise<void> => {
  const found = await Promise.all([...new Set(contactIds)].map((id) => goingOn(shopId, id, ports)));
  const contacts = found.filter((contact) => contact !== undefined);
  const refusals = contacts.flatMap(({ marketing }) => (marketing.state === 'revoked' ? [marketing] : []));
  const now = ports.patience.clock();
  for (const { contactId, marketing } of contacts) {
    const holds = refusals.some((refusal) => joinedConsent(marketing, refusal) === refusal);
    if (marketing.state === 'revoked' || !holds) continue;
    const subject = { kind: 'contact', id: contactId } as const;
    const changes = { marketing: { to: 'revoked' } };
    const audit = auditEntry({ shopId, subject, by, action: 'contact.consent-changed', changes }, now);
    const how = { source: 'merged-lead', channel: 'other', by } as const;
    await changeConsent({ shopId, contactId, state: 'revoked', at: now.toISOString(), ...how, audit }, ports);
  }
};

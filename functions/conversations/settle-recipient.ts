import { type ChangeContactPorts, changeContact } from '../contacts/change-contact.ts';
import type { Contact } from '../contacts/contact.ts';
import type { Accepted } from '../whatsapp/graph-answer.ts';
import type { RefusalPorts } from './settle-refusal.ts';

/**
 * Notes by what WhatsApp knows a contact whom the shop wrote to first: it may write the number another way than people
 * do. Never throws: the message is sent whatever becomes of this.
 */
export const noteWaId = async (
  { shopId, contactId, waId: known }: Contact,
  { waId }: Accepted,
  ports: ChangeContactPorts & Pick<RefusalPorts, 'report'>,
): Promise<void> => {
  if (waId === undefined || known !== undefined) return;
  try {
    const at = ports.patience.clock().toISOString();
    await changeContact({ shopId, contactId, at }, (contact) => (contact.waId ? contact : { ...contact, waId }), ports);
  } catch (error) {
    ports.report('a contact’s WhatsApp id could not be noted', { shopId, contactId, error });
  }
};

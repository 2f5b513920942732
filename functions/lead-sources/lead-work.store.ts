import type { Table } from '#platform/table.ts';
import { auditWrite } from '../audit/audit.store.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import { checkoutStore } from '../checkouts/checkout.store.ts';
import { contactStore } from '../contacts/contact.store.ts';
import { contactCheckoutStore } from '../contacts/contact-checkout.store.ts';
import { conversationStore } from '../conversations/conversation.store.ts';
import { messageStore } from '../conversations/message.store.ts';
import { leadStore } from '../leads/lead.store.ts';
import { leadLifeStore } from '../leads/lead-life.store.ts';
import { pipelineStore } from '../pipelines/pipeline.store.ts';
import { shopStore } from '../shops/shop.store.ts';
import { leadFormStore } from './lead-form.store.ts';
import { leadPageStore } from './lead-page.store.ts';
import { submissionStore } from './submission.store.ts';

/** Every store that leads are captured with. */
export const leadWorkStores = (table: Table, secret: () => Promise<string>) => ({
  audit: { put: (entry: AuditEntry) => table.transact([auditWrite(entry)]) },
  checkouts: checkoutStore(table),
  contacts: contactStore(table, secret),
  contactCheckouts: contactCheckoutStore(table),
  conversations: conversationStore(table),
  messages: messageStore(table),
  findShop: shopStore(table).find,
  leads: { ...leadStore(table, secret), idsIn: leadLifeStore(table, secret).idsIn },
  forms: leadFormStore(table),
  pages: leadPageStore(table),
  pipelines: pipelineStore(table),
  submissions: submissionStore(table),
});

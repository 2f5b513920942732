import { keyedDigest } from '#core/ids.ts';
import { phoneKey } from '#core/phone-key.ts';
import { indexKeys, keys } from '#table/schema.ts';
import { auditWrite } from '../../functions/audit/audit.store.ts';
import { auditEntry } from '../../functions/audit/audit-change.ts';
import { changeConsent } from '../../functions/contacts/change-consent.ts';
import { contactCheckoutStore } from '../../functions/contacts/contact-checkout.store.ts';
import { contactCheckoutOf } from '../../functions/contacts/contact-checkout.ts';
import { outboundStore } from '../../functions/conversations/outbound.store.ts';
import { type MessageToQueue, queueMessage } from '../../functions/conversations/queue-message.ts';
import { readContent } from '../../functions/whatsapp/outbound-content.ts';
import { aCheckout, anId, aShop } from './builders.ts';
import { type MovedClock, movedClock } from './clock.ts';
import { quickPatience } from './ports.ts';
import { openStoredInbox } from './stored-inbox.ts';
import { openStoredLeads } from './stored-leads.ts';
import type { TestTable } from './table.ts';
import { aMessageEvent, anEventOf, type Sender } from './whatsapp-events.ts';

export const SECRET = 'a secret for tests only';

/** Somebody, with all that a raw table could be searched for. */
export interface Known extends Required<Sender> {
  phone: string;
  email: string;
  /** Words that stand in all that they wrote. */
  words: string;
}

export const ana: Known = {
  waId: '5491161234567',
  phone: '+541161234567',
  userId: 'AR.13491208655302741918',
  name: 'Anastasia Zubizarreta',
  username: 'anazubi',
  email: 'ana.zubi@ejemplo.test',
  words: 'quetzal violeta',
};

export const beto: Known = {
  waId: '5491167654321',
  phone: '+5491167654321',
  userId: 'AR.99991208655302741777',
  name: 'Norberto Quiroga',
  username: 'betoq',
  email: 'beto@ejemplo.test',
  words: 'tapir naranja',
};

/** Every way in which somebody may be found in raw bytes. */
export const tracesOf = ({ waId, phone, userId, name, username, email, words }: Known): string[] => [
  ...[
    waId,
    phone,
    phone.slice(1),
    waId.slice(-8),
    waId.slice(-8).replace(/(.{4})/, '$1-'),
    userId,
    username,
    email,
    words,
  ],
  ...name.split(' '),
  ...name.toLowerCase().split(' '),
  [...waId].reverse().join(''),
  [...phone.slice(1)].reverse().join(''),
  // Meta's ids of messages have the phone in them
  Buffer.from(`x${waId}`).toString('base64').replace(/=+$/, '').slice(2, 14),
];

const metaIdOf = ({ waId }: Known): string =>
  `wamid.${Buffer.from(`\x1d\x13\x0d${waId}\x15\x02${Math.random().toString(36).slice(2)}`).toString('base64')}`;

/** A shop that knows people everywhere: all kinds of rows, and files. */
export const openKnowingShop = async (world: TestTable, clock: MovedClock = movedClock()) => {
  const { table } = world;
  const shop = aShop({ nicheType: 'crm_sales', name: 'Tienda' });
  const { shopId } = shop;
  const inbox = await openStoredInbox(world, { clock, shop });
  const crm = openStoredLeads(world, { clock, shop });
  const files = new Map<string, Buffer>();
  const outbound = outboundStore(table);
  const { connection } = inbox;
  const at = () => clock().toISOString();

  const write = async (who: Known, content: object) => {
    clock.advance(1000);
    await inbox.receive(aMessageEvent(connection, { from: who, at: at(), metaId: metaIdOf(who), content }));
  };

  const contactOf = async ({ phone }: Known) => {
    const { byPhone } = await inbox.contacts.known(shopId, [{ phone }], { consistent: true });
    if (byPhone === undefined) throw new Error('nobody has that phone');
    return byPhone;
  };

  const conversationOf = async (who: Known) => {
    const id = `${connection.phoneNumberId}-${(await contactOf(who)).contactId}`;
    const found = await inbox.conversations.find(shopId, id);
    if (found === undefined) throw new Error('no conversation');
    return found;
  };

  const send = async (who: Known, more: Partial<MessageToQueue> & Pick<MessageToQueue, 'content'>) =>
    queueMessage(
      {
        ...{ shopId, connection, contact: await contactOf(who), conversation: await conversationOf(who) },
        ...{ by: 'user:u1', origin: 'seller', messageId: anId(), ...more },
      },
      { outbound, conversations: inbox.conversations, patience: quickPatience(clock) },
    );

  const chat = async (who: Known) => {
    await write(who, { type: 'text', text: { body: `Hola, ${who.words}` } });
    await write(who, {
      type: 'document',
      document: { id: '77', filename: `${who.name}.pdf`, mime_type: 'application/pdf' },
    });
    const { contactId } = await contactOf(who);
    const { conversationId } = await conversationOf(who);
    const [received] = await inbox.messages.between(shopId, conversationId, { from: '0', to: '~', limit: 1 });
    const key = `media/${shopId}/${conversationId}/${received?.messageId}.pdf`;
    if (received) await inbox.messages.saveMedia(shopId, received, { state: 'stored', key }, clock());
    files.set(key, Buffer.from(`un documento de ${who.name}`));
    const upload = `uploads/${shopId}/${anId()}.jpg`;
    files.set(upload, Buffer.from(`para ${who.name}`));
    await send(who, { content: readContent({ type: 'image', image: { media_key: upload, caption: who.words } }) });
    const sent = await send(who, { content: readContent({ type: 'text', text: { body: `Sí, ${who.name}` } }) });
    await outbound.settle(sent, { state: 'sent', metaId: metaIdOf(who), held: false }, clock());
    await changeConsent(
      {
        ...{ shopId, contactId, state: 'granted', at: at(), source: 'form', channel: 'form', by: 'customer' },
        ...{ text: `Yo, ${who.name}, acepto`, audit: auditOf('contact', contactId, 'contact.consent-changed') },
      },
      inbox.ports(),
    );
    return contactId;
  };

  const auditOf = (kind: 'contact' | 'lead' | 'conversation' | 'sale-link', id: string, action: string) =>
    auditEntry({ shopId, subject: { kind, id }, by: 'user:u1', action }, clock());

  const pursue = async (who: Known, contactId: string) => {
    const [firstName, lastName] = who.name.split(' ');
    await crm.capture({ phone: who.phone }, { source: 'form', firstName, lastName, email: who.email, tags: ['vip'] });
    const note = { shopId, leadId: contactId, noteId: anId(), at: at(), by: 'user:u1', text: `Le gusta ${who.words}` };
    await table.put({ ...keys.leadNote(shopId, contactId, note.at, note.noteId), ...note });
    for (const kind of ['lead', 'sale-link'] as const)
      await table.transact([auditWrite(auditOf(kind, contactId, `${kind}.changed`))]);
    const { conversationId } = await conversationOf(who);
    await table.transact([auditWrite(auditOf('conversation', conversationId, 'conversation.assigned'))]);
    await table.put({ ...keys.saleLink(shopId, contactId, 'erp', 'f-1'), buyer: who.name });
    await table.put({ ...keys.saleSummary(shopId, contactId), shopId, contactId, sales: [] });
    const submissions = [
      { state: 'done', leadId: contactId, payload: JSON.stringify({ q: who.words, nombre: who.name }) },
      {
        state: 'failed',
        payload: JSON.stringify({ telefono: `11 ${who.waId.slice(-8, -4)}-${who.waId.slice(-4)}`, nombre: who.name }),
      },
      { state: 'pending', payload: JSON.stringify({ mail: who.email.toUpperCase(), nombre: who.name }) },
    ];
    for (const one of submissions) {
      const submissionId = anId();
      const place = indexKeys.submission(shopId, one.state, at(), submissionId);
      await table.put({ ...keys.submission(shopId, submissionId), ...place, shopId, submissionId, ...one });
    }
  };

  const buy = async (who: Known, contactId: string) => {
    const tie = { contactId, phoneNumberId: connection.phoneNumberId, phone: who.phone };
    const change = { shopId, customerName: who.name, phone: who.phone };
    const tied = aCheckout({ ...change, tie, state: 'confirmed', endedAt: at(), endedBy: 'user:u1' });
    const untied = aCheckout({ ...change, phone: `+${who.waId}` });
    const cancelled = aCheckout({ ...change, state: 'cancelled', endedAt: at(), endReason: `lo pidió ${who.name}` });
    for (const one of [tied, untied, cancelled]) {
      const { code, state, expiresAt, endedAt = '' } = one;
      const place =
        state === 'active'
          ? indexKeys.activeCheckout(shopId, code, expiresAt)
          : indexKeys.endedCheckout(shopId, state, code, endedAt);
      await table.put({ ...keys.checkout(code), ...place, ...one });
    }
    await contactCheckoutStore(table).put({ shopId, contactId }, contactCheckoutOf(tied));
    const event = { kind: 'cancelled', cause: 'once', at: at(), reason: `lo pidió ${who.name}` };
    await table.put({ ...keys.checkoutEvent(cancelled.code, 'cancelled', 'first'), ...event });
    const holder = keyedDigest(SECRET, 'phone', phoneKey(who.phone));
    await table.put({ ...keys.holder(shopId, holder), version: 1, holds: [] });
    return [tied.code, untied.code, cancelled.code];
  };

  const leaveFiles = async (who: Known) => {
    const jobs = [
      { kind: 'import', named: `nombre;telefono\n${who.name};11 ${who.waId.slice(-8, -4)}-${who.waId.slice(-4)}\n` },
      { kind: 'lead-export', named: `${who.name},${who.phone},${who.email}\n` },
      { kind: 'lead-export', named: Buffer.from(`${who.name}\t${who.email}\n`, 'utf16le') },
    ];
    for (const { kind, named } of jobs) {
      const jobId = anId();
      const fileKey = `${kind === 'import' ? 'imports' : 'exports'}/${shopId}/${jobId}/file.csv`;
      files.set(fileKey, Buffer.from(named));
      const times = { createdAt: at(), updatedAt: at() };
      const searched = kind === 'lead-export' && { filter: { q: who === ana ? who.name : 'nadie' } };
      const job = {
        shopId,
        jobId,
        kind,
        state: 'done',
        by: 'user:u1',
        input: { fileKey, ...searched },
        progress: {},
        version: 3,
      };
      await table.put({ ...keys.job(shopId, jobId), ...indexKeys.job(shopId, kind, jobId), ...job, ...times });
    }
  };

  /** Somebody who has left rows and files of every kind. */
  const know = async (who: Known) => {
    const contactId = await chat(who);
    await pursue(who, contactId);
    const codes = await buy(who, contactId);
    await leaveFiles(who);
    const unread = { kind: 'error', field: 'odd', payload: { about: who.waId, who: who.name } } as const;
    await inbox.receive(anEventOf(connection, unread));
    return { contactId, codes };
  };

  return { shop, shopId, clock, connection, inbox, crm, files, know, write, send, contactOf, conversationOf, outbound };
};

export type KnowingShop = Awaited<ReturnType<typeof openKnowingShop>>;

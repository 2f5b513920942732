import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller, Role } from '#core/actor.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { type SellerSight, sellerSight } from '../../functions/shops/visibility.ts';
import type { RouteName, TestRequest } from '../support/events.ts';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { givenChat } from './given-chat.ts';
import {
  type Owners,
  type Ownership,
  openPermissionWorld,
  ownerships,
  type PermissionWorld,
} from './permission-world.ts';

let lambdas: Lambdas;
const worlds = new Map<SellerSight, PermissionWorld>();

beforeAll(async () => {
  lambdas = await openLambdas();
  for (const setting of sellerSight) worlds.set(setting, await openPermissionWorld(lambdas, setting));
});
afterAll(() => lambdas.close());

const worldOf = (setting: SellerSight): PermissionWorld => {
  const world = worlds.get(setting);
  if (world === undefined) throw new Error(`no world for ${setting}`);
  return world;
};
const callerOf = (setting: SellerSight, role: Role = 'seller'): Caller => worldOf(setting).given.as(role);
const codeOf = ({ status, json }: Answer): unknown => (status < 400 ? status : json['code']);
const call = async (name: RouteName, as: Caller, request: TestRequest) => lambdas.call(name, { as, ...request });

describe('a contact', () => {
  const look = async (setting: SellerSight, owners: Owners) => {
    const as = callerOf(setting);
    const { contactId } = await worldOf(setting).subject(owners, as);
    return codeOf(await call('getContact', as, { params: { contactId } }));
  };

  it.each([
    ['own', 'own', 'another', 200],
    ['own', 'another', 'own', 200],
    ['own', 'another', 'nobody', 'not-found'],
    ['own', 'nobody', 'none', 'not-found'],
    ['own', 'none', 'another', 'not-found'],
    ['own', 'none', 'none', 200],
    ['own-and-unassigned', 'another', 'nobody', 200],
    ['own-and-unassigned', 'nobody', 'another', 200],
    ['own-and-unassigned', 'another', 'none', 'not-found'],
    ['own-and-unassigned', 'none', 'another', 'not-found'],
    ['own-and-unassigned', 'none', 'none', 200],
    ['all', 'another', 'another', 200],
  ] as const)(
    'in a shop of «%s», with a lead of %s and a conversation of %s: %s',
    async (setting, lead, conversation, expected) => {
      expect(await look(setting, { lead, conversation })).toBe(expected);
    },
  );

  it('is not everybody’s because the number of its only chat is gone', async () => {
    const chat = await givenChat(lambdas, 'numero-de-paso', { sellerId: 'numero-de-paso-another' });
    await chat.hear('hola');
    const contactId = String((await chat.inbox())[0]?.contactId);
    const look = (role: Role) => call('getContact', chat.as(role), { params: { contactId } });
    expect(codeOf(await look('seller'))).toBe('not-found');
    await connectionStore(lambdas.table).remove(chat.connection);
    expect(codeOf(await look('seller'))).toBe('not-found');
    expect(codeOf(await look('admin'))).toBe(200);
    const ids = (await chat.contacts.conversationsOf(chat.shop.shopId, [contactId])).map((one) => one.contactId);
    expect(ids).toEqual([contactId]);
  });

  it('whose lead was merged by hand is of whoever has the lead that goes on', async () => {
    const as = callerOf('own');
    const { subject } = worldOf('own');
    const [theirs, mine] = [
      await subject({ lead: 'another', conversation: 'none' }, as),
      await subject({ lead: 'own', conversation: 'none' }, as),
    ];
    const look = async () => codeOf(await call('getContact', as, { params: { contactId: theirs.contactId } }));
    expect(await look()).toBe('not-found');
    const merged = {
      params: { leadId: mine.leadId },
      body: { otherId: theirs.leadId, reviewed: { version: 1, otherVersion: 1 } },
    };
    const admin = callerOf('own', 'admin');
    expect(codeOf(await call('mergeLeads', admin, merged))).toBe(200);
    expect(await look()).toBe(200);
    await call('assignLead', admin, { params: { leadId: mine.leadId }, body: { userId: worldOf('own').anotherId } });
    expect(await look()).toBe('not-found');
  });

  it.each(['own', 'own-and-unassigned'] as const)(
    'of another is not to be written to first, nor made one’s own lead («%s»)',
    async (setting) => {
      const { subject, phoneNumberId } = worldOf(setting);
      const as = callerOf(setting);
      const template = { type: 'template', template: { name: 'hello_world', language: { code: 'es' } } };
      const leadOnly = await subject({ lead: 'another', conversation: 'none' }, as);
      const start = { phone: leadOnly.phone, phoneNumberId, content: template };
      expect(codeOf(await call('startConversation', as, { body: start }))).toBe('not-found');
      const chatOnly = await subject({ lead: 'none', conversation: 'another' }, as);
      const before = await lambdas.rows();
      expect(codeOf(await call('createLead', as, { body: { phone: chatOnly.phone } }))).toBe('not-found');
      expect(await lambdas.rows()).toEqual(before);
    },
  );
});

describe('a conversation', () => {
  const rights: Record<SellerSight, Record<Ownership, [self: unknown, another: unknown, nobody: unknown]>> = {
    own: {
      own: [200, 200, 200],
      nobody: ['not-found', 'not-found', 'not-found'],
      another: ['not-found', 'not-found', 'not-found'],
    },
    'own-and-unassigned': {
      own: [200, 200, 200],
      nobody: [200, 'request.forbidden', 200],
      another: ['not-found', 'not-found', 'not-found'],
    },
    all: { own: [200, 200, 200], nobody: [200, 200, 200], another: [200, 200, 200] },
  };

  it.each(sellerSight.flatMap((setting) => ownerships.map((owner) => [setting, owner] as const)))(
    'in a shop of «%s», of %s, is given to oneself, to another and to nobody as the rules say',
    async (setting, owner) => {
      const { subject, anotherId } = worldOf(setting);
      const as = callerOf(setting);
      const give = async (caller: Caller, userId: string | null) => {
        const { conversationId } = await subject({ lead: 'none', conversation: owner }, as);
        return codeOf(await call('assignConversation', caller, { params: { conversationId }, body: { userId } }));
      };
      const targets = [as.userId, anotherId, null];
      const outcomes: unknown[] = [];
      for (const target of targets) outcomes.push(await give(as, target));
      expect(outcomes).toEqual(rights[setting][owner]);
      for (const target of targets) expect(await give(callerOf(setting, 'admin'), target)).toBe(200);
    },
  );

  it('is never given to somebody who may not sign in', async () => {
    const { given, subject, anotherId } = worldOf('all');
    const admin = given.as('admin');
    const { conversationId } = await subject({ lead: 'none', conversation: 'nobody' }, admin);
    const user = await lambdas.table.get({ pk: `S#${given.shop.shopId}`, sk: `USER#${anotherId}` });
    const body = { userId: anotherId };
    await lambdas.table.put({ ...(user as never as { pk: string; sk: string }), state: 'disabled' });
    expect(codeOf(await call('assignConversation', admin, { params: { conversationId }, body }))).toBe(
      'request.invalid',
    );
    await lambdas.table.put(user as never);
    expect(codeOf(await call('assignConversation', admin, { params: { conversationId }, body }))).toBe(200);
  });

  it.each([
    ['own', { all: ['own'], mine: ['own'], unassigned: [] }],
    ['own-and-unassigned', { all: ['nobody', 'own'], mine: ['own'], unassigned: ['nobody'] }],
    ['all', { all: ['another', 'nobody', 'own'], mine: ['own'], unassigned: ['nobody'] }],
  ] as const)(
    'stands in the lists of a seller in a shop of «%s» as far as they may see it',
    async (setting, expected) => {
      const { subject } = worldOf(setting);
      const as = callerOf(setting);
      const made = new Map<string, Ownership>();
      for (const owner of ownerships) {
        const { conversationId } = await subject({ lead: 'none', conversation: owner }, as);
        made.set(conversationId, owner);
      }
      for (const view of ['all', 'mine', 'unassigned'] as const) {
        const { json } = await call('listConversations', as, { query: { view, limit: '50' } });
        const shown = (json['items'] as { conversationId: string }[]).flatMap(
          (item) => made.get(item.conversationId) ?? [],
        );
        expect([view, shown.sort()]).toEqual([view, expected[view]]);
      }
    },
  );

  it('that somebody begins is theirs; on the line of a seller it is that seller’s, whoever writes first', async () => {
    const seller = 'linea-propia-seller';
    const chat = await givenChat(lambdas, 'linea-propia', { sellerId: seller });
    await chat.hear('hola');
    expect((await chat.inbox()).map(({ assignedTo }) => assignedTo)).toEqual([seller]);
    expect(codeOf(await call('listConversations', chat.as('seller'), { query: { view: 'mine' } }))).toBe(200);

    const { given, phoneNumberId } = worldOf('own');
    const content = { type: 'template', template: { name: 'hello_world', language: { code: 'es' } } };
    const start = (phone: string, role: Role) =>
      call('startConversation', given.as(role), { body: { phone, phoneNumberId, content } });
    const begun = (await start('+5491170000001', 'seller')).json['conversation'] as Record<string, unknown>;
    expect(begun['assignedTo']).toBe(given.as('seller').userId);
    const admins = (await start('+5491170000002', 'admin')).json['conversation'] as Record<string, unknown>;
    expect(admins).not.toHaveProperty('assignedTo');
  });

  it('is not begun by a seller on the personal line of another', async () => {
    const chat = await givenChat(lambdas, 'linea-ajena', { sellerId: 'linea-ajena-another' });
    const content = { type: 'template', template: { name: 'hello_world', language: { code: 'es' } } };
    const body = { phone: '+5491170000003', phoneNumberId: chat.connection.phoneNumberId, content };
    expect(codeOf(await call('startConversation', chat.as('seller'), { body }))).toBe('not-found');
    expect(await chat.inbox()).toEqual([]);
    expect(codeOf(await call('startConversation', chat.as('admin'), { body }))).toBe(201);
    expect((await chat.inbox()).map(({ assignedTo }) => assignedTo)).toEqual(['linea-ajena-another']);
  });
});

describe('the story of one’s own lead', () => {
  it('tells nothing of what was said in a conversation of another', async () => {
    for (const [conversation, expected] of [
      ['own', true],
      ['another', false],
    ] as const) {
      const as = callerOf('own');
      const { leadId, received } = await worldOf('own').subject({ lead: 'own', conversation }, as);
      const { body } = await call('showTimeline', as, { params: { leadId } });
      expect([conversation, body.includes(received.messageId)]).toEqual([conversation, expected]);
    }
  });
});

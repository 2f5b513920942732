import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { type Inbox, openInbox } from '../support/inbox.ts';
import { openSimulator } from '../support/simulator.ts';
import { eventually, newKey, newPhone, openTarget } from '../support/target.ts';

const target = openTarget();
const simulator = openSimulator(target);
const [{ numberId }] = defaultWorld.numbers;
const text = (body: string) => ({ type: 'text', text: { body } });
let inbox: Inbox;
let admin = '';

beforeAll(async () => {
  admin = await target.tokenFor('admin');
  inbox = openInbox(target, admin);
});
afterEach(() => simulator.calm());

/** A customer who has just written, and their conversation as sellers see it. */
const writing = async (name: string, body: string, to: string = numberId) => {
  const customer = await simulator.newCustomer(name);
  const talk = { phoneId: customer.phoneId, numberId: to };
  await simulator.say(talk, body);
  const { conversationId } = await inbox.conversationWith(customer.phone);
  return { customer, talk, conversationId };
};

/** The one message of ours with this text, once it stands in one of these states. */
const ours = (conversationId: string, body: string, states: readonly string[]) =>
  eventually(async () => {
    const found = (await inbox.messages(conversationId)).filter((one) => one.body === body);
    return found.length === 1 && states.includes(found[0]?.state ?? '') && found[0];
  }, 30_000);

const arrivals = async (talk: { phoneId: string; numberId: string }, body: string): Promise<number> =>
  (await simulator.chat(talk)).filter(
    ({ from, content, tick }) =>
      from === 'business' && tick !== 'failed' && content.type === 'text' && content.body === body,
  ).length;

describe('a chat', () => {
  it('reaches the sellers, is answered, and the ticks come back', async () => {
    const { talk, conversationId, customer } = await writing('Nadia Fuentes', '¿Tienen velas de ñandubay? 🕯️');
    expect(await inbox.conversation(conversationId)).toMatchObject({
      unread: 1,
      state: 'open',
      windowOpen: true,
      contact: { phone: customer.phone, profileName: 'Nadia Fuentes' },
      lastMessage: { direction: 'inbound', preview: '¿Tienen velas de ñandubay? 🕯️' },
    });
    const answer = await inbox.send(conversationId, text('¡Sí! Quedan tres.'));
    expect(answer.status).toBe(201);
    await simulator.arrival(talk, ({ content }) => content.type === 'text' && content.body === '¡Sí! Quedan tres.');
    await ours(conversationId, '¡Sí! Quedan tres.', ['delivered']);
    await simulator.read(talk);
    const read = await ours(conversationId, '¡Sí! Quedan tres.', ['read']);
    expect(read).toMatchObject({ direction: 'outbound', origin: 'seller' });
    expect([read.sentAt, read.deliveredAt, read.readAt].every((at) => at !== undefined)).toBe(true);
  });

  it('is marked as read for the customer too', async () => {
    const { talk, conversationId } = await writing('Olga Ferrer', 'Buenas, ¿hay alguien?');
    expect((await inbox.act(conversationId, 'read')).body.unread).toBe(0);
    await eventually(async () =>
      (await simulator.chat(talk)).some(({ from, tick }) => from === 'customer' && tick === 'read'),
    );
  });

  it('keeps an answer once, however often the same request is sent', async () => {
    const { talk, conversationId } = await writing('Pilar Roca', 'Hola, una consulta');
    const key = newKey();
    const sends = await Promise.all([1, 2, 3].map(() => inbox.send(conversationId, text('Decime nomás'), { key })));
    expect(new Set(sends.filter(({ status }) => status === 201).map(({ body }) => body.messageId)).size).toBe(1);
    await ours(conversationId, 'Decime nomás', ['delivered']);
    expect(await arrivals(talk, 'Decime nomás')).toBe(1);
  });

  it('outside of the 24 hours takes templates only, and says so', async () => {
    const { talk, conversationId } = await writing('Quique Lares', 'Después les escribo');
    await target.moveClock(25 * 3600);
    inbox = openInbox(target, await target.tokenFor('admin'));
    const late = await inbox.send(conversationId, text('¿Te decidiste?'));
    expect(late).toMatchObject({ status: 409, body: { code: 'conversation.window-closed' } });
    const template = {
      type: 'template',
      template: {
        name: defaultWorld.templates.marketing,
        language: { code: defaultWorld.language },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', parameter_name: 'nombre', text: 'Quique' },
              { type: 'text', parameter_name: 'tienda', text: 'Rara y Mágica' },
            ],
          },
        ],
      },
    };
    expect((await inbox.send(conversationId, template)).status).toBe(201);
    await simulator.arrival(talk, ({ content }) => content.type === 'card' && content.kind === 'template');
  });

  it('shows what was said about messages on those messages: reactions, edits, what was taken back', async () => {
    const { talk, conversationId } = await writing('Rita Solano', 'Quiero dos lámparas');
    const edited = await simulator.say(talk, 'Mejor tres');
    const gone = await simulator.say(talk, 'Perdón, número equivocado');
    await inbox.send(conversationId, text('Anotado, Rita'));
    const ticked = await simulator.arrival(talk, ({ content }) => content.type === 'text');
    await simulator.send(talk, { type: 'reaction', messageId: ticked.messageId, emoji: '🙌' });
    await simulator.send(talk, { type: 'edit', messageId: edited.messageId, body: 'Mejor cuatro' });
    await simulator.send(talk, { type: 'revoke', messageId: gone.messageId });
    await eventually(async () => {
      const shown = new Map((await inbox.messages(conversationId)).map((one) => [one.metaId, one]));
      return (
        shown.get(ticked.messageId)?.reaction === '🙌' &&
        shown.get(edited.messageId)?.body === 'Mejor cuatro' &&
        shown.get(gone.messageId)?.revokedAt !== undefined &&
        shown.get(gone.messageId)?.body === undefined
      );
    });
  });

  it('with the owner answering from their own phone silences the bot', async () => {
    const line = await simulator.addNumber({
      displayNumber: newPhone(),
      verifiedName: 'Línea de Sara',
      coexistence: true,
    });
    const connection = {
      name: 'Línea de Sara',
      phoneNumberId: line,
      wabaId: defaultWorld.accountId,
      token: defaultWorld.token,
      coexistence: true,
    };
    const token = await target.tokenFor('admin');
    const made = await target.ask('POST', '/admin/whatsapp/connections', { token, body: connection });
    expect(made).toMatchObject({ status: 201, body: { state: 'active', limits: { messagesPerSecond: 20 } } });
    const { talk, conversationId } = await writing('Sara Quintana', 'Hola, ¿me atiende alguien?', line);
    await simulator.echo(talk, 'Soy la dueña, te leo');
    await ours(conversationId, 'Soy la dueña, te leo', ['sent', 'delivered', 'read']);
    expect(await inbox.conversation(conversationId)).toMatchObject({ bot: 'off' });
  });

  it('takes in every type there is, and types that do not exist yet', async () => {
    const { talk, conversationId } = await writing('Tomás Iriarte', 'Van varias cosas');
    await simulator.send(talk, { type: 'location', latitude: -34.6, longitude: -58.4, name: 'Plaza' });
    await simulator.send(talk, { type: 'contacts', contacts: [{ name: 'Luz Peralta', phones: ['+5491144445555'] }] });
    await simulator.send(talk, { type: 'unsupported', what: 'poll' });
    await simulator.send(talk, { type: 'unknown', name: 'hologram', payload: { depth: 3 } });
    await simulator.send(talk, {
      type: 'order',
      catalogId: '111222333444555',
      items: [{ productId: 'VELA-01', quantity: 2, price: 4500, currency: 'ARS' }],
    });
    const messages = await eventually(async () => {
      const found = await inbox.messages(conversationId);
      return found.length === 6 && found;
    });
    expect(messages.map(({ type }) => type).toSorted()).toEqual(
      ['text', 'location', 'contacts', 'unsupported', 'hologram', 'order'].toSorted(),
    );
    expect(JSON.stringify(messages.find(({ type }) => type === 'hologram')?.content)).toContain('"depth":3');
  });
});

describe('sending, when Meta has a bad day,', () => {
  /** What may have arrived is not repeated: it waits for a status, which these two never get. */
  const endOf = {
    'rate-limited': 'delivered',
    'server-error': 'delivered',
    unavailable: 'unknown',
    drop: 'unknown',
  } as const;
  const troubles = Object.keys(endOf) as (keyof typeof endOf)[];

  it.each(troubles)('never arrives twice, and is accounted for, after %s', async (trouble) => {
    const { talk, conversationId } = await writing(`Uma ${trouble}`, 'Hola, ¿cómo va?');
    await simulator.turn({ next: { trouble, times: 2 } });
    await inbox.send(conversationId, text(`Todo bien (${trouble})`));
    const settled = await eventually(async () => {
      const [found] = (await inbox.messages(conversationId)).filter(({ body }) => body === `Todo bien (${trouble})`);
      if (found && ['delivered', 'unknown', 'failed'].includes(found.state)) return found;
      await target.moveClock(60);
      return undefined;
    }, 40_000);
    expect(settled.state).toBe(endOf[trouble]);
    expect(await arrivals(talk, `Todo bien (${trouble})`)).toBe(settled.state === 'delivered' ? 1 : 0);
  });

  it('arrives once when Meta accepts it and never answers: its status tells', async () => {
    const { talk, conversationId } = await writing('Vera Molinari', 'Hola, ¿siguen abiertos?');
    await simulator.turn({ next: { trouble: 'time-out-after-acceptance', times: 1 } });
    await inbox.send(conversationId, text('Sí, hasta las ocho'));
    await ours(conversationId, 'Sí, hasta las ocho', ['delivered']);
    await target.moveClock(600);
    expect(await arrivals(talk, 'Sí, hasta las ocho')).toBe(1);
  });

  it('keeps the order within a conversation while the first of two has to wait', async () => {
    const { talk, conversationId } = await writing('Wanda Prieto', 'Contame de las lámparas');
    await simulator.turn({ next: { trouble: 'rate-limited', times: 1 } });
    for (const body of ['Primero esto', 'Después esto otro']) await inbox.send(conversationId, text(body));
    await eventually(async () => {
      if ((await arrivals(talk, 'Después esto otro')) === 1) return true;
      await target.moveClock(30);
      return false;
    }, 40_000);
    const said = (await simulator.chat(talk)).filter(({ from }) => from === 'business');
    expect(said.map(({ content }) => content.type === 'text' && content.body)).toEqual([
      'Primero esto',
      'Después esto otro',
    ]);
  });

  it('stops the connection when the token has expired, says so, and goes on after a new token', async () => {
    const { conversationId, talk } = await writing('Ximena Duarte', 'Hola, ¿tienen stock?');
    await simulator.turn({ tokenExpired: true });
    await inbox.send(conversationId, text('Sí, tenemos'));
    const failed = await ours(conversationId, 'Sí, tenemos', ['failed']);
    expect(failed.error).toMatchObject({ code: 190, explanation: expect.stringContaining('Meta ya no acepta') });
    const path = `/admin/whatsapp/connections/${numberId}`;
    const token = await target.tokenFor('admin');
    expect((await target.ask('GET', path, { token })).body).toMatchObject({ state: 'reauth' });
    expect(await inbox.send(conversationId, text('¿Hola?'))).toMatchObject({
      status: 409,
      body: { code: 'connection.stopped' },
    });
    await simulator.calm();
    const renewed = await target.ask('PUT', `${path}/token`, { token, body: { token: defaultWorld.token } });
    expect(renewed).toMatchObject({ status: 200, body: { state: 'active' } });
    expect(renewed.text).not.toContain(defaultWorld.token);
    expect((await inbox.send(conversationId, text('Ya estamos de vuelta'))).status).toBe(201);
    await simulator.arrival(talk, ({ content }) => content.type === 'text' && content.body === 'Ya estamos de vuelta');
  });

  it('says in words why a message failed later', async () => {
    const { conversationId } = await writing('Yago Benítez', 'Hola, quería saber');
    await simulator.turn({ nextError: { code: 131026, times: 1, asStatus: true } });
    await inbox.send(conversationId, text('Contanos'));
    const failed = await ours(conversationId, 'Contanos', ['failed']);
    expect(failed.error).toMatchObject({ code: 131026, explanation: expect.stringContaining('WhatsApp') });
  });
});

describe('the doctor', () => {
  it('finds the demo’s number in good health', async () => {
    const token = await target.tokenFor('admin');
    const path = `/admin/whatsapp/connections/${numberId}/check`;
    const { status, body } = await target.ask<{ check: { findings: { verdict: string; say: string }[] } }>(
      'POST',
      path,
      {
        token,
        body: {},
      },
    );
    expect(status).toBe(200);
    expect(body.check.findings.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(body.check.findings.length).toBeGreaterThan(5);
  });
});

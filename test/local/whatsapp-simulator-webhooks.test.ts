import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { first, numberId, openReceiver, openStand, type Stand, signed } from './whatsapp-simulator-stand.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let stand: Stand;
beforeEach(async () => {
  stand = await openStand();
});
afterEach(() => stand.close());

const say = (body: string, phoneId?: string) => stand.act({ type: 'text', body }, phoneId);
const bodies = () => stand.receiver.messages().map(({ text }) => text.body);

describe('what is sent', () => {
  it('signs exactly the bytes that it sends, escaped as Meta escapes', async () => {
    await say('¿Cuánto sale la cigüeña de Ñandú? 😀 https://tienda.example/p');
    await stand.pass(0);
    const [webhook] = stand.receiver.received;
    expect(webhook?.headers['x-hub-signature-256']).toBe(signed(webhook?.raw ?? Buffer.alloc(0)));
    const text = webhook?.raw.toString('latin1') ?? '';
    expect(text).toContain('\\u00bfCu\\u00e1nto');
    expect(text).toContain('\\u00d1and\\u00fa? \\ud83d\\ude00 https:\\/\\/tienda.example\\/p');
    expect(/^[ -~]*$/.test(text)).toBe(true);
    expect(bodies()).toEqual(['¿Cuánto sale la cigüeña de Ñandú? 😀 https://tienda.example/p']);
  });

  it('has the envelope of Meta', async () => {
    await say('hola');
    await stand.pass(0);
    expect(stand.receiver.received[0]?.body).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: defaultWorld.accountId,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '5491155550123', phone_number_id: numberId },
                contacts: [
                  { profile: { name: 'Ana Quiroga' }, wa_id: '5491155550171', user_id: 'AR.1000200030004001' },
                ],
                messages: [
                  {
                    from: '5491155550171',
                    from_user_id: 'AR.1000200030004001',
                    id: expect.stringMatching(/^wamid\./),
                    timestamp: expect.stringMatching(/^\d{10}$/),
                    type: 'text',
                    text: { body: 'hola' },
                  },
                ],
              },
            },
          ],
        },
      ],
    });
  });

  it('leaves the telephone of somebody out who has none', async () => {
    await say('hola', 'cami');
    await stand.pass(0);
    const [{ contacts, messages }] = stand.receiver.changes('messages');
    expect(contacts).toEqual([{ profile: { name: 'Cami', username: 'cami.luz' }, user_id: 'AR.1000200030004003' }]);
    expect(messages[0]).not.toHaveProperty('from');
    expect(messages[0].from_user_id).toBe('AR.1000200030004003');
  });

  it('keeps the order of a chat on a calm day', async () => {
    const said = Array.from({ length: 20 }, (_, place) => `mensaje ${place}`);
    for (const body of said) await say(body);
    await stand.pass(0);
    expect(bodies()).toEqual(said);
  });
});

describe('knobs', () => {
  it('sends each webhook several times', async () => {
    await stand.turn({ duplicates: 3 });
    await say('hola');
    await stand.pass(0);
    expect(bodies()).toEqual(['hola', 'hola', 'hola']);
    expect(new Set(stand.receiver.messages().map(({ id }) => id)).size).toBe(1);
  });

  it('sends them in a disorder, none missing', async () => {
    await stand.turn({ shuffleMs: MINUTE });
    const said = Array.from({ length: 12 }, (_, place) => `mensaje ${place}`);
    for (const body of said) await say(body);
    await stand.pass(MINUTE);
    expect(bodies()).not.toEqual(said);
    expect(bodies().toSorted()).toEqual(said.toSorted());
  });

  it('waits before each webhook', async () => {
    await stand.turn({ webhookDelayMs: 10 * MINUTE });
    await say('hola');
    await stand.pass(9 * MINUTE);
    expect(bodies()).toEqual([]);
    await stand.pass(MINUTE);
    expect(bodies()).toEqual(['hola']);
  });

  it('loses the first try and tries again', async () => {
    await stand.turn({ lossRate: 1 });
    await say('hola');
    await stand.pass(0);
    expect(bodies()).toEqual([]);
    await stand.pass(5000);
    expect(bodies()).toEqual(['hola']);
  });

  it('puts several changes into one body', async () => {
    await stand.turn({ batch: 3 });
    for (const body of ['uno', 'dos', 'tres', 'cuatro']) await say(body);
    await stand.pass(300);
    expect(stand.receiver.received.map(({ body }) => body.entry.length)).toEqual([3, 1]);
    expect(bodies()).toEqual(['uno', 'dos', 'tres', 'cuatro']);
  });

  it('says no statuses when they are off', async () => {
    await say('hola');
    await stand.turn({ statusesOff: true });
    await stand.send({ text: { body: 'hola' } });
    await stand.pass(MINUTE);
    expect(stand.receiver.statuses()).toEqual([]);
    expect((await stand.chat()).messages[1].tick).toBe('delivered');
  });
});

describe('retries', () => {
  it('tries again until the answer is 200, and no sooner than its time', async () => {
    stand.receiver.answers.push(500, 404, 201, 302);
    await say('hola');
    await stand.pass(0);
    expect(bodies()).toHaveLength(1);
    await stand.pass(1000);
    expect(bodies()).toHaveLength(1);
    for (const pause of [2000, 10_000, 30_000, 2 * MINUTE]) await stand.pass(pause);
    expect(bodies()).toHaveLength(5);
    await stand.pass(7 * 24 * HOUR);
    expect(bodies()).toHaveLength(5);
  });

  it('tries ever more rarely, and gives up after seven days', async () => {
    stand.receiver.answers.push(...Array.from({ length: 500 }, () => 503));
    await say('hola');
    const counts: number[] = [];
    for (let day = 0; day < 9; day += 1) {
      for (let hour = 0; hour < 24; hour += 1) await stand.pass(HOUR);
      counts.push(bodies().length);
    }
    expect(counts[0]).toBeGreaterThan(7);
    expect(counts[6]).toBeLessThan(25);
    expect(counts[8]).toBe(counts[7]);
  });

  it('shows the second tick only after a 200', async () => {
    stand.receiver.answers.push(500);
    const { messageId } = await say('hola');
    await stand.pass(0);
    expect((await stand.chat()).messages[0]).toMatchObject({ messageId, tick: 'sent' });
    await stand.pass(3000);
    expect((await stand.chat()).messages[0]).toMatchObject({ messageId, tick: 'delivered' });
  });

  it('never throws when nobody listens', async () => {
    stand.simulator.pointWebhooks(defaultWorld.appId, { callbackUrl: 'http://127.0.0.1:1/hook', verifyToken: '' });
    await say('hola');
    await stand.pass(0);
    const { json } = await stand.control('GET', 'traffic');
    expect(json.records.at(-1)).toMatchObject({
      direction: 'webhook',
      attempt: 1,
      note: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('sends a webhook again when asked', async () => {
    await say('hola');
    await stand.pass(0);
    const { json } = await stand.control('GET', 'traffic');
    const { trafficId } = json.records.at(-1);
    expect((await stand.control('POST', `webhooks/${trafficId}/again`)).status).toBe(202);
    await stand.pass(0);
    expect(bodies()).toEqual(['hola', 'hola']);
  });
});

describe('statuses', () => {
  const statuses = () => stand.receiver.statuses().map(({ status }) => status);

  it('says sent, delivered, read, with the price on the first two and what the business wrote beside', async () => {
    await say('hola');
    const { json } = await stand.send({ text: { body: 'buenas' }, biz_opaque_callback_data: 'm1|x' });
    const [{ id }] = json.messages;
    await stand.pass(MINUTE);
    await stand.control('POST', `chats/ana/${numberId}/read`);
    await stand.pass(0);
    expect(statuses()).toEqual(['sent', 'delivered', 'read']);
    const [sent, delivered, read] = stand.receiver.statuses();
    const price = { billable: false, pricing_model: 'PMP', category: 'service', type: 'free_customer_service' };
    const ids = {
      id,
      recipient_id: '5491155550171',
      recipient_user_id: 'AR.1000200030004001',
      biz_opaque_callback_data: 'm1|x',
    };
    expect(sent).toMatchObject({ ...ids, pricing: price });
    expect(delivered).toMatchObject({ ...ids, pricing: price });
    expect(read).toMatchObject(ids);
    expect(read).not.toHaveProperty('pricing');
  });

  it('may leave delivered out when the chat is open', async () => {
    await say('hola');
    await stand.control('PATCH', `chats/ana/${numberId}`, { open: true });
    await stand.send({ text: { body: 'buenas' } });
    await stand.pass(MINUTE);
    expect(statuses()).toEqual(['sent', 'read']);
    expect(stand.receiver.statuses()[1]).toHaveProperty('pricing');
  });

  it('never says read without receipts', async () => {
    await say('hola');
    await stand.control('PATCH', 'phones/ana', { readReceipts: false });
    await stand.send({ text: { body: 'buenas' } });
    await stand.pass(MINUTE);
    await stand.control('POST', `chats/ana/${numberId}/read`);
    await stand.pass(MINUTE);
    expect(statuses()).toEqual(['sent', 'delivered']);
  });

  it('delivers when the telephone is on again', async () => {
    await say('hola');
    await stand.control('PATCH', 'phones/ana', { online: false });
    await stand.send({ text: { body: 'buenas' } });
    await stand.pass(HOUR);
    expect(statuses()).toEqual(['sent']);
    await stand.control('PATCH', 'phones/ana', { online: true });
    await stand.pass(0);
    expect(statuses()).toEqual(['sent', 'delivered']);
  });

  it('delivers nothing to somebody who blocks the business', async () => {
    await say('hola');
    await stand.control('PATCH', `chats/ana/${numberId}`, { blocked: true });
    await stand.send({ text: { body: 'buenas' } });
    await stand.pass(HOUR);
    expect(statuses()).toEqual(['sent']);
  });

  it('says only sent of a reaction', async () => {
    const { messageId } = await say('hola');
    await stand.send({ type: 'reaction', reaction: { message_id: messageId, emoji: '👍🏽' } });
    await stand.pass(HOUR);
    expect(statuses()).toEqual(['sent']);
    expect((await stand.chat()).messages[0].reactions).toEqual([{ by: 'business', emoji: '👍🏽' }]);
  });

  it('names in a failed status only the id that was written to, and no contact', async () => {
    await stand.send({ text: { body: 'buenas' } });
    const to = { to: undefined, recipient: 'AR.1000200030004003' };
    await stand.send({ ...to, text: { body: 'buenas' } });
    await stand.pass(HOUR);
    const [toPhone, toUser] = stand.receiver.statuses();
    expect(toPhone).toMatchObject({ status: 'failed', recipient_id: '5491155550171', errors: [{ code: 131047 }] });
    expect(toPhone).not.toHaveProperty('recipient_user_id');
    expect(toUser).toMatchObject({ status: 'failed', recipient_user_id: 'AR.1000200030004003' });
    expect(toUser).not.toHaveProperty('recipient_id');
    expect(stand.receiver.changes('messages').every(({ contacts }) => contacts === undefined)).toBe(true);
  });
});

describe('where webhooks go', () => {
  it('sets an app’s address only after it gave the challenge back', async () => {
    const other = await openReceiver('secret word');
    const path = `apps/${defaultWorld.appId}/webhook`;
    const wrong = await stand.control('PUT', path, { callbackUrl: `${other.url}/new`, verifyToken: 'wrong' });
    expect(wrong.status).toBe(422);
    const right = await stand.control('PUT', path, { callbackUrl: `${other.url}/new`, verifyToken: 'secret word' });
    expect(right.json).toEqual({ appId: defaultWorld.appId, name: 'Vidriera', callbackUrl: `${other.url}/new` });
    await say('hola');
    await stand.pass(0);
    expect(other.received.map(({ path: at }) => at)).toEqual(['/new']);
    other.close();
  });

  it('prefers the number’s address to the account’s, and that to the app’s, for messages only', async () => {
    const other = await openReceiver('v');
    const target = (path: string) => ({ override_callback_uri: `${other.url}/${path}`, verify_token: 'v' });
    const { accountId } = defaultWorld;
    expect((await stand.graph('POST', `${accountId}/subscribed_apps`, target('account'))).json).toEqual({
      success: true,
    });
    await say('uno');
    await stand.graph('POST', numberId, { webhook_configuration: target('number') });
    const shown = await stand.graph('GET', `${numberId}?fields=webhook_configuration`);
    expect(shown.json.webhook_configuration).toEqual({
      phone_number: `${other.url}/number`,
      whatsapp_business_account: `${other.url}/account`,
      application: `${stand.receiver.url}/hook`,
    });
    await say('dos');
    await stand.control('POST', `accounts/${accountId}/events`, { event: 'review', decision: 'APPROVED' });
    await stand.graph('POST', numberId, { webhook_configuration: { override_callback_uri: '' } });
    await stand.graph('POST', `${accountId}/subscribed_apps`, {});
    await say('tres');
    await stand.pass(0);
    expect(other.received.map(({ path }) => path)).toEqual(['/account', '/number']);
    expect(stand.receiver.changes('account_review_update')).toEqual([{ decision: 'APPROVED' }]);
    expect(bodies()).toEqual(['tres']);
    other.close();
  });

  it('refuses an override that does not give the challenge back', async () => {
    const override = { override_callback_uri: `${stand.receiver.url}/x`, verify_token: 'wrong' };
    const answer = await stand.graph('POST', `${defaultWorld.accountId}/subscribed_apps`, override);
    expect(answer.json.error).toMatchObject({ code: 2200 });
  });

  it('loses what happens while no app is subscribed', async () => {
    await stand.graph('DELETE', `${defaultWorld.accountId}/subscribed_apps`);
    expect((await stand.graph('GET', `${defaultWorld.accountId}/subscribed_apps`)).json).toEqual({ data: [] });
    await say('uno');
    await stand.graph('POST', `${defaultWorld.accountId}/subscribed_apps`);
    await say('dos');
    await stand.pass(0);
    expect(bodies()).toEqual(['dos']);
  });

  it('tells every subscribed app, each with its own secret', async () => {
    const other = await openReceiver();
    const appSecret = 'another secret';
    await stand.control('POST', 'world', { apps: [{ appId: '555', appSecret, callbackUrl: `${other.url}/theirs` }] });
    stand.simulator.world().accounts.get(defaultWorld.accountId)?.subscribedApps.push('555');
    await say('ñ');
    await stand.pass(0);
    const [ours, theirs] = [stand.receiver.received[0], other.received[0]];
    expect(ours?.headers['x-hub-signature-256']).toBe(signed(ours?.raw ?? Buffer.alloc(0)));
    expect(theirs?.headers['x-hub-signature-256']).toBe(signed(theirs?.raw ?? Buffer.alloc(0), appSecret));
    expect(ours?.raw).toEqual(theirs?.raw);
    other.close();
  });
});

describe('events of an account', () => {
  const happen = (event: object) => stand.control('POST', `accounts/${defaultWorld.accountId}/events`, event);
  const templateId = '9007199254740993';

  it.each([
    [
      'message_template_status_update',
      { event: 'template-status', templateId, status: 'PAUSED' },
      { event: 'PAUSED', other_info: { title: 'FIRST_PAUSE' } },
    ],
    [
      'message_template_quality_update',
      { event: 'template-quality', templateId, quality: 'RED' },
      { previous_quality_score: 'GREEN', new_quality_score: 'RED' },
    ],
    [
      'template_category_update',
      { event: 'template-category', templateId, category: 'MARKETING' },
      { previous_category: 'UTILITY', new_category: 'MARKETING' },
    ],
    [
      'template_category_update',
      { event: 'template-category', templateId, category: 'MARKETING', impending: true },
      { new_category: 'UTILITY', correct_category: 'MARKETING' },
    ],
    [
      'phone_number_quality_update',
      { event: 'number-quality', numberId, change: 'ONBOARDING', tier: 'TIER_10K' },
      { display_phone_number: '5491155550123', event: 'ONBOARDING', max_daily_conversations_per_business: 'TIER_10K' },
    ],
    [
      'phone_number_name_update',
      { event: 'number-name', numberId, decision: 'APPROVED', name: 'Otra' },
      { decision: 'APPROVED', requested_verified_name: 'Otra' },
    ],
    ['security', { event: 'security', numberId, change: 'PIN_CHANGED' }, { event: 'PIN_CHANGED' }],
    ['business_capability_update', { event: 'capability' }, { max_phone_numbers_per_waba: 25 }],
    [
      'account_alerts',
      { event: 'alert', alertType: 'X', severity: 'WARNING', description: 'd' },
      { alert_info: { alert_severity: 'WARNING' } },
    ],
    [
      'account_update',
      { event: 'account', change: 'DISABLED_UPDATE', details: { ban_info: { waba_ban_state: 'DISABLE' } } },
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } },
    ],
    ['something_new', { event: 'raw', field: 'something_new', value: { a: 1 } }, { a: 1 }],
    ['messages', { event: 'error', numberId, code: 130429, title: 'Rate limit hit' }, { errors: [{ code: 130429 }] }],
    ['history', { event: 'history', numberId, declined: true }, { history: [{ errors: [{ code: 2593109 }] }] }],
    ['history', { event: 'history', numberId }, { history: [{ metadata: { phase: 0, progress: 100 } }] }],
    [
      'smb_app_state_sync',
      { event: 'contact-sync', numberId, name: 'Eva Luna', phone: '+5491155550199', action: 'add' },
      { state_sync: [{ type: 'contact', action: 'add' }] },
    ],
  ])('tells %s', async (field, event, value) => {
    expect((await happen(event)).json).toEqual({ webhooks: 1 });
    await stand.pass(0);
    expect(stand.receiver.changes(field)).toMatchObject([value]);
  });

  it('gives a template’s id as an integer beyond what a number holds', async () => {
    await happen({ event: 'template-status', templateId, status: 'DISABLED' });
    await stand.pass(0);
    expect(stand.receiver.received[0]?.raw.toString()).toContain('"message_template_id":9007199254740993,');
    expect(stand.receiver.received[0]?.body.entry[0].time).toBeTypeOf('number');
    expect(first.numberId).toBe(numberId);
  });

  it('tells that marketing is not wanted any more', async () => {
    await stand.control('PATCH', `chats/ana/${numberId}`, { marketing: 'stop' });
    await stand.pass(0);
    expect(stand.receiver.changes('user_preferences')[0]).toMatchObject({
      metadata: { phone_number_id: numberId },
      contacts: [{ wa_id: '5491155550171' }],
      user_preferences: [{ category: 'marketing_messages', value: 'stop', timestamp: expect.any(Number) }],
    });
  });

  it('echoes what the owner writes on the phone app, for a number that is used there', async () => {
    const refused = await stand.control('POST', `chats/ana/${numberId}/echo`, { type: 'text', body: 'soy yo' });
    expect(refused.status).toBe(409);
    await stand.control('PATCH', `numbers/${numberId}`, { coexistence: true });
    expect((await stand.control('POST', `chats/ana/${numberId}/echo`, { type: 'text', body: 'soy yo' })).status).toBe(
      201,
    );
    await stand.pass(0);
    expect(stand.receiver.changes('smb_message_echoes')[0].message_echoes[0]).toMatchObject({
      from: '5491155550123',
      to: '5491155550171',
      to_user_id: 'AR.1000200030004001',
      type: 'text',
      text: { body: 'soy yo' },
    });
  });

  it('lets a number in coexistence send 20 a second, and not register', async () => {
    const { json } = await stand.control('PATCH', `numbers/${numberId}`, { coexistence: true });
    expect(json).toMatchObject({ numberId, coexistence: true });
    expect(stand.simulator.world().numbers.get(numberId)?.messagesPerSecond).toBe(20);
    const register = await stand.graph('POST', `${numberId}/register`, {
      messaging_product: 'whatsapp',
      pin: '123456',
    });
    expect(register.json.error.code).toBe(133000);
    expect((await stand.graph('GET', `${numberId}?fields=is_on_biz_app`)).json.is_on_biz_app).toBe(true);
  });

  it('tells a lead with integer ids, and gives it out', async () => {
    const { json } = await stand.control('POST', 'leads', {
      fields: { full_name: 'Eva', phone_number: '+5491155550199' },
      boxes: { novedades: true, socios: false },
    });
    await stand.pass(0);
    const [told] = stand.receiver.changes('leadgen');
    expect(stand.receiver.received[0]?.raw.toString()).toContain(`"leadgen_id":${json.leadgenId}`);
    expect(stand.receiver.received[0]?.body).toMatchObject({ object: 'page', entry: [{ id: defaultWorld.pageId }] });
    expect(told).not.toHaveProperty('ad_id');
    const lead = await stand.graph(
      'GET',
      `${json.leadgenId}?fields=field_data,form_id,custom_disclaimer_responses`,
      undefined,
      defaultWorld.pageToken,
    );
    expect(lead.json).toMatchObject({
      id: json.leadgenId,
      form_id: defaultWorld.formId,
      field_data: [
        { name: 'full_name', values: ['Eva'] },
        { name: 'phone_number', values: ['+5491155550199'] },
      ],
      custom_disclaimer_responses: [
        { checkbox_key: 'novedades', is_checked: '1' },
        { checkbox_key: 'socios', is_checked: '' },
      ],
    });
    expect((await stand.graph('GET', json.leadgenId)).json.error.code).toBe(10);
  });
});

import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { form, numberId, openStand, png, type Stand, second, webp } from './whatsapp-simulator-stand.ts';

const { accountId, appId, appSecret, token } = defaultWorld;
const DAY = 24 * 3_600_000;

let stand: Stand;
beforeEach(async () => {
  stand = await openStand();
});
afterEach(() => stand.close());

const bearer = { authorization: `Bearer ${token}` };

describe('access', () => {
  const ask = (path: string, headers: Record<string, string> = bearer) => stand.call('GET', path, undefined, headers);

  it.each(['v21.0', 'v24.0', 'v26.0'])('answers %s', async (version) => {
    expect((await ask(`/graph/${version}/${numberId}`)).status).toBe(200);
  });

  it.each([
    ['v20.0', 2635],
    ['v27.0', 2500],
    ['v24.1', 2500],
    ['v24', 2500],
  ])('does not answer %s', async (version, code) => {
    const answer = await ask(`/graph/${version}/${numberId}`);
    expect([answer.status, answer.json.error.code]).toEqual([400, code]);
  });

  it('no longer answers a version whose time is over', async () => {
    await stand.pass(62 * DAY);
    expect((await ask(`/graph/v21.0/${numberId}`)).json.error.code).toBe(2635);
  });

  it.each([
    ['no token', {}, 403, 200],
    ['an unknown token', { authorization: 'Bearer nonsense' }, 401, 190],
    ['a token of nobody', { authorization: `Bearer ${appId}|wrong` }, 401, 190],
  ])('refuses %s', async (_, headers, status, code) => {
    const answer = await ask(`/graph/v24.0/${numberId}`, headers as Record<string, string>);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  it('takes a token from the query too', async () => {
    expect((await ask(`/graph/v24.0/${numberId}?access_token=${token}`, {})).status).toBe(200);
  });

  it('shows no token in the traffic', async () => {
    await ask(`/graph/v24.0/${numberId}?access_token=${token}`, {});
    await ask(`/graph/v24.0/oauth/access_token?client_id=${appId}&client_secret=${appSecret}&code=x`);
    const { text } = await stand.control('GET', 'traffic');
    expect(text).not.toContain(token);
    expect(text).not.toContain(appSecret);
  });

  it('checks the proof of the app secret when there is one', async () => {
    const proof = createHmac('sha256', appSecret).update(token).digest('hex');
    expect((await ask(`/graph/v24.0/${numberId}?appsecret_proof=${proof}`)).status).toBe(200);
    const wrong = await ask(`/graph/v24.0/${numberId}?appsecret_proof=${'0'.repeat(64)}`);
    expect(wrong.json.error).toMatchObject({ code: 100, type: 'GraphMethodException' });
  });

  it('does not tell what is not there from what the token may not see', async () => {
    await stand.control('POST', 'world', { tokens: [{ token: 'foreign', appId, accountIds: [] }] });
    const [unknown, hidden] = [
      await ask('/graph/v24.0/99999999'),
      await ask(`/graph/v24.0/${numberId}`, { authorization: 'Bearer foreign' }),
    ];
    for (const { status, json } of [unknown, hidden]) {
      expect(status).toBe(400);
      expect(json.error).toMatchObject({ code: 100, error_subcode: 33, type: 'GraphMethodException' });
    }
  });

  it('asks for the scope', async () => {
    const scoped = (name: string, scopes: string[]) => ({ token: name, appId, accountIds: [accountId], scopes });
    const tokens = [
      scoped('manages', ['whatsapp_business_management']),
      scoped('writes', ['whatsapp_business_messaging']),
    ];
    await stand.control('POST', 'world', { tokens });
    expect((await stand.send({ text: { body: 'x' } }, 'manages')).json.error.code).toBe(10);
    expect((await stand.send({ text: { body: 'x' } }, 'writes')).status).toBe(200);
    expect((await stand.graph('GET', `${accountId}/phone_numbers`, undefined, 'writes')).json.error.code).toBe(10);
  });

  it('refuses a token after its time, on the clock', async () => {
    const expiresAt = new Date(stand.clock.now() + DAY).toISOString();
    await stand.control('POST', 'world', { tokens: [{ token: 'short', appId, accountIds: [accountId], expiresAt }] });
    expect((await stand.graph('GET', numberId, undefined, 'short')).status).toBe(200);
    await stand.pass(DAY);
    const answer = await stand.graph('GET', numberId, undefined, 'short');
    expect(answer.json.error).toMatchObject({ code: 190, error_subcode: 463 });
    const debug = await stand.graph('GET', 'debug_token?input_token=short', undefined, `${appId}|${appSecret}`);
    expect(debug.json.data).toMatchObject({ is_valid: false, error: { subcode: 463 } });
  });

  it('does not answer what it does not know', async () => {
    expect((await stand.graph('POST', `${numberId}/nonsense`, {})).json.error.code).toBe(100);
    expect((await stand.call('POST', `/graph/v24.0/${numberId}/messages`, undefined, bearer)).json.error.code).toBe(
      100,
    );
    const headers = { ...bearer, 'content-type': 'application/json' };
    const broken = await fetch(`${stand.url}/graph/v24.0/${numberId}/messages`, {
      method: 'POST',
      headers,
      body: '{"a":',
    });
    expect(broken.status).toBe(400);
  });
});

describe('tokens', () => {
  const exchange = (code: string, secret: string = appSecret) =>
    stand.call('GET', `/graph/v24.0/oauth/access_token?client_id=${appId}&client_secret=${secret}&code=${code}`);
  const newCode = async (): Promise<string> => (await stand.control('POST', 'codes', { appId, accountId })).json.code;

  it('exchanges a code once, within 30 seconds, with the right secret', async () => {
    const code = await newCode();
    expect((await exchange(code, 'wrong')).json.error.code).toBe(1);
    const { json } = await exchange(code);
    expect(json).toEqual({ access_token: expect.stringMatching(/^EAA/), token_type: 'bearer' });
    expect((await stand.graph('GET', `${accountId}/phone_numbers`, undefined, json.access_token)).status).toBe(200);
    expect((await exchange(code)).json.error).toMatchObject({ code: 100, error_subcode: 36_009 });
    const late = await newCode();
    await stand.pass(30_000);
    expect((await exchange(late)).json.error).toMatchObject({ code: 100, error_subcode: 36_007 });
    expect((await exchange('nonsense')).json.error.code).toBe(100);
  });

  it('says what a token may', async () => {
    const { json } = await stand.graph('GET', `debug_token?input_token=${token}`, undefined, `${appId}|${appSecret}`);
    expect(json.data).toMatchObject({
      app_id: appId,
      type: 'SYSTEM_USER',
      is_valid: true,
      expires_at: 0,
      scopes: expect.arrayContaining(['whatsapp_business_messaging']),
      granular_scopes: expect.arrayContaining([{ scope: 'whatsapp_business_messaging', target_ids: [accountId] }]),
    });
    const unknown = await stand.graph('GET', 'debug_token?input_token=nonsense');
    expect(unknown.json.data).toMatchObject({ is_valid: false, error: { code: 190 } });
  });
});

describe('subscriptions of an app', () => {
  const asApp = `${appId}|${appSecret}`;
  const path = `${appId}/subscriptions`;

  it('are for the app itself, and say where its webhooks go', async () => {
    const { json } = await stand.graph('GET', path, undefined, asApp);
    expect(json.data[0]).toMatchObject({
      object: 'whatsapp_business_account',
      callback_url: `${stand.receiver.url}/hook`,
      active: true,
    });
    expect(json.data[0].fields).toContainEqual({ name: 'messages', version: 'v26.0' });
    expect(json.data[1]).toMatchObject({ object: 'page', fields: [{ name: 'leadgen', version: 'v26.0' }] });
    expect((await stand.graph('GET', path)).json.error.code).toBe(15);
  });

  it('are changed after the handshake, to the fields that are wanted', async () => {
    const wish = {
      object: 'whatsapp_business_account',
      callback_url: `${stand.receiver.url}/new`,
      verify_token: 'wrong',
      fields: 'messages',
    };
    expect((await stand.graph('POST', path, wish, asApp)).json.error.code).toBe(2200);
    const right = { ...wish, verify_token: defaultWorld.verifyToken };
    expect((await stand.graph('POST', path, right, asApp)).json).toEqual({ success: true });
    await stand.act({ type: 'text', body: 'hola' });
    await stand.control('POST', `accounts/${accountId}/events`, { event: 'review', decision: 'APPROVED' });
    await stand.pass(0);
    expect(stand.receiver.received.map(({ path: at, body }) => [at, body.entry[0].changes[0].field])).toEqual([
      ['/new', 'messages'],
    ]);
    await stand.graph('DELETE', path, undefined, asApp);
    expect((await stand.graph('GET', path, undefined, asApp)).json).toEqual({ data: [] });
  });
});

describe('numbers', () => {
  it('lists those of an account, page by page', async () => {
    const one = await stand.graph('GET', `${accountId}/phone_numbers?limit=1&fields=id,display_phone_number`);
    expect(one.json.data).toEqual([{ id: numberId, display_phone_number: expect.stringMatching(/^\+54 /) }]);
    const headers = bearer;
    const next = await (await fetch(one.json.paging.next, { headers })).json();
    expect(next).toMatchObject({ data: [{ id: second.numberId }] });
    expect(next).not.toHaveProperty('paging.next');
  });

  it('gives the fields that are asked for', async () => {
    const fields =
      'verified_name,quality_rating,status,throughput,health_status{can_send_message},whatsapp_business_manager_messaging_limit';
    const { json } = await stand.graph('GET', `${numberId}?fields=${fields}`);
    expect(json).toMatchObject({
      id: numberId,
      verified_name: 'Rara y Mágica',
      quality_rating: 'GREEN',
      status: 'CONNECTED',
      throughput: { level: 'STANDARD' },
      health_status: { can_send_message: 'AVAILABLE' },
      whatsapp_business_manager_messaging_limit: 'TIER_2K',
    });
    expect(json).not.toHaveProperty('display_phone_number');
    expect((await stand.graph('GET', `${numberId}?fields=nonsense`)).json.error.code).toBe(100);
  });

  it('shows trouble with payment in its health', async () => {
    await stand.turn({ paymentProblem: true });
    const { json } = await stand.graph('GET', `${numberId}?fields=health_status`);
    expect(json.health_status.can_send_message).toBe('LIMITED');
  });

  it('registers with a PIN, ten times at most', async () => {
    const register = (pin: string) =>
      stand.graph('POST', `${numberId}/register`, { messaging_product: 'whatsapp', pin });
    expect((await register('12345')).json.error.code).toBe(100);
    expect((await register('123456')).json).toEqual({ success: true });
    expect((await register('654321')).json.error.code).toBe(133005);
    for (let time = 0; time < 7; time += 1) await register('123456');
    expect((await register('123456')).json.error.code).toBe(133016);
    await stand.pass(3 * DAY);
    expect((await register('123456')).status).toBe(200);
  });

  it('tells how much of the limits is used', async () => {
    const { headers } = await stand.graph('GET', `${accountId}/phone_numbers`);
    const usage = JSON.parse(headers.get('x-business-use-case-usage') ?? '{}');
    expect(usage[accountId]).toMatchObject([{ type: 'whatsapp', call_count: 1, estimated_time_to_regain_access: 0 }]);
  });
});

describe('media', () => {
  const upload = async (bytes: Uint8Array<ArrayBuffer>, type: string, product?: string) => {
    const body = form(bytes, type, product);
    const answer = await fetch(`${stand.url}/graph/v24.0/${numberId}/media`, { method: 'POST', headers: bearer, body });
    // biome-ignore lint/suspicious/noExplicitAny: bodies of Meta's, looked into by tests
    return { status: answer.status, json: (await answer.json()) as any };
  };

  it('keeps a file, tells where it is for five minutes, and gives it only with the token', async () => {
    const { json } = await upload(png, 'image/png');
    const shown = await stand.graph('GET', `${json.id}?phone_number_id=${numberId}`);
    expect(shown.json).toMatchObject({
      id: json.id,
      mime_type: 'image/png',
      file_size: png.length,
      messaging_product: 'whatsapp',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { url } = shown.json;
    expect((await fetch(url)).status).toBe(403);
    const answer = await fetch(url, { headers: bearer });
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(png);
    expect((await fetch(url.replace(/mid=\d+/, 'mid=1'), { headers: bearer })).status).toBe(404);
    await stand.pass(5 * 60_000);
    expect((await fetch(url, { headers: bearer })).status).toBe(404);
    const again = await stand.graph('GET', json.id);
    expect((await fetch(again.json.url, { headers: bearer })).status).toBe(200);
  });

  it('keeps what was uploaded 30 days, what was received 7', async () => {
    const { json } = await upload(png, 'image/png');
    const { mediaId } = await stand.upload(png, 'image/png');
    await stand.act({ type: 'image', mediaId, caption: '¿Hay?' });
    await stand.pass(6 * DAY);
    expect((await stand.graph('GET', mediaId)).status).toBe(200);
    await stand.pass(DAY);
    expect((await stand.graph('GET', mediaId)).json.error.code).toBe(100);
    await stand.pass(22 * DAY);
    expect((await stand.graph('GET', json.id)).status).toBe(200);
    await stand.pass(DAY);
    expect((await stand.graph('GET', json.id)).json.error.code).toBe(100);
  });

  it('is of one number only', async () => {
    const { json } = await upload(png, 'image/png');
    expect((await stand.graph('GET', `${json.id}?phone_number_id=${second.numberId}`)).json.error.code).toBe(100);
    const message = { messaging_product: 'whatsapp', to: '+5491155550171', type: 'image', image: { id: json.id } };
    expect((await stand.graph('POST', `${second.numberId}/messages`, message)).json.error.code).toBe(100);
  });

  it('deletes a file', async () => {
    const { json } = await upload(png, 'image/png');
    expect((await stand.graph('DELETE', json.id)).json).toEqual({ success: true });
    expect((await stand.graph('GET', json.id)).json.error.code).toBe(100);
  });

  it.each([
    ['another product', png, 'image/png', 'telegram', 100],
    ['a page', png, 'text/html', undefined, 100],
    ['a drawing', png, 'image/svg+xml', undefined, 100],
    ['a picture above 5 MB', new Uint8Array(5 * 1024 * 1024 + 1), 'image/jpeg', undefined, 131053],
    ['a still sticker above 100 KB', webp(100 * 1024 + 1), 'image/webp', undefined, 131053],
    ['a moving sticker above 500 KB', webp(500 * 1024 + 1, true), 'image/webp', undefined, 131053],
  ])('refuses %s', async (_, bytes, type, product, code) => {
    const answer = await upload(bytes, type, product);
    expect(answer.json.error.code).toBe(code);
  });

  it('takes stickers up to 100 KB, and up to 500 KB when they move', async () => {
    expect((await upload(webp(100 * 1024), 'image/webp')).status).toBe(200);
    expect((await upload(webp(500 * 1024, true), 'image/webp')).status).toBe(200);
  });

  it('refuses a form without a file', async () => {
    const body = new FormData();
    body.set('messaging_product', 'whatsapp');
    const answer = await fetch(`${stand.url}/graph/v24.0/${numberId}/media`, { method: 'POST', headers: bearer, body });
    expect(answer.status).toBe(400);
  });
});

describe('templates', () => {
  const path = `${accountId}/message_templates`;
  const wish = (over: object = {}, body: object = {}) => ({
    name: 'nueva_1',
    language: 'es_AR',
    category: 'UTILITY',
    components: [
      { type: 'BODY', text: 'Hola {{1}}, gracias por tu compra de hoy.', example: { body_text: [['Ana']] }, ...body },
    ],
    ...over,
  });
  const withButtons = (...buttons: object[]) => ({
    components: [
      { type: 'BODY', text: 'Hola' },
      { type: 'BUTTONS', buttons },
    ],
  });
  const reply = (text: string) => ({ type: 'QUICK_REPLY', text });
  const words = (text: string) => ({ type: 'BODY', text });
  const having = (component: object) => ({ components: [words('Hola'), component] });
  const heading = (text: string, examples?: string[]) => ({
    type: 'HEADER',
    format: 'TEXT',
    text,
    ...(examples && { example: { header_text: examples } }),
  });
  const offer = (text = 'Vence hoy') => ({
    type: 'LIMITED_TIME_OFFER',
    limited_time_offer: { text, has_expiration: true },
  });
  const picture = { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::aW'] } };
  const card = (...buttons: object[]) => ({
    components: [
      picture,
      words('Desde mañana'),
      { type: 'BUTTONS', buttons: buttons.length > 0 ? buttons : [reply('Quiero')] },
    ],
  });
  const bareCard = { components: [picture, words('Desde mañana')] };
  const manyButtons = card(reply('a'), reply('b'), reply('c'));
  const url = { type: 'URL', text: 'Ver', url: 'https://tienda.example/{{1}}', example: ['https://tienda.example/a'] };

  it('lists them page by page, and by filter', async () => {
    const seen: string[] = [];
    let next: string | undefined = `${stand.url}/graph/v24.0/${path}?fields=name,status&limit=2`;
    while (next) {
      // biome-ignore lint/suspicious/noExplicitAny: bodies of Meta's, looked into by tests
      const page: any = await (await fetch(next, { headers: bearer })).json();
      seen.push(...page.data.map(({ name }: { name: string }) => name));
      next = page.paging?.next;
    }
    expect(seen).toEqual(Object.values(defaultWorld.templates));
    const marketing = await stand.graph('GET', `${path}?category=MARKETING`);
    expect(marketing.json.data).toMatchObject([{ name: 'novedades', parameter_format: 'NAMED', status: 'APPROVED' }]);
    expect((await stand.graph('GET', `${path}?status=REJECTED`)).json).toEqual({ data: [] });
    expect((await stand.graph('GET', `${path}?name=tu_reserva&language=es`)).json.data).toHaveLength(1);
  });

  it('makes one that waits for review, then approves it and says so', async () => {
    const { json } = await stand.graph('POST', path, wish());
    expect(json).toEqual({ id: expect.stringMatching(/^\d+$/), status: 'PENDING', category: 'UTILITY' });
    const message = {
      type: 'template',
      template: {
        name: 'nueva_1',
        language: { code: 'es_AR' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ana' }] }],
      },
    };
    expect((await stand.send(message)).json.error.code).toBe(132001);
    await stand.pass(10_000);
    expect(stand.receiver.changes('message_template_status_update')).toMatchObject([
      { event: 'APPROVED', message_template_name: 'nueva_1', message_template_language: 'es-AR', reason: 'NONE' },
    ]);
    expect((await stand.send(message)).status).toBe(200);
    expect((await stand.graph('POST', path, wish())).json.error).toMatchObject({ code: 100, error_subcode: 2388024 });
  });

  it.each<[string, object, number?]>([
    ['a name with capitals', wish({ name: 'Nueva' })],
    ['an unknown language', wish({ language: 'es-AR' })],
    ['an unknown category', wish({ category: 'SERVICE' })],
    ['no body', wish({ components: [{ type: 'FOOTER', text: 'x' }] })],
    ['a body of 1025', wish({}, { text: 'x'.repeat(1025) })],
    ['a variable at the start', wish({}, { text: '{{1}} gracias por tu compra de hoy' }), 2388299],
    ['a variable at the end', wish({}, { text: 'Gracias por tu compra de hoy {{1}}' }), 2388299],
    [
      'too many variables',
      wish({}, { text: 'a {{1}} {{2}} {{3}} b', example: { body_text: [['a', 'b', 'c']] } }),
      2388293,
    ],
    ['a variable without example', wish({}, { example: undefined }), 2388043],
    [
      'two variables with one example',
      wish({}, { text: 'Hola {{1}}, gracias por comprar en {{2}} el día de hoy.' }),
      2388043,
    ],
    ['an empty example', wish({}, { example: { body_text: [['']] } }), 2388043],
    [
      'an example for another name',
      wish(
        { parameter_format: 'named' },
        {
          text: 'Hola {{nombre}}, gracias por tu compra.',
          example: { body_text_named_params: [{ param_name: 'tienda', example: 'Rara' }] },
        },
      ),
      2388043,
    ],
    ['a variable in the header without example', wish(having(heading('Para {{1}}'))), 2388043],
    ['a variable in the header that is not the first', wish(having(heading('Para {{2}}', ['Ana'])))],
    ['a variable in the footer', wish(having({ type: 'FOOTER', text: 'Para {{1}}' }))],
    ['equal quick replies', wish(withButtons(reply('Sí'), reply('Sí')))],
    ['a carousel of junk', wish(having({ type: 'CAROUSEL', cards: [{ nonsense: 1 }, { nonsense: 2 }] }))],
    ['a carousel without cards', wish(having({ type: 'CAROUSEL' }))],
    ['a carousel of one card', wish(having({ type: 'CAROUSEL', cards: [card()] }))],
    ['cards that differ', wish(having({ type: 'CAROUSEL', cards: [card(), card(reply('Otro'), reply('Más'))] }))],
    ['a card without buttons', wish(having({ type: 'CAROUSEL', cards: [bareCard, bareCard] }))],
    ['a card with three buttons', wish(having({ type: 'CAROUSEL', cards: [manyButtons, manyButtons] }))],
    ['an offer without a text', wish(having({ type: 'LIMITED_TIME_OFFER' }))],
    ['an offer of 17', wish(having(offer('x'.repeat(17))))],
    ['an offer with a body of 601', wish({ components: [words('x'.repeat(601)), offer()] })],
    [
      'an offer whose code comes last',
      wish({
        components: [words('Hola'), offer(), { type: 'BUTTONS', buttons: [url, { type: 'COPY_CODE', example: 'X' }] }],
      }),
    ],
    ['variables out of order', wish({}, { text: 'Hola {{2}}, gracias por tu compra de hoy.' })],
    [
      'a footer of 61',
      wish({
        components: [
          { type: 'BODY', text: 'Hola' },
          { type: 'FOOTER', text: 'x'.repeat(61) },
        ],
      }),
    ],
    [
      'a header of 61',
      wish({
        components: [
          { type: 'BODY', text: 'Hola' },
          { type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) },
        ],
      }),
    ],
    [
      'a picture without example',
      wish({
        components: [
          { type: 'BODY', text: 'Hola' },
          { type: 'HEADER', format: 'IMAGE' },
        ],
      }),
    ],
    ['three links', wish(withButtons(url, url, url))],
    ['eleven buttons', wish(withButtons(...Array.from({ length: 11 }, (_, place) => reply(`b${place}`))))],
    ['replies apart', wish(withButtons(reply('a'), url, reply('b')))],
    ['a label of 26', wish(withButtons(reply('x'.repeat(26))))],
    ['a variable within a link', wish(withButtons({ ...url, url: 'https://tienda.example/{{1}}/x' }))],
    ['a time to live that is too long', wish({ message_send_ttl_seconds: 50_000 })],
    ['an unknown member', wish({ nonsense: 1 })],
  ])('refuses %s', async (_, body, subcode) => {
    const answer = await stand.graph('POST', path, body);
    expect(answer.status).toBe(400);
    expect(answer.json.error.code).toBe(100);
    if (subcode) expect(answer.json.error.error_subcode).toBe(subcode);
  });

  it.each<[string, object]>([
    ['a header with a variable', wish(having(heading('Para {{1}}', ['Ana'])))],
    [
      'names for variables',
      wish({
        parameter_format: 'named',
        components: [
          {
            type: 'HEADER',
            format: 'TEXT',
            text: 'Para {{nombre}}',
            example: { header_text_named_params: [{ param_name: 'nombre', example: 'Ana' }] },
          },
          words('Hola'),
        ],
      }),
    ],
    ['a carousel', wish(having({ type: 'CAROUSEL', cards: [card(), card()] }))],
    [
      'an offer with its code and link',
      wish({
        components: [words('Hola'), offer(), { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'X' }, url] }],
      }),
    ],
  ])('takes %s', async (_, body) => {
    const { status, json } = await stand.graph('POST', path, body);
    expect([status, json.error]).toEqual([200, undefined]);
  });

  it('says what is missing as Meta does', async () => {
    const { json } = await stand.graph('POST', path, wish({}, { example: undefined }));
    expect(json.error).toMatchObject({
      message: 'Invalid parameter',
      type: 'OAuthException',
      code: 100,
      error_subcode: 2388043,
      error_user_title: 'Message template "components" param is missing expected field(s)',
      error_user_msg: 'component of type BODY is missing expected field(s) (example)',
    });
  });

  it('blocks the name of an approved one that was deleted for 30 days', async () => {
    await stand.graph('DELETE', `${path}?name=tu_reserva`);
    const again = () => stand.graph('POST', path, wish({ name: 'tu_reserva' }));
    expect((await again()).json.error).toMatchObject({ code: 100, error_subcode: 2388023 });
    await stand.pass(30 * DAY - 1000);
    expect((await again()).status).toBe(400);
    await stand.pass(1000);
    expect((await again()).status).toBe(200);
    await stand.graph('DELETE', `${path}?name=tu_reserva`);
    expect((await again()).status).toBe(200);
  });

  it('blocks only the language that was deleted', async () => {
    await stand.graph('DELETE', `${path}?name=tu_reserva&hsm_id=9007199254740993`);
    expect((await stand.graph('POST', path, wish({ name: 'tu_reserva', language: 'es' }))).status).toBe(400);
    expect((await stand.graph('POST', path, wish({ name: 'tu_reserva' }))).status).toBe(200);
  });

  it('edits an approved one once a day, and reviews it anew', async () => {
    const templateId = '9007199254740994';
    const components = [
      { type: 'BODY', text: 'Tu reserva {{1}} vence pronto, mirala.', example: { body_text: [['a']] } },
    ];
    expect((await stand.graph('POST', templateId, { components })).json).toEqual({ success: true });
    expect((await stand.graph('POST', templateId, { components })).json.error.error_subcode).toBe(2388039);
    await stand.pass(5000);
    expect((await stand.graph('GET', `${templateId}?fields=status,components`)).json).toEqual({
      id: templateId,
      status: 'APPROVED',
      components,
    });
    expect((await stand.graph('POST', templateId, { components })).json.error.error_subcode).toBe(2388039);
    await stand.pass(DAY);
    expect((await stand.graph('POST', templateId, { components })).status).toBe(200);
  });

  it('deletes all languages of a name, or one', async () => {
    await stand.graph('POST', path, wish({ name: 'tu_reserva' }));
    expect((await stand.graph('DELETE', `${path}?name=tu_reserva&hsm_id=9007199254740993`)).json).toEqual({
      success: true,
    });
    expect((await stand.graph('GET', `${path}?name=tu_reserva`)).json.data).toHaveLength(1);
    expect((await stand.graph('DELETE', `${path}?name=tu_reserva`)).json).toEqual({ success: true });
    expect((await stand.graph('DELETE', `${path}?name=tu_reserva`)).status).toBe(400);
  });
});

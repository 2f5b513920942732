import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openGraph } from '../../../functions/whatsapp/graph.client.ts';
import type { Call } from '../../../functions/whatsapp/graph-call.client.ts';
import { GraphError } from '../../../functions/whatsapp/graph-error.ts';
import { graphLines, uploadsFrom } from '../../../functions/whatsapp/graph-line.client.ts';
import { aConnection } from '../../support/builders.ts';
import { failureOf } from '../../support/ports.ts';

const TOKEN = 'EAAG-a-token-that-nobody-may-see';
const graphUrl = 'https://graph.facebook.com';

interface Asked {
  url: URL;
  options: Parameters<Call>[1];
}

type Answer = { status?: number; json?: unknown; body?: string } | Error;

/** Answers in turn, and what was asked. */
const network = (...answers: Answer[]) => {
  const asked: Asked[] = [];
  const call: Call = async (url, options) => {
    asked.push({ url, options });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    const { status = 200, json = {}, body } = answer;
    return { status, body: Buffer.from(body ?? JSON.stringify(json)) };
  };
  return { asked, call };
};

const open = (...answers: Answer[]) => {
  const { asked, call } = network(...answers);
  return { asked, graph: openGraph({ graphUrl, version: 'v25.0', call }) };
};

const accepted = { messages: [{ id: 'wamid.1' }], contacts: [{ input: '+5491161234567', wa_id: '5491161234567' }] };
const refusal = (code: number, more: object = {}) => ({
  error: { message: `(#${code}) no`, type: 'OAuthException', code, ...more },
});
const send = (...answers: Answer[]) => open(...answers).graph.send(TOKEN, '123456', { type: 'text' });

describe('sending', () => {
  it('posts JSON with the token in a header only', async () => {
    const { asked, graph } = open({ json: accepted });
    expect(await graph.send(TOKEN, '123456', { type: 'text' })).toEqual({
      metaId: 'wamid.1',
      held: false,
      waId: '5491161234567',
      userId: undefined,
    });
    const [{ url, options }] = asked as [Asked];
    expect(url.href).toBe('https://graph.facebook.com/v25.0/123456/messages');
    expect(options).toMatchObject({
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: '{"type":"text"}',
    });
  });

  it('knows a message that is held', async () => {
    const json = { messages: [{ id: 'wamid.1', message_status: 'held_for_quality_assessment' }] };
    expect(await send({ json })).toMatchObject({ held: true });
  });

  it('proves the token when the app’s secret is given', async () => {
    const { asked, call } = network({ json: accepted });
    await openGraph({ graphUrl, version: 'v25.0', appSecret: 's', call }).send(TOKEN, '1', {});
    const proof = createHmac('sha256', 's').update(TOKEN).digest('hex');
    expect(asked[0]?.url.searchParams.get('appsecret_proof')).toBe(proof);
  });

  const notSent = Object.assign(new Error('connect ECONNREFUSED'), { sent: false });
  const timedOut = Object.assign(new Error('no answer within 8000 ms'), { sent: true });

  it.each<[string, Answer, Partial<GraphError>]>([
    [
      'a clear no',
      { status: 400, json: refusal(131047, { error_data: { details: 'too late' } }) },
      { code: 131047, details: 'too late', httpStatus: 400, mayHaveArrived: false },
    ],
    ['a no with a server’s status', { status: 500, json: refusal(131000) }, { code: 131000, mayHaveArrived: false }],
    [
      'a no that says it passes',
      { status: 500, json: refusal(2, { is_transient: true }) },
      { code: 2, transient: true, mayHaveArrived: false },
    ],
    [
      'a no with a subcode',
      { status: 400, json: refusal(100, { error_subcode: 33 }) },
      { code: 100, subcode: 33, mayHaveArrived: false },
    ],
    ['an error under a good status', { status: 200, json: refusal(130429) }, { code: 130429, mayHaveArrived: false }],
    [
      'a failed server without Meta’s words',
      { status: 502, body: '<html>Bad gateway</html>' },
      { code: undefined, httpStatus: 502, mayHaveArrived: true },
    ],
    ['a gateway that did not wait', { status: 504, body: '' }, { mayHaveArrived: true }],
    ['a request that was too slow', { status: 408, body: '' }, { mayHaveArrived: true }],
    [
      'a refusal without Meta’s words',
      { status: 429, body: 'slow down' },
      { code: undefined, httpStatus: 429, mayHaveArrived: false },
    ],
    ['an answer without an id', { json: { messages: [] } }, { mayHaveArrived: true }],
    ['an answer that is no JSON', { body: 'OK' }, { mayHaveArrived: true }],
    ['no connection', notSent, { mayHaveArrived: false, httpStatus: undefined }],
    ['no answer', timedOut, { mayHaveArrived: true, httpStatus: undefined }],
    ['a broken connection of unknown kind', new Error('socket hang up'), { mayHaveArrived: true }],
  ])('%s', async (_, answer, told) => {
    const error = await failureOf(send(answer));
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject(told);
    expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain(TOKEN);
  });
});

describe('files', () => {
  it('are uploaded as a form', async () => {
    const { asked, graph } = open({ json: { id: '77' } });
    const file = { body: Buffer.from([0xff, 0xd8, 0x00]), contentType: 'image/jpeg', fileName: 'a.jpg' };
    expect(await graph.uploadMedia(TOKEN, '123456', file)).toBe('77');
    const { headers, body } = (asked as [Asked])[0].options;
    const form = await new Response(body as unknown as BodyInit, { headers: headers as HeadersInit }).formData();
    expect([form.get('messaging_product'), form.get('type')]).toEqual(['whatsapp', 'image/jpeg']);
    const sent = form.get('file') as File;
    expect([sent.name, sent.type, Buffer.from(await sent.arrayBuffer())]).toEqual(['a.jpg', 'image/jpeg', file.body]);
  });

  it('are announced, or not there any more', async () => {
    const info = { url: 'https://lookaside.fbsbx.com/x', mime_type: 'image/jpeg', sha256: 'ab', file_size: '12' };
    const { asked, graph } = open({ json: info }, { status: 400, json: refusal(100, { error_subcode: 33 }) });
    expect(await graph.mediaInfo(TOKEN, '123456', '9')).toEqual({
      url: info.url,
      mimeType: 'image/jpeg',
      sha256: 'ab',
      bytes: 12,
    });
    expect(asked[0]?.url.searchParams.get('phone_number_id')).toBe('123456');
    expect(await graph.mediaInfo(TOKEN, '123456', '9')).toBeUndefined();
  });

  it.each(['https://lookaside.fbsbx.com/x', 'https://scontent.xx.fbcdn.net/x', 'https://graph.facebook.com/x'])(
    'come from %s',
    async (address) => {
      const { asked, graph } = open({ body: 'file' });
      expect(await graph.download(TOKEN, address)).toEqual({ body: Buffer.from('file') });
      expect(asked[0]?.options.headers).toEqual({ authorization: `Bearer ${TOKEN}` });
    },
  );

  it.each([
    'https://evil.example/x',
    'http://lookaside.fbsbx.com/x',
    'https://fbsbx.com.evil.example/x',
    'https://evilfbsbx.com/x',
    'https://lookaside.fbsbx.com:8443/x',
    'https://lookaside.fbsbx.com@evil.example/x',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'nothing',
  ])('never come from %s', async (address) => {
    const { asked, graph } = open({ body: 'file' });
    await expect(graph.download(TOKEN, address)).rejects.toThrow('not on a host of Meta’s');
    expect(asked).toEqual([]);
  });

  it('may be gone, or too large', async () => {
    const tooLarge = Object.assign(new Error('too large'), { name: 'AnswerTooLarge' });
    const { graph } = open({ status: 404 }, tooLarge, { status: 500 });
    const address = 'https://lookaside.fbsbx.com/x';
    expect(await graph.download(TOKEN, address)).toBe('gone');
    expect(await graph.download(TOKEN, address)).toBe('too-large');
    expect(await failureOf(graph.download(TOKEN, address))).toBeInstanceOf(GraphError);
  });
});

/** A vault with the token as it is read, in turn; what was forgotten. */
const vault = (...values: (object | undefined)[]) => {
  let place = 0;
  const forgotten: string[] = [];
  return {
    forgotten,
    read: async () => values[Math.min(place, values.length - 1)],
    forget: (name: string) => {
      forgotten.push(name);
      place += 1;
    },
  };
};

describe('a line', () => {
  const connection = aConnection();
  const own = (token: string) => ({ token, shopId: connection.shopId });

  it('speaks the connection’s version with its token', async () => {
    const { asked, call } = network({ json: accepted });
    const line = await graphLines({ graphUrl, tokens: vault(own('t1')), call })(connection);
    await line?.send({});
    expect(asked[0]?.url.pathname).toBe(`/v25.0/${connection.phoneNumberId}/messages`);
    expect(asked[0]?.options.headers).toMatchObject({ authorization: 'Bearer t1' });
  });

  it('is not there without a token, or with another shop’s', async () => {
    const { call } = network();
    expect(await graphLines({ graphUrl, tokens: vault(undefined), call })(connection)).toBeUndefined();
    const others = vault({ token: 't', shopId: 'another' });
    expect(await graphLines({ graphUrl, tokens: others, call })(connection)).toBeUndefined();
  });

  it('looks again before it believes that there is no token', async () => {
    const { asked, call } = network({ json: accepted });
    const line = await graphLines({ graphUrl, tokens: vault(undefined, own('t2')), call })(connection);
    await line?.send({});
    expect(asked[0]?.options.headers).toMatchObject({ authorization: 'Bearer t2' });
  });

  it('takes the token that was changed meanwhile', async () => {
    const { asked, call } = network({ status: 401, json: refusal(190) }, { json: accepted });
    const tokens = vault(own('old'), own('new'));
    const line = await graphLines({ graphUrl, tokens, call })(connection);
    expect(await line?.send({})).toMatchObject({ metaId: 'wamid.1' });
    expect(asked.map(({ options }) => options.headers?.['authorization'])).toEqual(['Bearer old', 'Bearer new']);
    expect(tokens.forgotten).toEqual([connection.phoneNumberId]);
  });

  it('asks once when the token is what it was, and never again after silence', async () => {
    const refused = network({ status: 401, json: refusal(190) });
    const line = await graphLines({ graphUrl, tokens: vault(own('t'), own('t')), call: refused.call })(connection);
    expect(await failureOf(line?.send({}) ?? Promise.resolve())).toMatchObject({ code: 190 });
    expect(refused.asked).toHaveLength(1);
    const silent = network(new Error('socket hang up'));
    const other = await graphLines({ graphUrl, tokens: vault(own('t'), own('u')), call: silent.call })(connection);
    expect(await failureOf(other?.send({}) ?? Promise.resolve())).toMatchObject({ mayHaveArrived: true });
    expect(silent.asked).toHaveLength(1);
  });

  it('uploads a file of ours once for each number', async () => {
    const { asked, call } = network({ json: { id: '77' } }, { json: { id: '88' } });
    const bucket = {
      head: async (key: string) => (key === 'media/a.jpg' ? { bytes: 1, contentType: 'image/jpeg' } : undefined),
      get: async (key: string) => (key === 'media/a.jpg' ? Buffer.from('x') : undefined),
    };
    const lines = graphLines({ graphUrl, tokens: vault({ token: 't' }), readFile: uploadsFrom(bucket), call });
    const line = await lines(connection);
    expect(await line?.upload('media/a.jpg')).toBe('77');
    expect(await line?.upload('media/a.jpg')).toBe('77');
    expect(await (await lines(aConnection()))?.upload('media/a.jpg')).toBe('88');
    expect(await line?.upload('media/none.jpg')).toBeUndefined();
    expect(asked).toHaveLength(2);
  });
});

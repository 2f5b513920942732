import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClock } from '../../local/clock.ts';
import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import { createSimulator } from '../../local/whatsapp-simulator/simulator.ts';
import type { ChatMessage, CustomerMessage, Knobs } from '../../local/whatsapp-simulator/simulator-api.ts';

/** A webhook as it arrived. */
export interface Received {
  path: string;
  headers: IncomingMessage['headers'];
  raw: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of Meta's, looked into by tests
  body: any;
  at: number;
}

export const ana = '+5491155550171';
export const [first, second] = defaultWorld.numbers;
export const numberId = first.numberId;

const serve = async (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) => {
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
};

const readRaw = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** Somebody who gets webhooks: `answers` says with what status, 200 when it is empty. */
export const openReceiver = async (verifyToken: string = defaultWorld.verifyToken) => {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = await serve(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://receiver');
    if (request.method === 'GET') {
      const isOurs = url.searchParams.get('hub.verify_token') === verifyToken;
      response.writeHead(isOurs ? 200 : 403).end(isOurs ? url.searchParams.get('hub.challenge') : 'no');
      return;
    }
    const raw = await readRaw(request);
    const body = JSON.parse(raw.toString('utf8'));
    received.push({ path: url.pathname, headers: request.headers, raw, body, at: Date.now() });
    response.writeHead(answers.shift() ?? 200).end();
  });
  const values = () =>
    received.flatMap(({ body }) =>
      body.entry.flatMap((entry: { changes: { value: object }[] }) => entry.changes.map(({ value }) => value)),
    );
  return {
    ...server,
    received,
    answers,
    // biome-ignore lint/suspicious/noExplicitAny: bodies of Meta's, looked into by tests
    messages: (): any[] => values().flatMap((value: { messages?: object[] }) => value.messages ?? []),
    // biome-ignore lint/suspicious/noExplicitAny: bodies of Meta's, looked into by tests
    statuses: (): any[] => values().flatMap((value: { statuses?: object[] }) => value.statuses ?? []),
    // biome-ignore lint/suspicious/noExplicitAny: bodies of Meta's, looked into by tests
    changes: (field: string): any[] =>
      received.flatMap(({ body }) =>
        body.entry.flatMap((entry: { changes: { field: string; value: object }[] }) =>
          entry.changes.filter((change) => change.field === field).map(({ value }) => value),
        ),
      ),
  };
};

/** A simulator on a port of its own, and somebody whom it tells. */
export const openStand = async (options: { directory?: string; seed?: number; telling?: boolean } = {}) => {
  const clock = createClock();
  const receiver = await openReceiver();
  const handlers: { handle?: (request: IncomingMessage, response: ServerResponse) => Promise<void> } = {};
  const server = await serve(async (request, response) => handlers.handle?.(request, response));
  const simulator = createSimulator({ clock, url: server.url, seed: options.seed ?? 7, directory: options.directory });
  handlers.handle = (request, response) =>
    request.url?.startsWith('/graph/') ? simulator.graph(request, response) : simulator.control(request, response);
  const { appId, verifyToken } = defaultWorld;
  if (options.telling ?? true) simulator.pointWebhooks(appId, { callbackUrl: `${receiver.url}/hook`, verifyToken });

  const call = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    // biome-ignore lint/suspicious/noExplicitAny: bodies of Meta's, looked into by tests
    let json: any;
    try {
      json = text === '' ? undefined : JSON.parse(text);
    } catch {
      json = undefined;
    }
    return { status: answer.status, headers: answer.headers, text, json };
  };
  const control = (method: string, path: string, body: object | undefined = method === 'GET' ? undefined : {}) =>
    call(method, `/simulator/api/${path}`, body);
  const graph = (method: string, path: string, body?: object, token: string = defaultWorld.token) =>
    call(method, `/graph/v24.0/${path}`, body, { authorization: `Bearer ${token}` });

  return {
    url: server.url,
    clock,
    simulator,
    receiver,
    call,
    control,
    graph,
    turn: (knobs: Partial<Knobs>) => control('PATCH', 'knobs', knobs),
    /** Sends to Ana, unless told otherwise. */
    send: (message: object, token?: string) =>
      graph('POST', `${numberId}/messages`, { messaging_product: 'whatsapp', to: ana, ...message }, token),
    act: async (act: CustomerMessage, phoneId = 'ana'): Promise<ChatMessage> => {
      const answer = await control('POST', `chats/${phoneId}/${numberId}/messages`, act);
      if (answer.status !== 201) throw new Error(answer.text);
      return answer.json;
    },
    upload: async (
      bytes: Uint8Array<ArrayBuffer>,
      mimeType: string,
      fileName = 'a file',
    ): Promise<{ mediaId: string }> => {
      const headers = { 'content-type': mimeType, 'x-file-name': encodeURIComponent(fileName) };
      const answer = await fetch(`${server.url}/simulator/api/uploads`, { method: 'POST', headers, body: bytes });
      return (await answer.json()) as { mediaId: string };
    },
    /** Lets so much time pass, and all that falls into it happen. */
    pass: async (ms: number) => {
      clock.advance(ms);
      await simulator.settled();
    },
    chat: async (phoneId = 'ana') => {
      const { json } = await control('GET', 'state');
      return json.chats.find(
        (one: { phoneId: string; numberId: string }) => one.phoneId === phoneId && one.numberId === numberId,
      );
    },
    close: async () => {
      await simulator.close();
      server.close();
      receiver.close();
    },
  };
};

export type Stand = Awaited<ReturnType<typeof openStand>>;

export const signed = (raw: Buffer, secret: string = defaultWorld.appSecret): string =>
  `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`;

export const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

/** So many bytes of a sticker; `moves`: of one with more than one frame. */
export const webp = (bytes: number, moves = false): Uint8Array<ArrayBuffer> => {
  const sticker = new Uint8Array(bytes);
  sticker.set(new TextEncoder().encode('RIFF....WEBPVP8X'));
  sticker[20] = moves ? 0x12 : 0x10;
  return sticker;
};

/** A form with a file, as the Graph API takes uploads. */
export const form = (bytes: Uint8Array<ArrayBuffer>, type: string, product = 'whatsapp'): FormData => {
  const body = new FormData();
  body.set('messaging_product', product);
  body.set('type', type);
  body.set('file', new Blob([bytes], { type }), 'file');
  return body;
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import { happenTo, showNumber, showTemplate } from './account-events.ts';
import { showChat, showMessage, tellMessage } from './chats.ts';
import { type Context, isoTime } from './context.ts';
import {
  type Input,
  need,
  readFile,
  readInput,
  toAct,
  toAppWebhook,
  toChatChange,
  toEcho,
  toNewLead,
  toNewPhone,
  toNumberChange,
  toPhoneChange,
  toWorldAddition,
} from './control-input.ts';
import { ControlRefused, found } from './control-refused.ts';
import { actAsCustomer, pairOf } from './customer-acts.ts';
import { playMessage, readChat } from './delivery.ts';
import { streamEvents } from './event-stream.ts';
import { calmKnobs, KnobRefused, turnKnobs } from './knobs.ts';
import { takeLead } from './leads.ts';
import { sha256Of } from './media-shelf.ts';
import { echoFromPhoneApp } from './owner-echo.ts';
import { addPhone, changeChat, changePhone, dropPhone, moveToNumber } from './phone-acts.ts';
import { type AccountEvent, SIMULATOR_API, type SimulatorState, type Upload } from './simulator-api.ts';
import { findMessage } from './world.ts';
import { addToWorld, setWebhook, showApp } from './world-additions.ts';

/** What the control does beyond the world. */
export interface ControlPorts {
  reset: () => void;
  settle: () => Promise<void>;
}

interface Asked {
  context: Context;
  ports: ControlPorts;
  input: Input;
  query: URLSearchParams;
  /** The variable parts of the path, in order. */
  ids: string[];
}

interface Given {
  status: number;
  value?: object;
}

type Action = (asked: Asked) => Given | Promise<Given>;

const ok = (value: object): Given => ({ status: 200, value });
const made = (value: object): Given => ({ status: 201, value });
const done: Given = { status: 204 };

const CODE_LIVES_MS = 30_000;

/** All that there is. */
export const stateOf = ({ world, feed, clock, graphUrl }: Context): SimulatorState => ({
  sequence: feed.sequence(),
  now: isoTime(clock.now()),
  graphUrl,
  apps: [...world.apps.values()].map(showApp),
  accounts: [...world.accounts.values()].map(({ accountId, businessId, name, subscribedApps }) => ({
    accountId,
    businessId,
    name,
    subscribedApps,
  })),
  numbers: [...world.numbers.values()].map(showNumber),
  templates: [...world.templates.values()].map(showTemplate),
  phones: [...world.phones.values()],
  chats: [...world.chats.values()].map(showChat),
  knobs: world.knobs,
});

const phoneOf = ({ context: { world }, ids: [phoneId = ''] }: Asked) =>
  found(world.phones.get(phoneId), `phone ${phoneId}`);
const pairAsked = ({ context, ids: [phoneId = '', numberId = ''] }: Asked) => pairOf(context, phoneId, numberId);

const play: Action = (asked) => {
  need(asked.input, { messageId: 'text' });
  const { chat } = pairAsked(asked);
  const messageId = String(asked.input['messageId']);
  const place = findMessage(asked.context.world, messageId);
  const message = found(place?.chat === chat ? place.message : undefined, `message ${messageId} in this chat`);
  if (message.content.type !== 'audio') throw new ControlRefused(409, 'only a voice message can be played');
  playMessage(asked.context, chat, message);
  tellMessage(asked.context, message);
  return ok(showMessage(message));
};

const open: Action = (asked) => {
  const { chat } = pairAsked(asked);
  readChat(asked.context, chat);
  return ok(showChat(chat));
};

const turn: Action = ({ context, input }) => {
  try {
    context.world.knobs = turnKnobs(context.world.knobs, input);
  } catch (error) {
    if (error instanceof KnobRefused) throw new ControlRefused(400, error.message);
    throw error;
  }
  context.feed.publish({ kind: 'knobs', knobs: context.world.knobs });
  return ok(context.world.knobs);
};

const calm: Action = ({ context }) => {
  context.world.knobs = { ...calmKnobs };
  context.feed.publish({ kind: 'knobs', knobs: context.world.knobs });
  return ok(context.world.knobs);
};

const giveCode: Action = ({ context, input }) => {
  need(input, { appId: 'text', accountId: 'text' });
  const [appId, accountId] = [String(input['appId']), String(input['accountId'])];
  found(context.world.apps.get(appId), `app ${appId}`);
  found(context.world.accounts.get(accountId), `account ${accountId}`);
  const code = `AQ${context.random.word(80)}`;
  context.world.codes.set(code, {
    code,
    appId,
    accountId,
    expiresAt: context.clock.now() + CODE_LIVES_MS,
    used: false,
  });
  return ok({ code });
};

const webhookOfApp: Action = async ({ context, input, ids: [appId = ''] }) => {
  const app = found(context.world.apps.get(appId), `app ${appId}`);
  return ok(await setWebhook(context, app, toAppWebhook(input)));
};

const accountEvent: Action = ({ context, input, ids: [accountId = ''] }) => {
  need(input, { event: 'text' });
  const account = found(context.world.accounts.get(accountId), `account ${accountId}`);
  return ok({ webhooks: happenTo(context, account, input as unknown as AccountEvent) });
};

const listTraffic: Action = ({ context, query }) => {
  const limit = Math.min(Math.max(Number(query.get('limit') ?? 500) || 500, 1), 500);
  return ok({ records: context.traffic.list(Number(query.get('after')) || 0, limit) });
};

const resend: Action = ({ context, ids: [trafficId = ''] }) => {
  if (!context.webhooks.again(trafficId)) throw new ControlRefused(404, `there is no webhook ${trafficId}`);
  return { status: 202, value: {} };
};

/** Paths below the API; `*` stands for an id. */
const actions: Readonly<Record<string, Action>> = {
  'GET state': ({ context }) => ok(stateOf(context)),
  'POST phones': ({ context, input }) => made(addPhone(context, toNewPhone(input))),
  'PATCH phones/*': (asked) => ok(changePhone(asked.context, phoneOf(asked), toPhoneChange(asked.input))),
  'DELETE phones/*': (asked) => {
    dropPhone(asked.context, phoneOf(asked));
    return done;
  },
  'POST phones/*/number': (asked) => ok(moveToNumber(asked.context, phoneOf(asked), toNumberChange(asked.input))),
  'GET chats/*/*': (asked) => ok(showChat(pairAsked(asked).chat)),
  'POST chats/*/*/messages': (asked) =>
    made(showMessage(actAsCustomer(asked.context, pairAsked(asked), toAct(asked.input)))),
  'POST chats/*/*/read': open,
  'POST chats/*/*/played': play,
  'PATCH chats/*/*': (asked) => ok(showChat(changeChat(asked.context, pairAsked(asked), toChatChange(asked.input)))),
  'POST chats/*/*/echo': (asked) =>
    made(showMessage(echoFromPhoneApp(asked.context, pairAsked(asked), toEcho(asked.input)))),
  'POST accounts/*/events': accountEvent,
  'POST leads': ({ context, input }) => ok({ leadgenId: takeLead(context, toNewLead(input)).leadgenId }),
  'POST codes': giveCode,
  'POST world': ({ context, input }) => {
    addToWorld(context, toWorldAddition(input));
    return ok(stateOf(context));
  },
  'PUT apps/*/webhook': webhookOfApp,
  'GET knobs': ({ context }) => ok(context.world.knobs),
  'PATCH knobs': turn,
  'DELETE knobs': calm,
  'GET traffic': listTraffic,
  'DELETE traffic': ({ context }) => {
    context.traffic.clear();
    return done;
  },
  'POST webhooks/*/again': resend,
  'POST settle': async ({ ports }) => {
    await ports.settle();
    return ok({});
  },
  'POST reset': ({ context, ports }) => {
    ports.reset();
    return ok(stateOf(context));
  },
};

const routes = Object.entries(actions).map(([route, action]) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, action, pattern: new RegExp(`^${path.replaceAll('*', '([^/]+)')}$`) };
});

const findAction = (method: string, path: string): { action: Action; ids: string[] } => {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match) return { action: route.action, ids: match.slice(1).map(decodeURIComponent) };
  }
  throw new ControlRefused(404, `the simulator has no ${method} ${path}`);
};

const give = (response: ServerResponse, { status, value }: Given): void => {
  const body = value === undefined ? '' : JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body);
};

const giveMedia = ({ world, media }: Context, response: ServerResponse, mediaId: string): void => {
  const row = found(world.media.get(mediaId), `media ${mediaId}`);
  const bytes = found(media.get(mediaId), `media ${mediaId}`);
  const type = /^(image|video|audio)\//.test(row.mimeType) ? row.mimeType : 'application/octet-stream';
  // what a customer sends must not become a page of this site
  const safe = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" };
  response.writeHead(200, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...safe,
  });
  response.end(bytes);
};

const takeUpload = async (context: Context, request: IncomingMessage): Promise<Given> => {
  const { bytes, mimeType, fileName } = await readFile(request);
  const { world, random, clock, media } = context;
  const mediaId = random.digits(16);
  const sha256 = sha256Of(bytes);
  const row = {
    mediaId,
    from: 'customer',
    mimeType,
    fileName,
    sha256,
    sizeBytes: bytes.length,
    createdAt: clock.now(),
  } as const;
  world.media.set(mediaId, row);
  media.put(mediaId, bytes);
  const upload: Upload = {
    mediaId,
    mimeType,
    sizeBytes: bytes.length,
    sha256,
    url: `${SIMULATOR_API}/media/${mediaId}`,
  };
  return made(upload);
};

const serve = async (
  context: Context,
  ports: ControlPorts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://simulator');
  const path = pathname.slice(SIMULATOR_API.length + 1);
  const method = request.method ?? 'GET';
  if (method === 'GET' && path === 'events') return streamEvents(context.feed, request, response, query);
  const mediaId = method === 'GET' ? /^media\/(\d+)$/.exec(path)?.[1] : undefined;
  if (mediaId !== undefined) return giveMedia(context, response, mediaId);
  if (method === 'POST' && path === 'uploads') return give(response, await takeUpload(context, request));
  const { action, ids } = findAction(method, path);
  const input = await readInput(request);
  give(response, await action({ context, ports, input, query, ids }));
};

/** Answers `/simulator/api/**`: what the phone page and tests do with the simulator. */
export const createControl =
  (context: Context, ports: ControlPorts) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await serve(context, ports, request, response);
    } catch (error) {
      if (!(error instanceof ControlRefused)) throw error;
      give(response, { status: error.status, value: { message: error.message } });
    }
  };

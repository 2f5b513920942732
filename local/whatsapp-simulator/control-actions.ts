import { happenTo, showNumber, showTemplate } from './account-events.ts';
import { showChat, showMessage, tellMessage } from './chats.ts';
import { type Context, isoTime } from './context.ts';
import {
  type Input,
  need,
  toAct,
  toAppWebhook,
  toChatChange,
  toEcho,
  toNewLead,
  toNewPhone,
  toNumberChange,
  toNumberSettings,
  toPhoneChange,
  toWorldAddition,
} from './control-input.ts';
import { ControlRefused, found } from './control-refused.ts';
import { actAsCustomer, pairOf } from './customer-acts.ts';
import { playMessage, readChat } from './delivery.ts';
import { calmKnobs, KnobRefused, turnKnobs } from './knobs.ts';
import { takeLead } from './leads.ts';
import { echoFromPhoneApp } from './owner-echo.ts';
import { addPhone, changeChat, changePhone, dropPhone, moveToNumber } from './phone-acts.ts';
import type { AccountEvent, SimulatorState } from './simulator-api.ts';
import { findMessage } from './world.ts';
import { addToWorld, setWebhook, showApp } from './world-additions.ts';

/** What the control does beyond the world. */
export interface ControlPorts {
  reset: () => void;
  settle: () => Promise<void>;
}

/** A request of the control. */
export interface Asked {
  context: Context;
  ports: ControlPorts;
  input: Input;
  query: URLSearchParams;
  /** The variable parts of the path, in order. */
  ids: string[];
}

/** What it gets. */
export interface Given {
  status: number;
  value?: object;
}

export type Action = (asked: Asked) => Given | Promise<Given>;

const ok = (value: object): Given => ({ status: 200, value });
export const made = (value: object): Given => ({ status: 201, value });
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

const setNumber: Action = ({ context, input, ids: [numberId = ''] }) => {
  const number = found(context.world.numbers.get(numberId), `number ${numberId}`);
  const { coexistence = number.coexistence, messagesPerSecond } = toNumberSettings(input);
  const pace = coexistence === number.coexistence ? number.messagesPerSecond : coexistence ? 20 : 80;
  Object.assign(number, { coexistence, messagesPerSecond: messagesPerSecond ?? pace });
  context.feed.publish({ kind: 'number', number: showNumber(number) });
  return ok(showNumber(number));
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
export const actions: Readonly<Record<string, Action>> = {
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
  'PATCH numbers/*': setNumber,
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

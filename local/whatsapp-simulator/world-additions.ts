import type { Context } from './context.ts';
import { ControlRefused } from './control-refused.ts';
import { newAccount, newNumber } from './default-world.ts';
import { GraphRefusal } from './graph-refusal.ts';
import { shakeHands } from './handshake.ts';
import { fillUserIds } from './phone-acts.ts';
import type { App, AppWebhook, WorldAddition } from './simulator-api.ts';
import { digitsOf } from './world.ts';
import type { AppRow } from './world-rows.ts';

const scopes = ['whatsapp_business_management', 'whatsapp_business_messaging', 'business_management'];
const colours = ['#2f6f8a', '#8a5a2f', '#5f7d2f', '#7d2f5f'];

/** An app without its secrets. */
export const showApp = ({ appSecret: _secret, verifyToken: _token, ...app }: AppRow): App => app;

const addApps = ({ world, random, feed }: Context, { apps = [] }: WorldAddition): void => {
  for (const { appId = random.digits(16), name = 'Otra app', ...given } of apps) {
    world.apps.set(appId, { appId, name, ...given });
    feed.publish({ kind: 'app', app: showApp({ appId, name, ...given }) });
  }
};

const addAccounts = ({ world, random }: Context, { accounts = [] }: WorldAddition): void => {
  for (const { accountId = random.digits(16), businessId = random.digits(16), name, subscribedApps = [] } of accounts) {
    world.accounts.set(accountId, newAccount({ accountId, businessId, name, subscribedApps }));
  }
};

const addNumbers = ({ world, random }: Context, { numbers = [] }: WorldAddition): void => {
  for (const { numberId = random.digits(16), accountId, displayNumber, verifiedName, coexistence } of numbers) {
    const account = world.accounts.get(accountId);
    if (!account) throw new ControlRefused(404, `there is no account ${accountId}`);
    const colour = colours[world.numbers.size % colours.length] ?? '#2f6f8a';
    const { businessId } = account;
    const display = `+${digitsOf(displayNumber)}`;
    const number = newNumber({
      numberId,
      accountId,
      businessId,
      displayNumber: display,
      verifiedName,
      colour,
      coexistence,
    });
    world.numbers.set(numberId, number);
  }
};

const addTokens = ({ world, clock }: Context, { tokens = [] }: WorldAddition): void => {
  for (const { token, appId, accountIds, expiresAt, type = 'SYSTEM_USER', ...given } of tokens) {
    const until = expiresAt === undefined ? undefined : Date.parse(expiresAt);
    const row = { token, appId, accountIds, type, pageIds: [], issuedAt: clock.now(), expiresAt: until };
    world.tokens.set(token, { ...row, scopes: given.scopes ?? scopes });
  }
};

/** Puts more into the world. Throws `ControlRefused`. */
export const addToWorld = (context: Context, addition: WorldAddition): void => {
  addApps(context, addition);
  addAccounts(context, addition);
  addNumbers(context, addition);
  addTokens(context, addition);
  fillUserIds(context);
  context.feed.publish({ kind: 'reload' });
};

/** Sets where an app's webhooks go, if the address proves that it expects them. Throws `ControlRefused`. */
export const setWebhook = async (context: Context, app: AppRow, webhook: AppWebhook): Promise<App> => {
  const { callbackUrl, verifyToken, fields } = webhook;
  if (!URL.canParse(callbackUrl)) throw new ControlRefused(400, 'callbackUrl must be a whole address');
  try {
    await shakeHands(callbackUrl, verifyToken, context.random);
  } catch (error) {
    if (error instanceof GraphRefusal) throw new ControlRefused(422, error.message);
    throw error;
  }
  Object.assign(app, { callbackUrl, verifyToken, fields });
  context.feed.publish({ kind: 'app', app: showApp(app) });
  return showApp(app);
};

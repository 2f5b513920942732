import type { AccountRow, AppRow, NumberRow, World } from './world-rows.ts';

/** An address that gets a webhook, and the app whose secret signs it. */
export interface Target {
  url: string;
  appId: string;
  /** It is the app's own address: where that moves, what still waits follows. */
  isOwn: boolean;
}

/** What a webhook is about. */
export interface Subject {
  field: string;
  accountId: string;
  numberId?: string;
}

const wants = ({ fields }: AppRow, field: string): boolean => fields === undefined || fields.includes(field);

/**
 * Overrides hold for `messages` only: the number's comes before the account's, and that before the app's own address.
 * Source: Meta, "Webhook overrides".
 */
const addressOf = (
  app: AppRow,
  account: AccountRow,
  number: NumberRow | undefined,
  field: string,
): string | undefined => {
  const override = field === 'messages' ? (number?.overrides[app.appId] ?? account.overrides[app.appId]) : undefined;
  return override?.url ?? app.callbackUrl;
};

/** Who gets a webhook: every app that the account has subscribed; nobody where none has, and then it is lost. */
export const targetsOf = (world: World, { field, accountId, numberId }: Subject): Target[] => {
  const account = world.accounts.get(accountId);
  const number = world.numbers.get(numberId ?? '');
  return (account?.subscribedApps ?? []).flatMap((appId) => {
    const app = world.apps.get(appId);
    const url = app && account && wants(app, field) ? addressOf(app, account, number, field) : undefined;
    return url ? [{ url, appId, isOwn: url === app?.callbackUrl }] : [];
  });
};

/** Who gets the leads of a page. */
export const leadTargetsOf = (world: World, pageId: string): Target[] =>
  (world.pages.get(pageId)?.subscribedApps ?? []).flatMap((appId) => {
    const app = world.apps.get(appId);
    return app?.callbackUrl && wants(app, 'leadgen') ? [{ url: app.callbackUrl, appId, isOwn: true }] : [];
  });

import { AppError } from '#core/errors.ts';
import { contentDigest } from '#core/ids.ts';
import type { RepeatableRequest } from '#core/repeatable.ts';
import type { AuditEntry } from '../../functions/audit/audit-entry.ts';
import { type Connection, takenOver } from '../../functions/connections/connection.ts';
import type { ConnectionPorts } from '../../functions/connections/connection-handlers.ts';
import type { MetaApp } from '../../functions/connections/meta-app.ts';
import type {
  AppCredentials,
  AppSubscription,
  MetaGraph,
  NumberFacts,
  TokenInspection,
} from '../../functions/connections/meta-graph.ts';
import type { SecretVault } from '../../functions/connections/token-vault.ts';
import { aShop } from './builders.ts';
import { movedClock } from './clock.ts';

/** An error as the Graph client throws it. */
export class MetaSays extends Error {
  readonly code: number;
  readonly subcode: number | undefined;
  readonly title: string;
  constructor(code: number, subcode?: number, title = '') {
    super('Meta says no, and repeats the token-of-the-shop-0001 in its words');
    this.code = code;
    this.subcode = subcode;
    this.title = title;
  }
}

export const SHARED_APP: MetaApp = {
  appId: '900000000000001',
  appSecret: 'shared-app-secret-0001',
  verifyToken: 'shared-verify-token',
};
export const OWN_APP = { appId: '900000000000002', appSecret: 'own-app-secret-00000001', verifyToken: 'own-verify-1' };

export const TOKEN = 'token-of-the-shop-0001';
export const NUMBER = '100000000000111';
export const ACCOUNT = '200000000000222';
export const PORTFOLIO = '300000000000333';

const healthy = (): NumberFacts => ({
  displayNumber: '+54 9 11 2345-6789',
  verifiedName: 'Rara y Mágica',
  nameStatus: 'APPROVED',
  quality: 'GREEN',
  status: 'CONNECTED',
  platform: 'CLOUD_API',
  throughput: 'STANDARD',
  messagingLimit: 'TIER_2K',
  onPhoneApp: false,
  webhooks: { application: 'https://tienda.example/webhooks/whatsapp' },
  health: {
    canSend: 'AVAILABLE',
    entities: [{ type: 'BUSINESS', id: PORTFOLIO, canSend: 'AVAILABLE', errorCodes: [] }],
  },
});

/** Calls with the token of a shop, whose proof must be with the secret of its own app. */
const byToken = new Set<keyof MetaGraph>([
  'number',
  'numbersOf',
  'subscribedApps',
  'subscribe',
  'unsubscribe',
  'register',
]);

/** Meta in memory: one account with one number, all well. What is to go otherwise is set on `says`. */
export const memoryMeta = () => {
  const says = {
    inspection: {
      isValid: true,
      appId: SHARED_APP.appId,
      type: 'SYSTEM_USER',
      scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
      granular: [],
    } as TokenInspection,
    /** What is otherwise with some tokens. */
    tokens: {} as Record<string, Partial<TokenInspection>>,
    /** Apps require their secret with every call. */
    requiresProof: false,
    facts: healthy(),
    numbers: [NUMBER],
    subscribed: [] as string[],
    subscription: {
      callbackUrl: 'https://tienda.example/webhooks/whatsapp',
      active: true,
      fields: ['messages', 'user_preferences', 'account_update', 'phone_number_quality_update'],
    } as AppSubscription | undefined,
    code: { value: 'the-code', token: TOKEN },
    /** The PIN that the number has, if any. */
    pin: undefined as string | undefined,
  };
  const failures: Partial<Record<keyof MetaGraph, unknown>> = {};
  /** What else the list of numbers is to some tokens. */
  const numbersFor: Record<string, () => string[] | Promise<string[]>> = {};
  const calls: [name: keyof MetaGraph, ...args: unknown[]][] = [];
  const inspectionOf = (token: string): TokenInspection => ({ ...says.inspection, ...says.tokens[token] });
  const callAs =
    (app: AppCredentials | undefined) =>
    async (name: keyof MetaGraph, ...args: unknown[]) => {
      calls.push([name, ...args]);
      if (app && byToken.has(name) && inspectionOf(String(args[0])).appId !== app.appId) {
        throw new MetaSays(100, undefined, 'Invalid appsecret_proof provided in the API argument');
      }
      if (says.requiresProof && !app)
        throw new MetaSays(100, undefined, 'API calls from the server require an appsecret_proof argument');
      const failure = failures[name];
      if (typeof failure === 'function') await failure();
      else if (failure !== undefined) throw failure;
    };
  const graphOf = (app: AppCredentials | undefined): MetaGraph => {
    const call = callAs(app);
    return {
      exchangeCode: async (app, code) => {
        await call('exchangeCode', app, code);
        if (code !== says.code.value) throw new MetaSays(100);
        says.code.value = 'used';
        return says.code.token;
      },
      inspect: async (token, app) => {
        await call('inspect', token, app);
        return inspectionOf(token);
      },
      number: async (token, phoneNumberId) => {
        await call('number', token, phoneNumberId);
        return says.facts;
      },
      numbersOf: async (token, wabaId) => {
        await call('numbersOf', token, wabaId);
        return numbersFor[token]?.() ?? says.numbers;
      },
      subscribedApps: async (token, wabaId) => {
        await call('subscribedApps', token, wabaId);
        return says.subscribed;
      },
      subscribe: async (token, wabaId) => {
        await call('subscribe', token, wabaId);
        says.subscribed.push(inspectionOf(token).appId ?? '');
      },
      unsubscribe: async (token, wabaId) => {
        await call('unsubscribe', token, wabaId);
        says.subscribed = says.subscribed.filter((appId) => appId !== inspectionOf(token).appId);
      },
      subscriptionOf: async (app) => {
        await call('subscriptionOf', app);
        return says.subscription;
      },
      register: async (token, phoneNumberId, pin) => {
        await call('register', token, phoneNumberId, pin);
        if (says.pin !== undefined && says.pin !== pin) throw new MetaSays(133005);
        says.facts = { ...says.facts, status: 'CONNECTED' };
      },
    };
  };
  const graph = (_: string, app?: AppCredentials) => graphOf(app);
  return {
    graph,
    says,
    numbersFor,
    failures,
    calls,
    called: (name: keyof MetaGraph) => calls.filter(([one]) => one === name),
  };
};

/** A vault in memory, which may fail at the next write. */
export const memoryVault = () => {
  const secrets = new Map<string, object>();
  const failing: { write?: Error } = {};
  const vault: SecretVault = {
    read: async (name) => structuredClone(secrets.get(name)),
    forget: () => undefined,
    write: async (name, value) => {
      if (failing.write) throw failing.write;
      secrets.set(name, structuredClone(value));
    },
    remove: async (name) => void secrets.delete(name),
  };
  return { vault, secrets, failing };
};

const memoryStore = () => {
  const rows = new Map<string, Connection>();
  const owners = new Map<string, string>();
  const requests = new Map<string, { digest: string; phoneNumberId: string }>();
  const trail: AuditEntry[] = [];
  const key = (shopId: string, phoneNumberId: string) => `${shopId}/${phoneNumberId}`;
  const requestKey = (request: RepeatableRequest) => `${request.shopId}/${request.operation}/${request.idempotencyKey}`;
  const conflict = () => new AppError('change.conflict', 'it was changed');
  const connections: ConnectionPorts['connections'] = {
    find: async (shopId, phoneNumberId) => structuredClone(rows.get(key(shopId, phoneNumberId))),
    findRepeat: async (request) => {
      const known = requests.get(requestKey(request));
      if (known && known.digest !== contentDigest(request.content)) {
        throw new AppError('idempotency.key-reused', 'the key was used');
      }
      return known?.phoneNumberId;
    },
    list: async (shopId) => ({ items: [...rows.values()].filter((row) => row.shopId === shopId) }),
    findByNumber: async (phoneNumberId) =>
      structuredClone(rows.get(key(owners.get(phoneNumberId) ?? '', phoneNumberId))),
    ofShop: async (shopId) => structuredClone([...rows.values()].filter((row) => row.shopId === shopId)),
    ofAccount: async (wabaId) =>
      structuredClone(
        [...rows.values()].filter((row) => row.wabaId === wabaId && owners.get(row.phoneNumberId) === row.shopId),
      ),
    claim: async (connection, former, holder, entries) => {
      const owner = owners.get(connection.phoneNumberId);
      const mayTake = owner === connection.shopId || owner === holder?.shopId;
      if (owner !== undefined && !mayTake) {
        throw new AppError('connection.number-taken', 'it is connected elsewhere');
      }
      const lost = holder && rows.get(key(holder.shopId, holder.phoneNumberId));
      if (lost?.version !== holder?.version) throw conflict();
      if (lost) rows.set(key(lost.shopId, lost.phoneNumberId), { ...lost, ...takenOver, version: lost.version + 1 });
      const id = key(connection.shopId, connection.phoneNumberId);
      if (rows.get(id)?.version !== former?.version) throw conflict();
      owners.set(connection.phoneNumberId, connection.shopId);
      rows.set(id, structuredClone(connection));
      trail.push(...entries);
    },
    save: async (connection, request, entries = []) => {
      const id = key(connection.shopId, connection.phoneNumberId);
      if (rows.get(id)?.version !== connection.version - 1) throw conflict();
      if (request && requests.has(requestKey(request))) throw conflict();
      rows.set(id, structuredClone(connection));
      trail.push(...entries);
      if (request) {
        const { phoneNumberId } = connection;
        requests.set(requestKey(request), { digest: contentDigest(request.content), phoneNumberId });
      }
    },
    remove: async ({ shopId, phoneNumberId }, entries) => {
      trail.push(...entries);
      rows.delete(key(shopId, phoneNumberId));
      if (owners.get(phoneNumberId) === shopId) owners.delete(phoneNumberId);
    },
  };
  const put = (connection: Connection) => {
    rows.set(key(connection.shopId, connection.phoneNumberId), connection);
    owners.set(connection.phoneNumberId, connection.shopId);
    return connection;
  };
  return { connections, rows, put, trail, row: (shopId: string, number = NUMBER) => rows.get(key(shopId, number)) };
};

/** Everything that managing connections needs, in memory: Meta, both vaults, the table, two shops. */
export const memoryConnections = () => {
  const clock = movedClock();
  const meta = memoryMeta();
  const tokens = memoryVault();
  const apps = memoryVault();
  const store = memoryStore();
  const shop = aShop();
  const other = aShop();
  const users = new Map([
    ['seller-1', shop.shopId],
    ['seller-2', other.shopId],
  ]);
  const ports: ConnectionPorts = {
    connections: store.connections,
    tokens: tokens.vault,
    apps: apps.vault,
    shared: async () => SHARED_APP,
    graph: meta.graph,
    clock,
    shopOfUser: async (userId) => users.get(userId),
    findShop: async (shopId) => [shop, other].find((one) => one.shopId === shopId),
  };
  return { ports, clock, meta, tokens, apps, store, shop, other };
};

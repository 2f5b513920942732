import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConnectPagePorts, connectPage, disconnectPage } from '../../functions/lead-sources/connect-page.ts';
import { leadPageStore } from '../../functions/lead-sources/lead-page.store.ts';
import { submissionStore } from '../../functions/lead-sources/submission.store.ts';
import { GraphError } from '../../functions/whatsapp/graph-error.ts';
import { anId } from '../support/builders.ts';
import { movedClock } from '../support/clock.ts';
import { quickPatience } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
});
afterAll(() => server.close());

const by = 'user:admin' as const;
const sharedApp = { appId: '100000000000001', appSecret: 'a-secret-of-an-app', verifyToken: 'verify-this' };
let pageIds = 70_000;

const given = () => {
  const shopId = anId();
  pageIds += 1;
  const pageId = String(pageIds);
  const clock = movedClock();
  const vault = new Map<string, unknown>();
  const subscribed = new Set<string>();
  const pages = leadPageStore(world.table);
  const ports = {
    pages,
    submissions: submissionStore(world.table),
    connections: { find: async () => ({ app: 'own', webhookKey: 'its-own-app' }) as never },
    tokens: {
      read: async (name: string) => vault.get(name),
      write: async (name: string, value: object) => void vault.set(name, value),
      remove: async (name: string) => void vault.delete(name),
      forget: () => undefined,
    },
    appSecrets: { shared: async () => sharedApp, apps: { read: async () => undefined, forget: () => undefined } },
    pageGraph: {
      page: async () => ({ name: 'Página' }),
      appIdOf: async (token: string) => (token.includes('foreign') ? '999' : undefined),
      subscribe: async (token: string) => void subscribed.add(token),
      unsubscribe: async (token: string) => void subscribed.delete(token),
      lead: async () => ({}),
    },
    patience: quickPatience(clock),
  } satisfies ConnectPagePorts;
  const connect = (token: string, phoneNumberId?: string, on: ConnectPagePorts = ports) =>
    connectPage({ shopId, pageId, token, phoneNumberId, by }, on);
  const disconnect = (on: ConnectPagePorts = ports) => disconnectPage({ shopId, pageId, by }, on);
  return {
    shopId,
    pageId,
    clock,
    vault,
    subscribed,
    ports,
    connect,
    disconnect,
    find: () => pages.find(shopId, pageId),
  };
};

it('a page keeps its app with another token, unless another is named', async () => {
  const { connect } = given();
  expect(await connect('token-one')).toMatchObject({ app: 'shared' });
  expect(await connect('token-two', '99000000000001')).toMatchObject({ app: 'its-own-app' });
  expect(await connect('token-three')).toMatchObject({ app: 'its-own-app', tokenLast4: 'hree' });
});

it('a token of another app than the one that is to tell of the page is refused, where Meta tells', async () => {
  const { connect, find, vault, ports } = given();
  await expect(connect('foreign-token')).rejects.toMatchObject({
    code: 'lead-page.refused',
    details: { reason: 'app-other' },
  });
  const refused = async () => {
    throw new GraphError({ httpStatus: 400, code: 100, mayHaveArrived: false });
  };
  const strict = { ...ports, pageGraph: { ...ports.pageGraph, appIdOf: refused } };
  await expect(connect('token-one', undefined, strict)).rejects.toMatchObject({ code: 'lead-page.refused' });
  expect([await find(), vault.size]).toEqual([undefined, 0]);
  const down = async () => {
    throw new GraphError({ httpStatus: 500, mayHaveArrived: true });
  };
  await connect('token-one', undefined, { ...ports, pageGraph: { ...ports.pageGraph, appIdOf: down } });
});

it('a page that gets another token at that moment is not let go, and loses nothing', async () => {
  const { connect, disconnect, ports, vault, subscribed, find } = given();
  await connect('token-one');
  let isFirst = true;
  const racing: typeof ports.pages.find = async (...of) => {
    const page = await ports.pages.find(...of);
    if (isFirst) {
      isFirst = false;
      await connect('token-two');
    }
    return page;
  };
  const raced = disconnect({ ...ports, pages: { ...ports.pages, find: racing } });
  await expect(raced).rejects.toMatchObject({ code: 'change.conflict' });
  expect([...vault.values()]).toMatchObject([{ token: 'token-two' }]);
  expect(subscribed.has('token-two')).toBe(true);
  expect(await find()).not.toHaveProperty('problem');
});

it('a page is not connected while it is let go, and nothing of it stays', async () => {
  const { connect, disconnect, ports, vault, subscribed, find, clock } = given();
  await connect('token-one');
  const unsubscribe = async (token: string) => {
    await expect(connect('token-two')).rejects.toMatchObject({ code: 'change.conflict' });
    await ports.pageGraph.unsubscribe(token);
  };
  await disconnect({ ...ports, pageGraph: { ...ports.pageGraph, unsubscribe } });
  expect([vault.size, subscribed.size, await find()]).toEqual([0, 0, undefined]);
  await connect('token-three');
  const broken = async () => {
    throw new Error('the vault is down');
  };
  await expect(disconnect({ ...ports, tokens: { ...ports.tokens, remove: broken } })).rejects.toThrow('vault');
  await expect(connect('token-four')).rejects.toMatchObject({ code: 'change.conflict' });
  clock.advance(61_000);
  expect(await connect('token-four')).not.toHaveProperty('leavingAt');
});

it('a page that is let go while it is connected leaves no token behind', async () => {
  const { connect, disconnect, ports, vault, subscribed, find } = given();
  const write = async (name: string, value: object) => {
    await disconnect();
    await ports.tokens.write(name, value);
  };
  const raced = connect('token-one', undefined, { ...ports, tokens: { ...ports.tokens, write } });
  await expect(raced).rejects.toMatchObject({ code: 'change.conflict' });
  expect([vault.size, subscribed.size, await find()]).toEqual([0, 0, undefined]);
});

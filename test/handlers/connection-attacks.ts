import type { Table } from '#platform/table.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { aConnection, aMetaId } from '../support/builders.ts';
import type { TestRequest } from '../support/events.ts';
import type { startGraph } from '../support/graph-server.ts';
import type { Lambdas } from '../support/lambdas.ts';
import type { GivenShop } from './given.ts';

type Graph = Awaited<ReturnType<typeof startGraph>>;

const ACCOUNT = '200000000000222';
const APP = { appId: '900000000000001', appSecret: 'shared-app-secret-000001', verifyToken: 'shared-verify-token' };

/** A token that Meta lets use every number of the account, B's too: what is refused is refused by us. */
const TOKEN = 'EAAa-token-that-may-use-every-number';

/** Meta as shop A meets it: one account, one app, one token for all. */
export const prepareMeta = ({ world }: Graph, { services }: Lambdas): void => {
  world.apps[APP.appId] = APP.appSecret;
  world.tokens[TOKEN] = { appId: APP.appId };
  services.secrets.set('vidriera-test/meta', JSON.stringify(APP));
};

/** Two numbers of a shop, with their tokens in the vault; gives the id of the first. */
export const connectNumbers = async (
  table: Table,
  { shop }: GivenShop,
  { graph, services }: { graph: Graph; services: Lambdas['services'] },
): Promise<string> => {
  const { shopId, slug } = shop;
  const made = [aConnection({ shopId, name: `${slug} line` }), aConnection({ shopId, name: `${slug} line two` })];
  for (const connection of made) {
    const { phoneNumberId } = connection;
    await connectionStore(table).claim({ ...connection, verifiedName: slug, wabaId: ACCOUNT }, undefined);
    graph.world.numbers[phoneNumberId] = { wabaId: ACCOUNT };
    const stored = { shopId, token: `EAAtoken-of-${slug}-and-of-nobody-else` };
    services.secrets.set(`vidriera-test/tokens/${phoneNumberId}`, JSON.stringify(stored));
  }
  return made[0]?.phoneNumberId ?? '';
};

/** What the secrets of a shop are, to be held against what they were. */
export const secretsOf = ({ services }: Lambdas, { shop }: GivenShop): [string, string][] =>
  [...services.secrets].filter(([, secret]) => secret.includes(shop.shopId));

interface Victims {
  a: { as: GivenShop['as'] };
  b: { phoneNumberId: string; connectionCursor: string };
  graph: Graph;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 204 | 400 | 404 | 409 };

/** B's number named by an admin of A, on every route of connections. */
export const connectionAttacks = (victims: () => Victims) => {
  const asAdmin = (request: TestRequest = {}): TestRequest => ({ as: victims().a.as('admin'), ...request });
  const onTheirs = (body?: object) => (): Attack[] => {
    const params = { phoneNumberId: victims().b.phoneNumberId };
    return [{ what: "B's number", request: asAdmin({ params, ...(body && { body }) }), status: 404 }];
  };
  const theirs = () => ({ name: 'Mine', phoneNumberId: victims().b.phoneNumberId, wabaId: ACCOUNT });
  const app = { ...APP, appId: '900000000000002' };
  return {
    listConnections: (): Attack[] => [
      { what: 'own numbers', request: asAdmin(), status: 200 },
      { what: "B's cursor", request: asAdmin({ query: { cursor: victims().b.connectionCursor } }), status: 400 },
    ],
    createConnection: (): Attack[] => {
      const own = aMetaId();
      victims().graph.world.numbers[own] = { wabaId: ACCOUNT };
      const body = { ...theirs(), token: TOKEN };
      return [
        { what: "B's number", request: asAdmin({ body }), status: 409 },
        { what: 'a number of nobody’s', request: asAdmin({ body: { ...body, phoneNumberId: own } }), status: 201 },
      ];
    },
    signUpConnection: (): Attack[] => {
      victims().graph.world.codes['a-code'] = TOKEN;
      return [{ what: "B's number", request: asAdmin({ body: { ...theirs(), code: 'a-code' } }), status: 409 }];
    },
    getConnection: onTheirs(),
    updateConnection: onTheirs({ name: 'Mine' }),
    deleteConnection: onTheirs(),
    checkConnection: onTheirs({ repair: true }),
    pauseConnection: onTheirs(),
    resumeConnection: onTheirs(),
    rotateToken: onTheirs({ token: TOKEN }),
    setApp: onTheirs(app),
    setSharedApp: onTheirs({ token: TOKEN }),
  };
};

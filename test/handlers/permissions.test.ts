import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type Role, roles } from '#core/actor.ts';
import type { Route } from '#core/contract.ts';
import { type SellerSight, sellerSight } from '../../functions/shops/visibility.ts';
import { type RouteName, routeNames, servedRoutes, type TestRequest } from '../support/events.ts';
import { type Answer, type Lambdas, openLambdas } from '../support/lambdas.ts';
import { type OwnedCase, ownedCases, wholeShop } from './permission-cases.ts';
import {
  type Owners,
  type Ownership,
  openPermissionWorld,
  ownerships,
  type PermissionWorld,
  type Subject,
} from './permission-world.ts';

let lambdas: Lambdas;
const worlds = new Map<SellerSight, PermissionWorld>();

beforeAll(async () => {
  lambdas = await openLambdas();
  for (const setting of sellerSight) worlds.set(setting, await openPermissionWorld(lambdas, setting));
});
afterAll(() => lambdas.close());

const worldOf = (setting: SellerSight): PermissionWorld => {
  const world = worlds.get(setting);
  if (world === undefined) throw new Error(`no world for ${setting}`);
  return world;
};

const routeOf = (name: RouteName): Route => servedRoutes[name].route;
const isSignedIn = (name: RouteName): boolean => routeOf(name).access !== 'public';
const signedIn = routeNames.filter(isSignedIn);
const owned = signedIn.filter((name) => routeOf(name).owned !== undefined);

/** Who sees what, written once more and otherwise than in the product. */
const sellerSeesIt: Record<SellerSight, Record<Ownership, boolean>> = {
  own: { own: true, nobody: false, another: false },
  'own-and-unassigned': { own: true, nobody: true, another: false },
  all: { own: true, nobody: true, another: true },
};

type Outcome = 'may' | 'not there' | 'role refused' | string;

const caseOf = (name: RouteName): OwnedCase => {
  const found = ownedCases[name];
  if (found === undefined) throw new Error(`${name} has no case`);
  return found;
};

const expectedOf = (name: RouteName, role: Role, setting: SellerSight, ownership: Ownership): Outcome => {
  if (!routeOf(name).access.includes(role as never)) return 'role refused';
  if (role === 'admin') return 'may';
  if (!sellerSeesIt[setting][ownership]) return 'not there';
  return caseOf(name).ownOnly && ownership !== 'own' ? 'role refused' : 'may';
};

const outcomeOf = (name: RouteName, { allowed, shows }: OwnedCase, answer: Answer, subject: Subject): Outcome => {
  const { status, json } = answer;
  const code = status >= 400 ? String(json['code']) : undefined;
  if (code === 'request.forbidden') return 'role refused';
  if (shows) return shows(answer, subject) ? 'may' : 'not there';
  if (code === 'not-found') return 'not there';
  const good = allowed === undefined ? status === routeOf(name).answer.status : code === allowed;
  return good ? 'may' : `${status} ${answer.body}`;
};

/** A call that is ready to be made: what it is about is there. */
interface Prepared {
  subject: Subject;
  request: TestRequest;
}

const prepare = async (name: RouteName, setting: SellerSight, as: Caller, owners: Owners): Promise<Prepared> => {
  const world = worldOf(setting);
  const other = () => world.subject(owners, as);
  const subject = await other();
  return { subject, request: { ...(await caseOf(name).request({ subject, other, world, as })), as } };
};

const tryIt = async (name: RouteName, { subject, request }: Prepared): Promise<Outcome> =>
  outcomeOf(name, caseOf(name), await lambdas.call(name, request), subject);

describe('every route of signed-in users', () => {
  it('has a case here: whose its things are, or why they are the whole shop’s', () => {
    expect(owned.filter((name) => !(name in ownedCases))).toEqual([]);
    const shared = Object.values(wholeShop).flat();
    expect(signedIn.filter((name) => !owned.includes(name)).sort()).toEqual([...shared].sort());
    expect(Object.keys(ownedCases).filter((name) => !owned.includes(name as RouteName))).toEqual([]);
  });

  it('says in its contract whose its things are when its address names a lead, a conversation or a contact', () => {
    const named = { '{leadId}': 'lead', '{conversationId}': 'conversation', '{contactId}': 'contact' };
    for (const name of signedIn) {
      const { path, owned: said } = routeOf(name);
      const [, kind] = Object.entries(named).find(([part]) => path.includes(part)) ?? [];
      if (kind !== undefined) expect([name, said]).toEqual([name, kind]);
    }
  });

  it.each(signedIn)('%s is refused to every role that its contract does not name, and to no other', async (name) => {
    const { given } = worldOf('all');
    const refused: Role[] = [];
    for (const role of roles) {
      const { json } = await lambdas.call(name, { as: given.as(role), body: {} });
      if (json['code'] === 'request.forbidden') refused.push(role);
    }
    expect(refused).toEqual(roles.filter((role) => !routeOf(name).access.includes(role as never)));
  });
});

describe.each(sellerSight)('in a shop whose sellers see «%s»', (setting) => {
  it.each(owned)('%s', async (name) => {
    const cells = roles.flatMap((role) => ownerships.map((ownership) => ({ role, ownership })));
    const prepared = await Promise.all(
      cells.map(({ role, ownership }) =>
        prepare(name, setting, worldOf(setting).given.as(role), { lead: ownership, conversation: ownership }),
      ),
    );
    const outcomes: [string, Outcome][] = [];
    for (const [index, { role, ownership }] of cells.entries()) {
      outcomes.push([`${role}, ${ownership}`, await tryIt(name, prepared[index] as Prepared)]);
    }
    const expected = cells.map(({ role, ownership }) => [
      `${role}, ${ownership}`,
      expectedOf(name, role, setting, ownership),
    ]);
    expect(outcomes).toEqual(expected);
  });
});

describe('of somebody whose lead is one seller’s and whose chat is another’s', () => {
  const mixed: readonly Owners[] = [
    { lead: 'own', conversation: 'another' },
    { lead: 'another', conversation: 'own' },
  ];
  /** Of a contact the kinder of both counts; of a lead or a chat its own seller alone. */
  const expectedOfMixed = (name: RouteName, { lead, conversation }: Owners): Outcome => {
    const { owned: kind, access } = routeOf(name);
    if (!access.includes('seller' as never)) return 'role refused';
    if (kind === 'contact') return 'may';
    return (kind === 'lead' ? lead : conversation) === 'own' ? 'may' : 'not there';
  };

  it.each(owned)('%s', async (name) => {
    const as = worldOf('own').given.as('seller');
    const outcomes: Outcome[] = [];
    for (const owners of mixed) outcomes.push(await tryIt(name, await prepare(name, 'own', as, owners)));
    expect(outcomes).toEqual(mixed.map((owners) => expectedOfMixed(name, owners)));
  });
});

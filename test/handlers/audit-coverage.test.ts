import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '#core/contract.ts';
import { type RouteName, routeNames, servedRoutes } from '../support/events.ts';
import { type Lambdas, openLambdas } from '../support/lambdas.ts';
import { ownedCases, wholeShop } from './permission-cases.ts';
import { openPermissionWorld, type PermissionWorld } from './permission-world.ts';

let lambdas: Lambdas;
let world: PermissionWorld;

beforeAll(async () => {
  lambdas = await openLambdas();
  world = await openPermissionWorld(lambdas, 'all');
});
afterAll(() => lambdas.close());

const routeOf = (name: RouteName): Route => servedRoutes[name].route;
const mutating = routeNames.filter((name) => routeOf(name).access !== 'public' && routeOf(name).method !== 'GET');
const owned = mutating.filter((name) => routeOf(name).owned !== undefined);

/** Routes that change something of somebody’s and leave no entry, and why. */
const withoutEntry: Readonly<Record<string, readonly RouteName[]>> = {
  'a message says itself who wrote it': ['startConversation', 'writeMessage', 'retryMessage'],
  'to have read something changes nothing that others ask about': ['markRead'],
  'a lead says itself when and from where it came': ['createLead'],
  'a note says itself who wrote it': ['addNote'],
  'nothing was linked, for there is no such sale': ['linkSale'],
};

/** What makes a change of what would be so already. */
const first: Partial<Record<RouteName, RouteName>> = { reopenConversation: 'closeConversation', giveBack: 'takeOver' };

const entries = async (): Promise<number> => (await lambdas.rows()).filter((row) => row.includes('#AUDIT#')).length;

const isSilent = (name: RouteName): boolean => Object.values(withoutEntry).flat().includes(name);

describe('every route that changes what may be somebody’s', () => {
  it('is one of those that have a case, and each reason is of such a route', () => {
    expect(
      Object.values(withoutEntry)
        .flat()
        .filter((name) => !owned.includes(name)),
    ).toEqual([]);
    const shared = Object.values(wholeShop).flat();
    expect(mutating.filter((name) => !owned.includes(name) && !shared.includes(name))).toEqual([]);
  });

  it.each(owned)('%s leaves an entry in the audit trail, or has a reason', async (name) => {
    const as = world.given.as('admin');
    const other = () => world.subject({ lead: 'another', conversation: 'another' }, as);
    const subject = await other();
    const call = async (route: RouteName) => {
      const request = await ownedCases[route]?.request({ subject, other, world, as });
      return lambdas.call(route, { ...request, as });
    };
    const before = first[name];
    if (before !== undefined) await call(before);
    const had = await entries();
    const { status, json } = await call(name);
    if (!isSilent(name)) expect([status, json['code']]).toEqual([routeOf(name).answer.status, undefined]);
    const left = (await entries()) - had;
    expect([name, left > 0]).toEqual([name, !isSilent(name)]);
  });
});

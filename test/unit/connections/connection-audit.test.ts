import { beforeEach, describe, expect, it } from 'vitest';
import { deleteConnection, updateConnection } from '../../../functions/connections/change-connection.ts';
import {
  checkConnection,
  lookAtConnection,
  pauseConnection,
  resumeConnection,
} from '../../../functions/connections/check-connection.ts';
import { CreateConnection } from '../../../functions/connections/connection-draft.ts';
import { createConnection } from '../../../functions/connections/create-connection.ts';
import { setApp, setSharedApp } from '../../../functions/connections/move-app.ts';
import { rotateToken } from '../../../functions/connections/renew-secrets.ts';
import { aConnection } from '../../support/builders.ts';
import { ACCOUNT, memoryConnections, NUMBER, OWN_APP, SHARED_APP, TOKEN } from '../../support/memory-connections.ts';

const by = 'user:ana' as const;
const OWN_TOKEN = 'token-of-the-own-app-0007';
const NEXT = 'the-token-that-follows-9999';

let world: ReturnType<typeof memoryConnections>;
beforeEach(() => {
  world = memoryConnections();
  world.meta.says.subscribed = [SHARED_APP.appId];
});

const which = () => ({ shopId: world.shop.shopId, phoneNumberId: NUMBER, by });
const given = (change: object = {}) => {
  const { by: _, ...ids } = which();
  world.tokens.secrets.set(NUMBER, { shopId: ids.shopId, token: TOKEN });
  return world.store.put(aConnection({ ...ids, wabaId: ACCOUNT, ...change }));
};
const told = () => world.store.trail.map(({ action, changes, by: who }) => [action, changes, who]);

describe('the audit trail of a connection', () => {
  it('tells who connected it, and neither its token nor its number', async () => {
    const input = CreateConnection().parse({ phoneNumberId: NUMBER, wabaId: ACCOUNT, name: 'Ventas', token: TOKEN });
    await createConnection({ shopId: world.shop.shopId, input, idempotencyKey: undefined, by }, world.ports);
    expect(told()).toMatchObject([
      ['connection.connected', { app: { to: 'shared' }, wabaId: { to: ACCOUNT }, name: {}, displayNumber: {} }, by],
    ]);
    expect(world.store.trail).toMatchObject([
      { shopId: world.shop.shopId, subject: { kind: 'connection', id: NUMBER } },
    ]);
    expect(JSON.stringify(told())).not.toMatch(/Ventas|\+54/);
    expect(JSON.stringify(told())).not.toContain(TOKEN.slice(-4));
  });

  it('tells who changed, paused, resumed and deleted it', async () => {
    given();
    await updateConnection({ ...which(), change: { sellerId: 'seller-1', name: 'Otra' } }, world.ports);
    await updateConnection({ ...which(), change: { sellerId: 'seller-1' } }, world.ports);
    await pauseConnection(which(), world.ports);
    await pauseConnection(which(), world.ports);
    await resumeConnection(which(), world.ports);
    await deleteConnection(which(), world.ports);
    expect(told()).toMatchObject([
      ['connection.changed', { sellerId: { to: 'seller-1' }, name: {} }, by],
      ['connection.paused', { state: { from: 'active', to: 'paused' } }, by],
      ['connection.resumed', { state: { from: 'paused', to: 'active' } }, by],
      ['connection.deleted', { sellerId: { from: 'seller-1' }, state: { from: 'active' } }, by],
    ]);
  });

  it('tells who gave it another token or another app, once each', async () => {
    given();
    await rotateToken({ ...which(), token: NEXT }, world.ports);
    world.meta.says.tokens[OWN_TOKEN] = { appId: OWN_APP.appId };
    await setApp({ ...which(), app: OWN_APP, token: OWN_TOKEN }, world.ports);
    await setSharedApp({ ...which(), token: NEXT }, world.ports);
    const decided = told().filter(([action]) => action !== 'connection.checked');
    expect(decided).toMatchObject([
      ['connection.token-rotated', { 'token.last4': {} }, by],
      ['connection.app-changed', { app: { from: 'shared', to: 'own' }, appId: { to: OWN_APP.appId } }, by],
      ['connection.app-changed', { app: { from: 'own', to: 'shared' } }, by],
    ]);
    expect(JSON.stringify(told())).not.toMatch(/9999|the-token/);
  });

  it('tells of a check only what it changed, and nothing of those that nobody asked for', async () => {
    const row = given({ state: 'restricted', stateReason: 'graph-368' });
    world.meta.says.inspection = { ...world.meta.says.inspection, isValid: false };
    await lookAtConnection(row, world.ports);
    expect(world.store.row(row.shopId)).toMatchObject({ check: { findings: expect.any(Array) } });
    expect(told()).toEqual([]);
    const active = world.store.put({ ...row, state: 'active', version: 7 });
    await checkConnection(which(), world.ports);
    expect(world.store.row(active.shopId)?.state).toBe('reauth');
    expect(told()).toMatchObject([['connection.checked', { state: { from: 'active', to: 'reauth' } }, by]]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '#core/errors.ts';
import { keys } from '#table/schema.ts';
import { auditStore } from '../../functions/audit/audit.store.ts';
import { auditEntry } from '../../functions/audit/audit-change.ts';
import { connectionStore } from '../../functions/connections/connection.store.ts';
import { inviteUser } from '../../functions/shops/invite-user.ts';
import { setUserState } from '../../functions/shops/set-user-state.ts';
import { shopStore } from '../../functions/shops/shop.store.ts';
import { updateUser } from '../../functions/shops/update-user.ts';
import { type UserStore, userStore } from '../../functions/shops/user.store.ts';
import { isActiveAdmin, type User } from '../../functions/shops/user.ts';
import { userWorkStore } from '../../functions/shops/user-work.store.ts';
import { aConnection, aShop, aUser } from '../support/builders.ts';
import { firstAttempts, noFaults, randomFaults } from '../support/faults.ts';
import { failureOf } from '../support/ports.ts';
import { startTables, type TestTable } from '../support/table.ts';

let server: Awaited<ReturnType<typeof startTables>>;
let world: TestTable;
let users: UserStore;
const clock = () => new Date();

beforeAll(async () => {
  server = await startTables();
  world = await server.openTestTable();
  users = userStore(world.table);
});
afterAll(() => server.close());

/** An identity provider that only keeps who may sign in. */
const aDirectory = () => {
  const enabled = new Map<string, boolean>();
  const byEmail = new Map<string, string>();
  const mails = new Map<string, number>();
  const came = new Set<string>();
  return {
    enabled,
    mails,
    came,
    open: async ({ email }: { email: string }) => {
      const there = byEmail.get(email);
      const userId = there ?? `sub-of-${email}`;
      byEmail.set(email, userId);
      enabled.set(userId, true);
      return { userId, hasSignedIn: false };
    },
    invite: async ({ email }: { email: string }) => void mails.set(email, (mails.get(email) ?? 0) + 1),
    hasSignedIn: async (userId: string) => came.has(userId),
    enable: async (userId: string) => void enabled.set(userId, true),
    disable: async (userId: string) => void enabled.set(userId, false),
    remove: async (userId: string) => void enabled.delete(userId),
  };
};

const openShop = async (admins: number) => {
  const shop = aShop();
  const { shopId } = shop;
  const made = Array.from({ length: admins }, () => aUser({ shopId }));
  const [first, ...others] = made as [User, ...User[]];
  await shopStore(world.table).create(shop, first);
  for (const user of others) await shopStore(world.table).addUser(user);
  const directory = aDirectory();
  const as = ({ userId, role }: User) => ({ userId, shopId, role });
  return {
    shopId,
    made,
    first,
    others,
    directory,
    as,
    ports: { users, directory, connections: connectionStore(world.table), clock },
  };
};

const adminsOf = async (shopId: string) => (await Array.fromAsync(users.all(shopId))).filter(isActiveAdmin);
const settle = <Result>(work: Promise<Result>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

describe('a change of users', () => {
  it('is saved on the row as it was read, with its entry, or not at all', async () => {
    const { shopId, first, others, ports, as } = await openShop(2);
    const [second] = others as [User];
    await updateUser({ caller: as(first), userId: second.userId }, { role: 'seller' }, ports);
    const before = second;
    const after: User = { ...second, role: 'admin' };
    const subject = { kind: 'user', id: second.userId } as const;
    const entry = auditEntry({ shopId, subject, by: 'operator', action: 'user.changed' }, clock());
    const late = users.change({ before, after, witness: first.userId, lines: [], entries: [entry] });
    expect(await failureOf(late)).toMatchObject({ code: 'change.conflict' });
    expect(await users.find(shopId, second.userId)).toMatchObject({ role: 'seller' });
    expect((await auditStore(world.table).list({ shopId, subject }, { limit: 9 })).items).toHaveLength(1);
  });

  it('reaches users from before there were states', async () => {
    const { shopId, first, ports, as } = await openShop(1);
    const { state: _, ...former } = aUser({ shopId, userId: `former-${shopId}`, role: 'seller' });
    await shopStore(world.table).addUser(former as User);
    const changed = await setUserState({ caller: as(first), userId: former.userId }, 'disabled', ports);
    expect(changed.state).toBe('disabled');
    const { state: __, ...firstRow } = first;
    await world.tamper({ ...keys.user(shopId, first.userId), ...firstRow });
    await setUserState({ caller: as(first), userId: former.userId }, 'active', ports);
    expect(await users.find(shopId, former.userId)).toMatchObject({ state: 'active' });
  });

  it('is made once, whatever the table does meanwhile', async () => {
    const { shopId, first, others, ports, as } = await openShop(2);
    const [second] = others as [User];
    for (const fault of ['conflict', 'timeout-after', 'timeout-before'] as const) {
      world.faults.plan(firstAttempts('TransactWriteItems', fault));
      const before = await users.find(shopId, second.userId);
      const role = before?.role === 'admin' ? 'seller' : 'admin';
      await updateUser({ caller: as(first), userId: second.userId }, { role }, ports);
      expect(await users.find(shopId, second.userId)).toMatchObject({ role });
    }
    world.faults.plan(noFaults);
    const subject = { kind: 'user', id: second.userId } as const;
    expect((await auditStore(world.table).list({ shopId, subject }, { limit: 9 })).items).toHaveLength(3);
  });
});

describe('changes of one user at once', () => {
  it('of different fields all stay', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { shopId, first, others, ports, as } = await openShop(2);
      const [{ userId }] = others as [User];
      const governing = { caller: as(first), userId };
      await Promise.all([
        updateUser(governing, { name: 'Sol María' }, ports),
        updateUser(governing, { role: 'seller' }, ports),
      ]);
      expect(await users.find(shopId, userId)).toMatchObject({ name: 'Sol María', role: 'seller' });
    }
  });

  it('keep a name that came between the reading and the writing of a role', async () => {
    const { shopId, first, others, ports, as } = await openShop(2);
    const [before] = others as [User];
    await updateUser({ caller: as(first), userId: before.userId }, { name: 'Sol María' }, ports);
    const after: User = { ...before, role: 'seller', updatedAt: clock().toISOString() };
    await users.change({ before, after, witness: first.userId, lines: [], entries: [] });
    expect(await users.find(shopId, before.userId)).toMatchObject({ name: 'Sol María', role: 'seller' });
  });
});

describe('a user who is sent away', () => {
  it.each(['disabled', 'removed'] as const)('as %s has no personal line any more', async (state) => {
    const { shopId, first, others, ports, as } = await openShop(2);
    const [{ userId }] = others as [User];
    const connections = connectionStore(world.table);
    const [line, own] = [aConnection({ shopId, sellerId: userId }), aConnection({ shopId, sellerId: first.userId })];
    for (const one of [line, own]) await connections.claim(one, undefined);
    await setUserState({ caller: as(first), userId }, state, ports);
    expect(await connections.find(shopId, line.phoneNumberId)).toMatchObject({ version: line.version + 1 });
    expect(await connections.find(shopId, line.phoneNumberId)).not.toHaveProperty('sellerId');
    expect(await connections.find(shopId, own.phoneNumberId)).toEqual(own);
    const subject = { kind: 'connection', id: line.phoneNumberId } as const;
    expect((await auditStore(world.table).list({ shopId, subject }, { limit: 9 })).items).toMatchObject([
      { action: 'connection.changed', by: `user:${first.userId}`, changes: { sellerId: { from: userId } } },
    ]);
  });

  it('while their line is changed has none either', async () => {
    const { shopId, first, others, ports, as } = await openShop(2);
    const [{ userId }] = others as [User];
    const connections = connectionStore(world.table);
    const line = aConnection({ shopId, sellerId: userId });
    await connections.claim(line, undefined);
    let isFirst = true;
    const ofShop = async (whose: string) => {
      const found = await connections.ofShop(whose);
      if (isFirst) await connections.save({ ...line, name: 'Another', version: line.version + 1 });
      isFirst = false;
      return found;
    };
    await setUserState({ caller: as(first), userId }, 'disabled', { ...ports, connections: { ofShop } });
    const after = await connections.find(shopId, line.phoneNumberId);
    expect(after).toMatchObject({ name: 'Another' });
    expect(after).not.toHaveProperty('sellerId');
  });
});

describe('an admin always remains', () => {
  it('who has come at least once: who was invited and never came does not count', async () => {
    const { shopId, first, directory, ports, as } = await openShop(1);
    const input = { email: `sol@${shopId.toLowerCase()}.example`, name: 'Sol', role: 'admin' as const };
    const invited = await inviteUser({ caller: as(first), input, idempotencyKey: undefined }, ports);
    const giveUp = () => settle(updateUser({ caller: as(first), userId: first.userId }, { role: 'seller' }, ports));
    expect(await giveUp()).toBe('user.last-admin');
    directory.came.add(invited.userId);
    expect(await giveUp()).toBe('done');
  });

  it('when two demote each other at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { shopId, first, others, ports, as } = await openShop(2);
      const [second] = others as [User];
      const outcomes = await Promise.all([
        settle(updateUser({ caller: as(first), userId: second.userId }, { role: 'seller' }, ports)),
        settle(updateUser({ caller: as(second), userId: first.userId }, { role: 'seller' }, ports)),
      ]);
      expect(await adminsOf(shopId)).toHaveLength(1);
      expect(outcomes.toSorted()).toEqual(['done', 'request.forbidden']);
    }
  });

  it('when both give up their own role at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { shopId, made, ports, as } = await openShop(2);
      const outcomes = await Promise.all(
        made.map((user) => settle(updateUser({ caller: as(user), userId: user.userId }, { role: 'seller' }, ports))),
      );
      expect(await adminsOf(shopId)).toHaveLength(1);
      expect(outcomes.toSorted()).toEqual(['done', 'user.last-admin']);
    }
  });

  it('when one gives up their role while the only other one is sent away', async () => {
    for (const state of ['disabled', 'removed'] as const) {
      const { shopId, first, others, ports, as } = await openShop(2);
      const [second] = others as [User];
      await Promise.all([
        settle(updateUser({ caller: as(first), userId: first.userId }, { role: 'seller' }, ports)),
        settle(setUserState({ caller: as(first), userId: second.userId }, state, ports)),
      ]);
      expect(await adminsOf(shopId)).toHaveLength(1);
    }
  });

  it('when everybody sends everybody away, on a table that fails by chance', async () => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const { shopId, made, directory, ports, as } = await openShop(5);
      world.faults.plan(randomFaults(seed, { conflict: 0.2, throttle: 0.1, 'timeout-after': 0.1 }));
      const acts = made.flatMap((caller, place) =>
        made.map((user, other) => {
          const governing = { caller: as(caller), userId: user.userId };
          if (place === other) return settle(updateUser(governing, { role: 'seller' }, ports));
          const state = (place + other) % 2 === 0 ? 'disabled' : 'removed';
          return settle(setUserState(governing, state, ports));
        }),
      );
      await Promise.all(acts);
      world.faults.plan(noFaults);
      const left = await adminsOf(shopId);
      expect(left.length).toBeGreaterThanOrEqual(1);
      for (const { userId } of left) expect(directory.enabled.get(userId) ?? true).toBe(true);
    }
  });
});

describe('an account follows its row', () => {
  it.each([
    ['disabled', 'active'],
    ['active', 'disabled'],
  ] as const)('that was made %s late, after it had become %s', async (late, early) => {
    const { shopId, first, others, directory, ports, as } = await openShop(3);
    const [second, third] = others as [User, User];
    const { userId } = third;
    await setUserState({ caller: as(first), userId }, early, ports);
    let held = true;
    const slowly = (act: (userId: string) => Promise<void>) => async (whose: string) => {
      if (held) {
        held = false;
        await setUserState({ caller: as(second), userId }, early, ports);
      }
      await act(whose);
    };
    const slow = { ...directory, enable: slowly(directory.enable), disable: slowly(directory.disable) };
    await setUserState({ caller: as(first), userId }, late, { ...ports, directory: slow });
    expect(await users.find(shopId, userId)).toMatchObject({ state: early });
    expect(directory.enabled.get(userId)).toBe(early === 'active');
  });
});

describe('an invitation', () => {
  const whom = (email: string) => ({ email, name: 'Sol', role: 'seller' as const });

  it('of one address by two shops at once goes to one of them', async () => {
    const directory = aDirectory();
    const shops = [await openShop(1), await openShop(1)];
    const email = `sol@${shops[0]?.shopId.toLowerCase()}.example`;
    const outcomes = await Promise.all(
      shops.map(({ as, first }) =>
        settle(
          inviteUser({ caller: as(first), input: whom(email), idempotencyKey: undefined }, { users, directory, clock }),
        ),
      ),
    );
    expect(outcomes.toSorted()).toEqual(['done', 'user.exists']);
    const there = await users.findAnywhere(`sub-of-${email}`);
    const rows = (await Promise.all(shops.map(({ shopId }) => Array.fromAsync(users.all(shopId))))).flat();
    expect(rows.filter(({ userId }) => userId === there?.userId)).toEqual([there]);
  });

  it('twice at once in one shop makes one user', async () => {
    const { shopId, first, ports, as } = await openShop(1);
    const input = whom(`sol@${shopId.toLowerCase()}.example`);
    const act = () => settle(inviteUser({ caller: as(first), input, idempotencyKey: undefined }, ports));
    expect(await Promise.all([act(), act()])).toEqual(['done', 'done']);
    expect(await Array.fromAsync(users.all(shopId))).toHaveLength(2);
  });

  it('under one key, sent several times at once, is one user and one mail', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { shopId, first, directory, ports, as } = await openShop(1);
      const input = whom(`sol@${shopId.toLowerCase()}.example`);
      const act = () => settle(inviteUser({ caller: as(first), input, idempotencyKey: 'the-same-key' }, ports));
      expect(await Promise.all([act(), act(), act()])).toEqual(['done', 'done', 'done']);
      expect([...directory.mails]).toEqual([[input.email, 1]]);
      expect(await act()).toBe('done');
      expect([...directory.mails]).toEqual([[input.email, 1]]);
    }
  });

  it('whose mail did not go is done by the same request again', async () => {
    const { shopId, first, directory, ports, as } = await openShop(1);
    const input = whom(`sol@${shopId.toLowerCase()}.example`);
    const inviting = { caller: as(first), input, idempotencyKey: 'the-same-key' };
    const failing = { ...directory, invite: () => Promise.reject(new AppError('directory.unavailable', 'no mail')) };
    expect(await settle(inviteUser(inviting, { ...ports, directory: failing }))).toBe('directory.unavailable');
    expect(await settle(inviteUser(inviting, ports))).toBe('done');
    expect([...directory.mails]).toEqual([[input.email, 1]]);
  });

  it('by somebody who is no admin any more makes nobody', async () => {
    const { shopId, first, others, ports, as } = await openShop(2);
    const [second] = others as [User];
    const invitation = { caller: as(second), input: whom('late@example.com'), idempotencyKey: undefined };
    const slow = {
      ...ports,
      directory: {
        ...ports.directory,
        open: async (invited: { email: string }) => {
          await updateUser({ caller: as(first), userId: second.userId }, { role: 'seller' }, ports);
          return ports.directory.open(invited);
        },
      },
    };
    expect(await settle(inviteUser(invitation, slow))).toBe('request.forbidden');
    expect(await Array.fromAsync(users.all(shopId))).toHaveLength(2);
  });
});

describe('a list of users', () => {
  it('knows what still waits with somebody, but for leads that are won or lost', async () => {
    const { shopId, first } = await openShop(1);
    const { userId } = first;
    const work = userWorkStore(world.table);
    const waiting = async () => (await work.stillAssigned(shopId, [userId])).get(userId);
    expect(await waiting()).toEqual({ conversations: false, leads: false, connections: false });
    const over = { gsi1pk: `S#${shopId}#LEADS#seller:${userId}+stage:closed_won`, gsi1sk: '2026#l0' };
    await world.tamper({ pk: `S#${shopId}#LEAD#l0`, sk: 'IN#x', ...over });
    const all = { gsi1pk: `S#${shopId}#LEADS#seller:${userId}`, gsi1sk: '2026#l0' };
    await world.tamper({ pk: `S#${shopId}#LEAD#l0`, sk: 'IN#y', ...all });
    const inbox = { gsi2pk: `S#${shopId}#INBOX-OF#${userId}#open`, gsi2sk: '2026#c1' };
    await world.tamper({ pk: `S#${shopId}#CONVERSATION#c1`, sk: 'META', ...inbox });
    expect(await waiting()).toEqual({ conversations: true, leads: false, connections: false });
    const facet = { gsi1pk: `S#${shopId}#LEADS#seller:${userId}+stage:contacted`, gsi1sk: '2026#l1' };
    await world.tamper({ pk: `S#${shopId}#LEAD#l1`, sk: 'IN#x', ...facet });
    expect(await waiting()).toEqual({ conversations: true, leads: true, connections: false });
  });

  it('costs one read for each page', async () => {
    const { shopId } = await openShop(3);
    const { read } = await world.unitsOf(() => users.list(shopId, { limit: 100 }));
    expect(read).toBeLessThanOrEqual(1);
  });
});

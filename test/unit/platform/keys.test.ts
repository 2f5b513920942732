import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expiryShards,
  indexKeys,
  itemKind,
  jobShards,
  type Key,
  keys,
  lookupPrefixes,
  outboundShards,
  ranges,
} from '#table/schema.ts';

const SHOP = '01KAHZ3V5R8M4X9QJ2T7WNB6CD';

const id = fc.string({ unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'), minLength: 26, maxLength: 26 });
const code = id.map((text) => text.slice(0, 16));
const slug = fc.stringMatching(/^[a-z0-9]{2,8}(-[a-z0-9]{1,8})?$/);
const bucket = fc.nat(99);
const time = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((at) => at.toISOString());
const digest = fc.stringMatching(/^[0-9a-f]{32}$/);
const metaNumber = fc.stringMatching(/^[1-9]\d{14}$/);
const userId = fc.stringMatching(/^[A-Z]{2}\.[A-Za-z0-9]{1,40}$/);
const conversationId = fc.tuple(metaNumber, id).map((both) => both.join('-'));
const operation = fc.constantFrom('change-stock', 'create-product', 'create-category');

/** What each key is made of. A new key does not pass until it is listed here. */
const parts: Record<keyof typeof keys, fc.Arbitrary<unknown[]>> = {
  shop: fc.tuple(id),
  shopBySlug: fc.tuple(slug),
  user: fc.tuple(id, fc.uuid()),
  userBySub: fc.tuple(fc.uuid()),
  category: fc.tuple(id, id),
  product: fc.tuple(id, id),
  stockLevel: fc.tuple(id, id, bucket),
  stockMovement: fc.tuple(
    id,
    id,
    bucket,
    fc.tuple(time, id).map((both) => both.join('#')),
  ),
  checkout: fc.tuple(code),
  holder: fc.tuple(id, digest),
  idempotency: fc.tuple(id, operation, digest),
  reconciliation: fc.tuple(id, time),
  connection: fc.tuple(id, metaNumber),
  connectionOnce: fc.tuple(id, metaNumber),
  shopByNumber: fc.tuple(metaNumber),
  shopByAccount: fc.tuple(metaNumber, metaNumber),
  contact: fc.tuple(id, id),
  contactByPhone: fc.tuple(id, digest),
  contactByUserId: fc.tuple(id, metaNumber, userId),
  conversation: fc.tuple(id, conversationId),
  message: fc.tuple(id, fc.record({ conversationId, at: time, messageId: id })),
  messageByMetaId: fc.tuple(id, fc.stringMatching(/^wamid\.[A-Za-z0-9+/]{8,80}={0,2}$/)),
  accountEvent: fc.tuple(id, time, digest),
  checkoutEvent: fc.tuple(code, fc.constantFrom('created', 'sent', 'read'), id),
  funnelDay: fc.tuple(
    id,
    time.map((at) => at.slice(0, 10)),
    code,
  ),
  consent: fc.tuple(id, id, time, digest),
  contactCheckout: fc.tuple(id, id, time, code),
  lead: fc.tuple(id, id),
  leadFacet: fc.tuple(id, id, fc.constantFrom('all', 'status:new', 'tag:vip', 'seller:ana+stage:new')),
  leadTerm: fc.tuple(id, id, fc.constantFrom('name', 'phone', 'email'), fc.nat(7)),
  leadTurn: fc.tuple(id, fc.uuid()),
  leadNote: fc.tuple(id, id, time, id),
  auditEntry: fc.tuple(id, fc.record({ kind: fc.constantFrom('lead', 'user'), id }), time, id),
  pipeline: fc.tuple(id, id),
  leadForm: fc.tuple(id, digest),
  shopByLeadForm: fc.tuple(digest),
  leadPage: fc.tuple(id, metaNumber),
  shopByPage: fc.tuple(metaNumber),
  submission: fc.tuple(id, digest),
  job: fc.tuple(id, id),
  jobRows: fc.tuple(id, id, fc.nat(9_999_999)),
  erasure: fc.tuple(id, time, id),
  saleSource: fc.tuple(id),
  saleLink: fc.tuple(id, id, fc.constantFrom('checkouts', 'http'), id),
  saleSummary: fc.tuple(id, id),
};
/** A shard holds many codes: the day and the shard are the whole key of a funnel's row. */
const sharded = new Set<keyof typeof keys>(['funnelDay']);
const names = Object.keys(keys) as (keyof typeof keys)[];
const build = (name: keyof typeof keys, given: unknown[]) => (keys[name] as (...given: unknown[]) => Key)(...given);
const anyKey = fc
  .constantFrom(...names)
  .chain((name) => parts[name].map((given) => ({ name, given, key: build(name, given) })));

const isAllowed = (partition: string): boolean =>
  /^S#[0-9A-Z]{26}(#|$)/.test(partition) || lookupPrefixes.some((prefix) => partition.startsWith(prefix));

describe('primary keys', () => {
  it.each(names)('of a %s begin with the shop or are a listed look-up', (name) => {
    expect(parts[name]).toBeDefined();
    fc.assert(fc.property(parts[name], (given) => void expect(isAllowed(build(name, given).pk)).toBe(true)));
  });

  it('of a shop’s own things carry that shop', () => {
    const lookUps = [
      ...['shopBySlug', 'userBySub', 'checkout', 'checkoutEvent', 'shopByNumber', 'shopByAccount'],
      ...['shopByLeadForm', 'shopByPage'],
    ];
    const owned = names.filter((name) => !lookUps.includes(name));
    for (const name of owned) {
      const [given] = fc.sample(parts[name], 1) as [unknown[]];
      expect(build(name, [SHOP, ...given.slice(1)]).pk).toMatch(new RegExp(`^S#${SHOP}(#|$)`));
    }
  });

  it('never meet for different things', () => {
    fc.assert(
      fc.property(anyKey, anyKey, (one, other) => {
        fc.pre(!sharded.has(one.name) || !sharded.has(other.name));
        const same = one.name === other.name && JSON.stringify(one.given) === JSON.stringify(other.given);
        expect(one.key.pk === other.key.pk && one.key.sk === other.key.sk).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it('stay within what DynamoDB takes', () => {
    fc.assert(
      fc.property(anyKey, ({ key }) => {
        expect(Buffer.byteLength(key.pk)).toBeLessThanOrEqual(2048);
        expect(Buffer.byteLength(key.sk)).toBeLessThanOrEqual(1024);
      }),
    );
  });

  it('tell the kind of their item', () => {
    expect(itemKind(keys.checkout('K7QM2WTX9F3AZB6C'))).toBe('checkout');
    expect(itemKind(keys.stockLevel(SHOP, SHOP, 3))).toBe('stock-level');
    expect(itemKind(keys.conversation(SHOP, `1-${SHOP}`))).toBe('conversation');
    const place = { conversationId: `1-${SHOP}`, at: '2026-11-21T12:00:00.000Z', messageId: SHOP };
    expect(itemKind(keys.message(SHOP, place))).toBe('message');
    expect(itemKind(keys.contact(SHOP, SHOP))).toBe('contact');
    expect(itemKind(keys.lead(SHOP, SHOP))).toBe('lead');
    expect(itemKind(keys.submission(SHOP, 'f00d'))).toBe('submission');
    expect(itemKind(keys.job(SHOP, SHOP))).toBe('job');
    expect(itemKind(keys.pipeline(SHOP, 'default'))).toBe('pipeline');
    const known = [
      'checkout',
      'stockLevel',
      'conversation',
      'message',
      'contact',
      'lead',
      'submission',
      'pipeline',
      'job',
    ];
    const others = names.filter((name) => !known.includes(name));
    for (const name of others) expect(itemKind(build(name, fc.sample(parts[name], 1)[0] ?? []))).toBe('other');
  });
});

describe('index keys', () => {
  const order = { categoryId: SHOP, position: 7, sortName: 'vela', productId: SHOP };
  const all = {
    shop: indexKeys.shop('tienda'),
    product: indexKeys.product(SHOP, { ...order, active: true, soldOut: false }),
    activeCheckout: indexKeys.activeCheckout(SHOP, 'K7QM2WTX9F3AZB6C', '2026-11-21T12:00:00.000Z'),
    endedCheckout: indexKeys.endedCheckout(SHOP, 'expired', 'K7QM2WTX9F3AZB6C', '2026-11-21T12:00:00.000Z'),
    conversation: indexKeys.conversation(SHOP, {
      conversationId: `1-${SHOP}`,
      state: 'open',
      lastMessageAt: '2026-11-21T12:00:00.000Z',
    }),
    unsettledMessage: indexKeys.unsettledMessage(SHOP, '2026-11-21T12:00:00.000Z'),
    leadFacet: indexKeys.leadFacet(SHOP, {
      leadId: SHOP,
      facet: 'all',
      createdAt: '2026-11-20T12:00:00.000Z',
      updatedAt: '2026-11-21T12:00:00.000Z',
      nextActionAt: '2026-11-22T12:00:00.000Z',
    }),
    leadTerm: indexKeys.leadTerm(SHOP, SHOP, 'name', 'ana'),
    auditEntry: indexKeys.auditEntry(SHOP, '2026-11-21T12:00:00.000Z', SHOP),
    auditEntryOf: indexKeys.auditEntryOf(SHOP, 'user:ana', '2026-11-21T12:00:00.000Z', SHOP),
    submission: indexKeys.submission(SHOP, 'pending', '2026-11-21T12:00:00.000Z', 'f00d'),
    failedSubmission: indexKeys.failedSubmission(SHOP, '0123456789ABCDEF', '2026-11-21T12:00:00.000Z', 'f00d'),
    heldSubmission: indexKeys.heldSubmission(SHOP, '70001', '2026-11-21T12:00:00.000Z', 'f00d'),
    submissionOf: indexKeys.submissionOf(SHOP, SHOP, '2026-11-21T12:00:00.000Z', 'f00d'),
    job: indexKeys.job(SHOP, 'import', SHOP),
    unfinishedJob: indexKeys.unfinishedJob(SHOP, '2026-11-21T12:00:00.000Z'),
  } satisfies Record<keyof typeof indexKeys, object>;

  it('begin with the shop or are a listed look-up', () => {
    const partitions = Object.values(all).flatMap((pair) =>
      Object.entries(pair).filter(([name]) => name.endsWith('pk')),
    );
    expect(partitions.length).toBeGreaterThanOrEqual(7);
    expect(partitions.filter(([, partition]) => !isAllowed(String(partition)))).toEqual([]);
  });

  it('keep hidden and sold-out products out of the lists they do not belong in', () => {
    const lists = (active: boolean, soldOut: boolean) =>
      Object.keys(indexKeys.product(SHOP, { ...order, active, soldOut })).filter((name) => name.endsWith('pk'));
    expect(lists(true, false)).toEqual(['gsi1pk', 'gsi2pk', 'gsi3pk']);
    expect(lists(true, true)).toEqual(['gsi1pk', 'gsi2pk']);
    expect(lists(false, false)).toEqual(['gsi1pk']);
  });

  it('order products by place as a number', () => {
    const sortKeys = [2, 10, 100_000].map(
      (position) => indexKeys.product(SHOP, { ...order, position, active: true, soldOut: false }).gsi1sk ?? '',
    );
    expect(sortKeys.toSorted()).toEqual(sortKeys);
  });

  it('put every message on its way out into one of the shards that are swept', () => {
    const swept = new Set(outboundShards.map((shard) => ranges.dueMessages(shard, '').partition));
    fc.assert(
      fc.property(id, time, time, (messageId, dueAt, now) => {
        const { gsi3pk = '', gsi3sk = '' } = indexKeys.unsettledMessage(messageId, dueAt);
        expect(swept.has(gsi3pk)).toBe(true);
        const [first, last] = ranges.dueMessages(0, now).between ?? ['', ''];
        expect(first <= gsi3sk && gsi3sk <= last).toBe(dueAt <= now);
      }),
    );
    expect(swept.size).toBe(16);
  });

  it('put every unfinished job into one of the shards that are swept', () => {
    const swept = new Set(jobShards.map((shard) => ranges.dueJobs(shard, '').partition));
    fc.assert(
      fc.property(id, time, time, (jobId, dueAt, now) => {
        const { gsi3pk = '', gsi3sk = '' } = indexKeys.unfinishedJob(jobId, dueAt);
        expect(swept.has(gsi3pk)).toBe(true);
        const [first, last] = ranges.dueJobs(0, now).between ?? ['', ''];
        expect(first <= gsi3sk && gsi3sk <= last).toBe(dueAt <= now);
      }),
    );
  });

  it('list a lead in each order only where it has its place', () => {
    const facet = { leadId: SHOP, facet: 'all', createdAt: '2026-11-20', updatedAt: '2026-11-21' };
    const listed = indexKeys.leadFacet(SHOP, facet);
    expect(listed.gsi1pk).toBe(ranges.leads(SHOP, 'all', 'updated').partition);
    expect(listed.gsi2pk).toBe(ranges.leads(SHOP, 'all', 'created').partition);
    expect(listed.gsi3pk).toBeUndefined();
    expect(indexKeys.leadFacet(SHOP, { ...facet, nextActionAt: '2026-11-22' }).gsi3pk).toBe(
      ranges.leads(SHOP, 'all', 'nextAction').partition,
    );
  });

  it('list an assigned conversation with its seller, any other with those of nobody', () => {
    const place = { conversationId: `1-${SHOP}`, state: 'open', lastMessageAt: '2026-11-21T12:00:00.000Z' };
    expect(indexKeys.conversation(SHOP, { ...place, assignedTo: 'ana' }).gsi2pk).toBe(
      ranges.inboxOf(SHOP, 'ana', 'open').partition,
    );
    expect(indexKeys.conversation(SHOP, place).gsi2pk).toBe(ranges.inboxOf(SHOP, 'unassigned', 'open').partition);
  });

  it('put every active checkout into one of the shards that are swept, by its expiry', () => {
    const swept = new Set(expiryShards.map((shard) => ranges.dueExpiries(shard, '').partition));
    fc.assert(
      fc.property(code, time, time, (one, expiresAt, now) => {
        const { gsi3pk = '', gsi3sk = '' } = indexKeys.activeCheckout(SHOP, one, expiresAt);
        expect(swept.has(gsi3pk)).toBe(true);
        const [first, last] = ranges.dueExpiries(0, now).between ?? ['', ''];
        expect(first <= gsi3sk && gsi3sk <= last).toBe(expiresAt <= now);
      }),
    );
    expect(swept.size).toBe(16);
  });
});

describe('ranges', () => {
  it('begin with the shop or are a listed look-up', () => {
    const all = {
      shops: ranges.shops(),
      users: ranges.users(SHOP),
      categories: ranges.categories(SHOP),
      products: ranges.products(SHOP, 'available', SHOP),
      stockMovements: ranges.stockMovements(SHOP, SHOP, 1),
      checkouts: ranges.checkouts(SHOP, 'active'),
      dueExpiries: ranges.dueExpiries(3, '2026'),
      reconciliations: ranges.reconciliations(SHOP),
      connections: ranges.connections(SHOP),
      connectionsEver: ranges.connectionsEver(SHOP),
      numbersOfAccount: ranges.numbersOfAccount('800000000000001'),
      inbox: ranges.inbox(SHOP, 'open'),
      inboxOf: ranges.inboxOf(SHOP, 'unassigned', 'open'),
      messages: ranges.messages(SHOP, `1-${SHOP}`),
      dueMessages: ranges.dueMessages(3, '2026'),
      accountEvents: ranges.accountEvents(SHOP),
      checkoutEvents: ranges.checkoutEvents('K7QM2WTX9F3AZB6C'),
      funnelDays: ranges.funnelDays(SHOP, 0, '2026-11-01', '2026-11-30'),
      consents: ranges.consents(SHOP, SHOP),
      contactCheckouts: ranges.contactCheckouts(SHOP, SHOP),
      contactRows: ranges.contactRows(SHOP, SHOP),
      leads: ranges.leads(SHOP, 'all', 'updated'),
      leadsByTerm: ranges.leadsByTerm(SHOP, 'name', 'ana'),
      leadRows: ranges.leadRows(SHOP, SHOP),
      leadTurns: ranges.leadTurns(SHOP),
      leadNotes: ranges.leadNotes(SHOP, SHOP),
      audit: ranges.audit(SHOP, '2026-11'),
      auditBy: ranges.auditBy(SHOP, 'user:ana'),
      auditOf: ranges.auditOf(SHOP, { kind: 'lead', id: SHOP }),
      pipelines: ranges.pipelines(SHOP),
      leadForms: ranges.leadForms(SHOP),
      leadPages: ranges.leadPages(SHOP),
      submissions: ranges.submissions(SHOP, 'pending'),
      failedSubmissions: ranges.failedSubmissions(SHOP, '0123456789ABCDEF'),
      heldSubmissions: ranges.heldSubmissions(SHOP, '70001'),
      submissionsOf: ranges.submissionsOf(SHOP, SHOP),
      jobs: ranges.jobs(SHOP, 'import'),
      dueJobs: ranges.dueJobs(1, '2026'),
      jobRows: ranges.jobRows(SHOP, SHOP, 1),
      erasures: ranges.erasures(SHOP),
      saleLinks: ranges.saleLinks(SHOP, SHOP),
    } satisfies Record<keyof typeof ranges, { partition: string }>;
    expect(Object.values(all).filter(({ partition }) => !isAllowed(partition))).toEqual([]);
  });

  it('of movements hold every movement up to a given one, and no level', () => {
    fc.assert(
      fc.property(time, time, (at, upTo) => {
        const [first, last] = ranges.stockMovements(SHOP, SHOP, 0, upTo).between ?? ['', ''];
        const { sk } = keys.stockMovement(SHOP, SHOP, 0, at);
        expect(first <= sk && sk <= last).toBe(at <= upTo);
      }),
    );
    const [first, last] = ranges.stockMovements(SHOP, SHOP, 0).between ?? ['', ''];
    expect(first <= 'LEVEL' && 'LEVEL' <= last).toBe(false);
  });
});

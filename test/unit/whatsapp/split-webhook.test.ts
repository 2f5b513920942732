import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLossless } from '../../../functions/whatsapp/lossless.ts';
import { type SplitEvent, splitWebhook } from '../../../functions/whatsapp/split-webhook.ts';
import { WebhookEvent } from '../../../functions/whatsapp/webhook-event.ts';
import { timeOf } from '../../../functions/whatsapp/wire.ts';
import {
  ANA,
  ANA_ID,
  aBody,
  aContact,
  aMessage,
  aMessagesBody,
  aMetaId,
  aStatus,
  aStatusesBody,
  aValue,
  type Json,
  metadata,
  NUMBER,
  WABA,
} from '../../support/whatsapp-webhooks.ts';

const delivery = { app: 'shared', receivedAt: '2026-11-21T12:00:00.000Z', archiveKey: 'webhooks/2026/11/21/x.json.gz' };
const split = (body: unknown): SplitEvent[] => splitWebhook(body, delivery);
const kinds = (body: unknown): string[] => split(body).map(({ event }) => event.kind);
const only = (body: unknown): SplitEvent => {
  const [first, ...more] = split(body);
  if (first === undefined || more.length > 0) throw new Error(`${more.length + 1} events`);
  return first;
};

const leaves = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
  return [value];
};

const constants: readonly unknown[] = ['whatsapp_business_account', 'page', 'whatsapp', '', null];

/** Every leaf of the body that no event has. */
const lost = (body: unknown): unknown[] => {
  const kept = new Set(
    split(body)
      .flatMap(({ event }) => leaves(event))
      .map(String),
  );
  return leaves(body).filter((leaf) => {
    const time = timeOf(leaf);
    return !constants.includes(leaf) && !kept.has(String(leaf)) && !(time && kept.has(time));
  });
};

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, shuffled(member)]),
  );
};

const history = (threads: unknown[], more: Json = {}): Json =>
  aBody(aValue({ history: [{ metadata: { phase: 1, chunk_order: 4, progress: 55 }, threads, ...more }] }), 'history');

describe('a message', () => {
  it('comes with its number, its contact and how it was delivered', () => {
    const message = aMessage();
    const contact = aContact();
    expect(only(aMessagesBody([message], [contact])).event).toEqual({
      kind: 'message',
      field: 'messages',
      accountId: WABA,
      phoneNumberId: NUMBER,
      displayPhoneNumber: metadata.display_phone_number,
      ...delivery,
      contact,
      payload: message,
    });
  });

  it('finds its contact by id, wherever it stands', () => {
    const bea = aContact({ wa_id: '5491160000002', user_id: 'AR.2', profile: { name: 'Bea' } });
    const messages = [aMessage(), aMessage({ from: '5491160000002', from_user_id: 'AR.2' })];
    const found = split(aMessagesBody(messages, [bea, aContact()])).map(({ event }) => event.contact);
    expect(found).toEqual([aContact(), bea]);
  });

  it('finds its contact by a variant of the number', () => {
    const others = [aContact({ wa_id: '5491160000002', user_id: 'AR.2' }), aContact({ wa_id: `54${ANA.slice(3)}` })];
    const { from_user_id: _, ...message } = aMessage();
    expect(split(aMessagesBody([message], others))[0]?.event.contact).toEqual(others[1]);
  });

  it('finds its contact when the id stands where the phone should', () => {
    const message = { ...aMessage({ from: ANA_ID }), from_user_id: undefined };
    const contact = aContact({ wa_id: ANA_ID, user_id: undefined });
    const found = split(aMessagesBody([message], [aContact({ wa_id: '1', user_id: 'AR.2' }), contact]));
    expect(found[0]?.event.contact).toEqual(contact);
  });

  it('without an id can’t be kept as one, but is kept', () => {
    const { id: _, ...message } = aMessage();
    expect(only(aMessagesBody([message])).event).toMatchObject({ kind: 'account', payload: message });
  });

  it('has an id that is text, even beyond 2^53', () => {
    const body = parseLossless(
      JSON.stringify(aMessagesBody([aMessage({ id: 0 })])).replace('"id":0', '"id":90071992547409931'),
    );
    expect(only(body).event.payload).toMatchObject({ id: '90071992547409931' });
  });
});

describe('a body', () => {
  it('with a thousand updates of several numbers gives a thousand events, in order', () => {
    const messages = Array.from({ length: 500 }, () => aMessage());
    const statuses = Array.from({ length: 500 }, () => aStatus());
    const entry = [
      { id: WABA, changes: [{ field: 'messages', value: aValue({ messages, contacts: [aContact()] }) }] },
      {
        id: '800000000000002',
        changes: [{ field: 'messages', value: aValue({ statuses, metadata: { phone_number_id: '9' } }) }],
      },
    ];
    const events = split({ object: 'whatsapp_business_account', entry });
    expect(events.map(({ event }) => event.payload)).toEqual([...messages, ...statuses]);
    expect(new Set(events.map(({ dedupId }) => dedupId)).size).toBe(1000);
    expect(events.slice(500).every(({ event }) => event.phoneNumberId === '9')).toBe(true);
  });

  it.each<[string, unknown, string[]]>([
    ['statuses', aStatusesBody([aStatus(), aStatus({ status: 'read' })]), ['status', 'status']],
    ['an error', aBody(aValue({ errors: [{ code: 130429, title: 'Rate limit hit' }] })), ['error']],
    ['an echo', aBody(aValue({ message_echoes: [aMessage({ to: ANA })] }), 'smb_message_echoes'), ['echo']],
    [
      'a preference',
      aBody(aValue({ user_preferences: [{ wa_id: ANA, value: 'stop' }] }), 'user_preferences'),
      ['preference'],
    ],
    [
      'an address book',
      aBody(aValue({ state_sync: [{ type: 'contact' }, {}] }), 'smb_app_state_sync'),
      ['contact-sync', 'contact-sync'],
    ],
    ['history', history([{ id: ANA, messages: [aMessage(), aMessage()] }]), ['history', 'history']],
    ['history without messages', history([]), ['account']],
    ['a refused history', aBody(aValue({ history: [{ errors: [{ code: 2593109 }] }] }), 'history'), ['error']],
    ['a file of the history', aBody(aValue({ messages: [aMessage()] }), 'history'), ['history']],
    ['a template', aBody({ event: 'APPROVED', message_template_id: 1 }, 'message_template_status_update'), ['account']],
    ['calls', aBody(aValue({ calls: [{ id: 'c1' }, { id: 'c2' }] }), 'calls'), ['account', 'account']],
    ['the state of a call', aBody(aValue({ statuses: [{ id: 'c1', status: 'RINGING' }] }), 'calls'), ['account']],
    ['a field that nobody knows', aBody(aValue({ surprises: [1, 2] }), 'surprises'), ['account']],
    ['a value that is none', aBody('surprise'), ['account']],
    ['no value', aBody(null), ['account']],
    ['an empty change', { entry: [{ id: WABA, changes: [{}] }] }, ['account']],
    ['nothing of a change', aBody(aValue({ messages: [] })), ['account']],
    ['messages that are no list', aBody(aValue({ messages: aMessage() })), ['account']],
    ['an entry that is none', { object: 'whatsapp_business_account', entry: [7] }, ['account']],
    ['an entry without changes', { entry: [{ id: WABA }] }, ['account']],
    ['a change that is none', { entry: [{ id: WABA, changes: ['x'] }] }, ['account']],
    ['nothing', {}, ['account']],
    ['a list', [1], ['account']],
    ['null', null, ['account']],
  ])('with %s gives events of the right kind', (_, body, expected) => {
    expect(kinds(body)).toEqual(expected);
    expect(lost(body)).toEqual([]);
  });

  it('keeps the neighbours of a bad one', () => {
    const [first, second] = [aMessage(), aMessage()];
    const body = aMessagesBody([first, null, 7, 'x', [], {}, { id: {} }, second]);
    const events = split(body).map(({ event }) => event);
    expect(events.filter(({ kind }) => kind === 'message').map(({ payload }) => payload)).toEqual([first, second]);
    expect(events.filter(({ kind }) => kind === 'account').map(({ payload }) => payload)).toEqual([
      null,
      7,
      'x',
      [],
      {},
      { id: {} },
    ]);
  });

  it('keeps neighbours of something nested without end', () => {
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
    const message = aMessage();
    const events = split(aMessagesBody([aMessage({ text: deep }), message])).map(({ event }) => event);
    expect(events.map(({ kind }) => kind)).toEqual(['account', 'message']);
    expect(() => JSON.stringify(events)).not.toThrow();
  });

  it('keeps what stands beside what it knows, as an event of its own', () => {
    const stray = aContact({ wa_id: '5491160000009', user_id: 'AR.9' });
    const body = aBody(aValue({ messages: [aMessage()], contacts: [aContact(), stray], extra: { deep: ['x1'] } }));
    expect(
      split({ ...body, more: 'x2' }).map(({ event }) => [event.kind, event.kind === 'account' && event.payload]),
    ).toEqual([
      ['message', false],
      ['account', { contacts: [stray], extra: { deep: ['x1'] } }],
      ['account', { more: 'x2' }],
    ]);
  });

  it('may carry its field on the entry, as some of Meta’s samples do', () => {
    const value = { event: 'PARTNER_APP_INSTALLED' };
    const body = {
      entry: [
        {
          id: WABA,
          time: 1_763_700_000,
          field: 'account_update',
          object: 'whatsapp_business_account',
          changes: [{ value }],
        },
      ],
    };
    expect(only(body).event).toMatchObject({
      kind: 'account',
      field: 'account_update',
      accountId: WABA,
      time: '2025-11-21T04:40:00.000Z',
      payload: value,
    });
  });

  it('of a page gives the lead forms filled in, with ids of any size', () => {
    const text =
      '{"object":"page","entry":[{"id":153125381133,"time":1763700000,"changes":[{"field":"leadgen","value":{"leadgen_id":9007199254740993123,"page_id":153125381133,"form_id":60}}]}]}';
    expect(only(parseLossless(text)).event).toMatchObject({
      kind: 'leadgen',
      accountId: '153125381133',
      payload: { leadgen_id: '9007199254740993123' },
    });
  });

  it('with history tells the thread and the chunk of each message', () => {
    const thread = { id: ANA, context: { wa_id: ANA }, messages: [aMessage()] };
    expect(only(history([thread])).event).toMatchObject({
      kind: 'history',
      payload: thread.messages[0],
      thread: { id: ANA, context: { wa_id: ANA }, metadata: { phase: 1, chunk_order: 4, progress: 55 } },
    });
  });

  it('gives events that fit their schema', () => {
    const bodies = [aMessagesBody([aMessage()]), history([{ id: ANA, messages: [aMessage()] }]), {}, aBody(null)];
    for (const { event } of bodies.flatMap(split))
      expect(WebhookEvent().parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  });
});

const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: nested(depth - 1) });

describe('the id that tells repeats', () => {
  const idsOf = (body: unknown) => split(body).map(({ dedupId }) => dedupId);

  it.each([
    ['a message', aMessagesBody([aMessage()])],
    ['a status', aStatusesBody([aStatus()])],
    [
      'a template',
      aBody({ event: 'APPROVED', message_template_id: '1' }, 'message_template_status_update', { time: 1 }),
    ],
  ])('of %s is the same in any order of members and in another body', (_, body) => {
    expect(idsOf(shuffled(body))).toEqual(idsOf(body));
    const two = { ...body, entry: [...(body['entry'] as unknown[]), { id: '1', changes: [] }] };
    expect(idsOf(two)[0]).toBe(idsOf(body)[0]);
    expect(splitWebhook(body, { ...delivery, receivedAt: '2026-11-22T00:00:00.000Z' })[0]?.dedupId).toBe(
      idsOf(body)[0],
    );
  });

  it('of a status is its message, its word and its participant, and nothing else', () => {
    const status = aStatus();
    const ids = [
      { ...status, timestamp: '1', recipient_id: '2' },
      status,
      { ...status, status: 'read' },
      { ...status, recipient_participant_id: ANA },
      { ...status, id: aMetaId() },
    ].flatMap((one) => idsOf(aStatusesBody([one])));
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
  });

  it('tells two numbers and two moments of an account apart', () => {
    const message = aMessage();
    const other = aBody({ messages: [message], metadata: { phone_number_id: '9' } });
    expect(idsOf(other)).not.toEqual(idsOf(aMessagesBody([message])));
    const update = (time: number) => aBody({ event: 'X' }, 'account_update', { time });
    expect(idsOf(update(1_763_700_000))).not.toEqual(idsOf(update(1_763_700_001)));
  });

  it.each([
    ['a message', aMessagesBody([aMessage()])],
    ['a status', aStatusesBody([aStatus()])],
    ['an update of an account', aBody({ event: 'X' }, 'account_update', { time: 1_763_700_000 })],
    ['what is nested too deeply', aBody({ event: 'X', deep: nested(200) }, 'account_update')],
  ])('of %s is another when another app of Meta’s tells it, and so is the group', (_, body) => {
    const [shared] = split(body);
    const [own] = splitWebhook(body, { ...delivery, app: '0123456789abcdef0123456789abcdef' });
    expect(own?.dedupId).not.toBe(shared?.dedupId);
    expect(own?.group).not.toBe(shared?.group);
  });

  it('fits a queue, as the group does', () => {
    const { group, dedupId } = only(aMessagesBody([aMessage({ from_user_id: `AR.${'x'.repeat(128)}` })]));
    for (const text of [group, dedupId]) expect(text).toMatch(/^[0-9a-f]{1,128}$/);
  });
});

describe('the group', () => {
  const groupOf = (message: Json, contacts: unknown[] = [aContact()]) =>
    split(aMessagesBody([message], contacts))[0]?.group;
  const { from_user_id: _, ...noId } = aMessage();

  it('is the same for a person, by whatever names they come', () => {
    const groups = [
      groupOf(aMessage()),
      groupOf(noId),
      groupOf(aMessage({ from: undefined })),
      groupOf(aMessage({ from: ANA_ID, from_user_id: undefined }), []),
      groupOf(aMessage(), []),
    ];
    expect(new Set(groups).size).toBe(1);
  });

  it('is the same for every variant of a number without an id', () => {
    const variants = [`54${ANA.slice(3)}`, ANA, `+${ANA}`].map((from) => groupOf({ ...noId, from }, []));
    expect(new Set(variants).size).toBe(1);
  });

  it('is another for another person and for another number of the business', () => {
    const otherNumber = split(aBody({ messages: [aMessage()], metadata: { phone_number_id: '9' } }))[0]?.group;
    const groups = [
      groupOf(aMessage()),
      groupOf(aMessage({ from: '5491160000002', from_user_id: 'AR.2' }), []),
      otherNumber,
    ];
    expect(new Set(groups).size).toBe(3);
  });

  it('of a history is that of its customer, whoever wrote', () => {
    const messages = [aMessage({ from: metadata.display_phone_number, from_user_id: undefined }), noId];
    const groups = split(history([{ id: ANA, messages }])).map(({ group }) => group);
    expect(new Set([...groups, groupOf(noId, [])]).size).toBe(1);
  });

  it('of statuses is their number', () => {
    const body = aStatusesBody([aStatus(), aStatus({ recipient_id: '5491160000002', recipient_user_id: 'AR.2' })]);
    expect(new Set(split(body).map(({ group }) => group)).size).toBe(1);
  });
});

describe('whatever comes', () => {
  const item = fc.oneof(
    { weight: 3, arbitrary: fc.constant(null).map(() => aMessage()) },
    { weight: 2, arbitrary: fc.constant(null).map(() => aStatus()) },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
  const value = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        {
          messages: fc.oneof(fc.array(item, { maxLength: 4 }), fc.jsonValue()),
          statuses: fc.array(item, { maxLength: 4 }),
          errors: fc.array(item, { maxLength: 2 }),
          history: fc.array(fc.oneof(fc.record({ threads: fc.array(item), metadata: fc.jsonValue() }), item)),
          contacts: fc.oneof(fc.array(fc.oneof(item, fc.constant(aContact())), { maxLength: 3 }), fc.jsonValue()),
          metadata: fc.oneof(fc.constant(metadata), fc.jsonValue({ maxDepth: 2 })),
          messaging_product: fc.oneof(fc.constant('whatsapp'), fc.jsonValue({ maxDepth: 1 })),
        },
        { requiredKeys: [] },
      ),
    },
    fc.jsonValue({ maxDepth: 3 }),
  );
  const field = fc.oneof(
    fc.constantFrom('messages', 'history', 'calls', 'leadgen', 'x'),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const change = fc.oneof({ weight: 4, arbitrary: fc.record({ field, value }, { requiredKeys: [] }) }, fc.jsonValue());
  const entry = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        {
          id: fc.oneof(fc.constant(WABA), fc.jsonValue({ maxDepth: 1 })),
          time: fc.oneof(fc.constant(1_763_700_000), fc.jsonValue({ maxDepth: 1 })),
          changes: fc.oneof(fc.array(change, { maxLength: 3 }), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
    },
    fc.jsonValue(),
  );
  const anyBody = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record(
        {
          object: fc.oneof(fc.constant('whatsapp_business_account'), fc.jsonValue()),
          entry: fc.array(entry, { maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
    },
    fc.jsonValue(),
  );

  it('is split without a throw, and no leaf of it is lost', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const parsed = parseLossless(JSON.stringify(body));
        expect(split(parsed).length).toBeGreaterThan(0);
        expect(lost(parsed)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it('is split the same from the same text', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const text = JSON.stringify(body);
        expect(split(parseLossless(text))).toEqual(split(parseLossless(text)));
      }),
      { numRuns: 1000 },
    );
  });
});

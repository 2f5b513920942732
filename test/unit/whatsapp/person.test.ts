import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityChangeOf, isUserId, personKey, personOf } from '../../../functions/whatsapp/person.ts';
import { splitWebhook } from '../../../functions/whatsapp/split-webhook.ts';
import type { WebhookEvent } from '../../../functions/whatsapp/webhook-event.ts';
import {
  ANA,
  ANA_ID,
  aBody,
  aContact,
  aMessage,
  aMessagesBody,
  aStatus,
  aTyped,
  aValue,
  type Json,
  OUR_PHONE,
} from '../../support/whatsapp-webhooks.ts';

const eventOf = (body: unknown): WebhookEvent => {
  const [first] = splitWebhook(body, { app: 'shared', receivedAt: '2026-11-21T12:00:00.000Z' });
  if (first === undefined) throw new Error('no event');
  return first.event;
};
const whoWrote = (message: Json, contacts: Json[] = []) => personOf(eventOf(aMessagesBody([message], contacts)));
const without = (value: Json, ...names: string[]): Json =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

describe('who wrote', () => {
  it('is known by phone, id, username and name', () => {
    expect(whoWrote(aMessage({ from_parent_user_id: 'AR.ENT.7' }), [aContact()])).toEqual({
      phone: `+${ANA}`,
      waId: ANA,
      bsuid: ANA_ID,
      parentBsuid: 'AR.ENT.7',
      username: 'ana.q',
      profileName: 'Ana',
    });
  });

  it('may show no phone', () => {
    const contact = without(aContact(), 'wa_id');
    for (const from of [undefined, '']) {
      expect(whoWrote(aMessage({ from }), [contact])).toEqual({ bsuid: ANA_ID, username: 'ana.q', profileName: 'Ana' });
    }
  });

  it('may show no id', () => {
    expect(whoWrote(without(aMessage(), 'from_user_id'), [aContact({ user_id: undefined })])).toEqual({
      phone: `+${ANA}`,
      waId: ANA,
      username: 'ana.q',
      profileName: 'Ana',
    });
  });

  it.each(['from', 'wa_id'])('is not taken for a phone when the id stands in %s', (place) => {
    const message = without(aMessage(place === 'from' ? { from: ANA_ID } : { from: undefined }), 'from_user_id');
    const contact = without(aContact({ wa_id: ANA_ID }), 'user_id');
    expect(whoWrote(message, [contact])).toEqual({ bsuid: ANA_ID, username: 'ana.q', profileName: 'Ana' });
  });

  it('keeps both spellings of a number', () => {
    const other = `54${ANA.slice(3)}`;
    expect(whoWrote(aMessage(), [aContact({ wa_id: other })])).toMatchObject({ phone: `+${ANA}`, waId: other });
  });

  it('is not mixed with a contact who is somebody else', () => {
    const other = aContact({ wa_id: '5491160000002', user_id: 'AR.2', profile: { name: 'Bea' } });
    expect(whoWrote(aMessage(), [other])).toEqual({ phone: `+${ANA}`, bsuid: ANA_ID });
    expect(whoWrote(without(aMessage(), 'from_user_id'), [other])).toEqual({ phone: `+${ANA}` });
  });

  it.each(['PHONE_NUMBER', '0', '012345678', '12', {}, null, ['5491161234567']])(
    'has no phone when it is %o',
    (from) => {
      expect(whoWrote(without(aMessage({ from }), 'from_user_id')).phone).toBeUndefined();
    },
  );
});

describe('who is meant', () => {
  it.each<[string, unknown, Json]>([
    [
      'an echo',
      aBody(
        aValue({
          message_echoes: [aMessage({ from: OUR_PHONE, from_user_id: undefined, to: ANA, to_user_id: ANA_ID })],
        }),
      ),
      { phone: `+${ANA}`, bsuid: ANA_ID },
    ],
    ['a status', aBody(aValue({ statuses: [aStatus()] })), { phone: `+${ANA}`, bsuid: ANA_ID }],
    [
      'a status without a phone',
      aBody(aValue({ statuses: [aStatus({ recipient_id: undefined })] })),
      { bsuid: ANA_ID },
    ],
    ['a preference', aBody(aValue({ user_preferences: [{ user_id: ANA_ID, value: 'stop' }] })), { bsuid: ANA_ID }],
    [
      'an address book',
      aBody(aValue({ state_sync: [{ contact: { full_name: 'Ana Luz', phone_number: ANA } }] })),
      { phone: `+${ANA}`, profileName: 'Ana Luz' },
    ],
    [
      'history that we wrote',
      aBody(aValue({ history: [{ threads: [{ id: ANA, messages: [aMessage({ from: OUR_PHONE })] }] }] })),
      { phone: `+${ANA}` },
    ],
    [
      'a thread without a phone',
      aBody(aValue({ history: [{ threads: [{ context: { user_id: ANA_ID }, messages: [aMessage()] }] }] })),
      { bsuid: ANA_ID },
    ],
    [
      'a file of ours in the history',
      aBody(aValue({ messages: [aMessage({ from: OUR_PHONE, from_user_id: undefined, to: ANA })] }), 'history'),
      { phone: `+${ANA}` },
    ],
    [
      'a file of theirs in the history',
      aBody(aValue({ messages: [aMessage()] }), 'history'),
      { phone: `+${ANA}`, bsuid: ANA_ID },
    ],
    ['an account', aBody({ event: 'X' }, 'account_update'), {}],
  ])('by %s', (_, body, expected) => {
    expect(personOf(eventOf(body))).toEqual(expected);
  });
});

describe('a change of identity', () => {
  const changeOf = (system: Json, more: Json = {}) =>
    identityChangeOf(eventOf(aMessagesBody([aTyped('system', system, more)], [])));
  const NEW_ID = 'AR.5000';
  const NEW = '5491160000005';

  it('tells the number before and after', () => {
    const change = changeOf(
      { type: 'user_changed_number', wa_id: NEW, user_id: NEW_ID, previous_user_id: ANA_ID },
      { from_user_id: undefined },
    );
    expect(change).toEqual({
      before: { phone: `+${ANA}`, bsuid: ANA_ID, previousBsuid: ANA_ID },
      after: { phone: `+${NEW}`, waId: NEW, bsuid: NEW_ID, previousBsuid: ANA_ID },
    });
  });

  it('knows the old id even when the sender is the new one', () => {
    const change = changeOf(
      { type: 'user_changed_number', wa_id: NEW, user_id: NEW_ID, previous_user_id: ANA_ID },
      { from_user_id: NEW_ID },
    );
    expect(change).toMatchObject({ before: { bsuid: ANA_ID }, after: { bsuid: NEW_ID } });
  });

  it('of the older forms is read too', () => {
    expect(changeOf({ type: 'customer_changed_number', new_wa_id: NEW }, { from_user_id: undefined })).toMatchObject({
      before: { phone: `+${ANA}` },
      after: { phone: `+${NEW}` },
    });
  });

  it('of the id alone leaves the phone, where there is one', () => {
    const system = { type: 'user_changed_user_id', user_id: NEW_ID, previous_user_id: ANA_ID };
    expect(changeOf(system, { from: undefined })).toEqual({
      before: { bsuid: ANA_ID, previousBsuid: ANA_ID },
      after: { bsuid: NEW_ID, previousBsuid: ANA_ID },
    });
    expect(changeOf(system)).toMatchObject({
      before: { phone: `+${ANA}` },
      after: { phone: `+${ANA}`, bsuid: NEW_ID },
    });
  });

  it.each([
    ['a new phone’s fingerprint', { type: 'customer_identity_changed', identity: 'x' }],
    ['nothing new', { type: 'user_changed_number' }],
    ['another type', { type: { toString: '' } }],
  ])('is none when it tells %s', (_, system) => {
    expect(changeOf(system)).toBeUndefined();
  });

  it('is none in a text', () => {
    expect(identityChangeOf(eventOf(aMessagesBody([aMessage()])))).toBeUndefined();
  });
});

describe('a user id', () => {
  it.each(['AR.1', 'US.ENT.abc123', `BR.${'9'.repeat(128)}`])('is one: %s', (text) =>
    expect(isUserId(text)).toBe(true),
  );
  it.each(['5491161234567', 'ar.1', 'AR.', 'ARG.1', '+AR.1', 'AR.1 ', `BR.${'9'.repeat(129)}`])(
    'is none: %s',
    (text) => {
      expect(isUserId(text)).toBe(false);
    },
  );

  it('names a person before a phone does, which may be lent to somebody else', () => {
    expect(personKey({ phone: `+${ANA}`, bsuid: ANA_ID })).toBe(ANA_ID);
    expect(personKey({ phone: `+${ANA}` })).toBe(`54${ANA.slice(3)}`);
    expect(personKey({})).toBeUndefined();
  });
});

describe('whatever comes', () => {
  it('gives a person of texts, or nobody', () => {
    const fields = fc.dictionary(
      fc.constantFrom(
        'from',
        'from_user_id',
        'to',
        'wa_id',
        'user_id',
        'recipient_id',
        'system',
        'contact',
        'profile',
        'id',
        'context',
        'type',
      ),
      fc.oneof(
        fc.constantFrom(ANA, ANA_ID, 'user_changed_number'),
        fc.jsonValue({ maxDepth: 2 }),
        fc.dictionary(fc.constantFrom('type', 'wa_id', 'user_id', 'name'), fc.jsonValue()),
      ),
    );
    const event = fc.record({
      kind: fc.constantFrom('message', 'echo', 'history', 'status', 'preference', 'contact-sync', 'account'),
      payload: fields,
      contact: fields,
      thread: fields,
    });
    fc.assert(
      fc.property(event, (given) => {
        const whole = { ...given, field: '', accountId: '', app: 'shared', receivedAt: '' } as WebhookEvent;
        for (const text of Object.values(personOf(whole))) expect(typeof text).toBe('string');
        expect(() => identityChangeOf(whole)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

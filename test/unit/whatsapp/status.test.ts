import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStatus } from '../../../functions/whatsapp/status.ts';
import { AT_ISO, aStatus } from '../../support/whatsapp-webhooks.ts';

describe('a status', () => {
  it('tells the message, the word, its rank and when', () => {
    const callback = 'm1|900-C|2026-11-21T12:00:00.000Z|M';
    expect(readStatus(aStatus({ id: 'wamid.1', biz_opaque_callback_data: callback }))).toEqual({
      metaId: 'wamid.1',
      status: 'delivered',
      rank: 40,
      at: AT_ISO,
      callbackData: callback,
      errors: [],
    });
  });

  it('has ranks that only rise: sent, failed, delivered, read, played', () => {
    const ranks = ['sent', 'failed', 'delivered', 'read', 'played'].map(
      (status) => readStatus(aStatus({ status })).rank,
    );
    expect(ranks).toEqual([30, 35, 40, 50, 60]);
  });

  it.each(['deleted', 'warning', 'toString', '', undefined, { a: 1 }])('that says %o changes nothing', (status) => {
    expect(readStatus(aStatus({ status })).rank).toBeUndefined();
  });

  it('tells why it failed', () => {
    const errors = [
      {
        code: 131026,
        title: 'Message undeliverable',
        message: 'm',
        error_data: { details: 'not on WhatsApp' },
        href: 'x',
      },
      { code: '130429', message: 'Rate limit hit' },
      null,
    ];
    expect(readStatus(aStatus({ status: 'failed', errors })).errors).toEqual([
      { code: 131026, title: 'Message undeliverable', details: 'not on WhatsApp' },
      { code: 130429, title: 'Rate limit hit' },
      { code: 0, title: '' },
    ]);
  });

  it('tells what Meta charges and the window of an advertisement', () => {
    const pricing = {
      billable: false,
      pricing_model: 'PMP',
      type: 'free_entry_point',
      category: 'referral_conversion',
    };
    const conversation = { id: 'c', expiration_timestamp: '1763700000', origin: { type: 'referral_conversion' } };
    expect(readStatus(aStatus({ status: 'sent', pricing, conversation }))).toMatchObject({
      pricing: { billable: false, model: 'PMP', type: 'free_entry_point', category: 'referral_conversion' },
      conversation: { id: 'c', origin: 'referral_conversion', expiresAt: AT_ISO },
    });
  });

  it('of a group tells the group and who of it', () => {
    const group = { recipient_type: 'group', recipient_id: 'g1', recipient_participant_id: '549' };
    expect(readStatus(aStatus(group))).toMatchObject({ groupId: 'g1', participantId: '549' });
    expect(readStatus(aStatus()).groupId).toBeUndefined();
  });

  it('is read whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (status, errors, pricing) => {
        for (const raw of [status, aStatus({ status, errors, pricing, conversation: errors })]) {
          const read = readStatus(raw);
          expect(read.errors.every(({ code }) => Number.isSafeInteger(code) || Math.abs(code) > 2 ** 53)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerChallenge, isSigned, rawBody, sign } from '#whatsapp/signature.ts';
import { advance, messageStatuses } from '#whatsapp/status-rank.ts';
import { canOpenWindow, canSendFreeForm, freeEntryEnd } from '#whatsapp/window.ts';

describe('a signature', () => {
  const raw = Buffer.from(String.raw`{"body":"ma\u00f1ana \ud83d\ude00 https:\/\/a.example"}`);

  it('agrees with a vector computed elsewhere (RFC 4231, case 2)', () => {
    expect(sign(Buffer.from('what do ya want for nothing?'), 'Jefe')).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  it('holds over escapes as they came, with the old or the new secret, and not over the same text written again', () => {
    expect(isSigned(raw, sign(raw, 'old'), ['new', 'old'])).toBe(true);
    const again = Buffer.from(JSON.stringify(JSON.parse(raw.toString())));
    expect(isSigned(again, sign(raw, 'old'), ['old'])).toBe(false);
  });

  it('fails without a secret, without a header, and with a wrong one', () => {
    expect(isSigned(raw, sign(raw, ''), [''])).toBe(false);
    expect(isSigned(raw, sign(raw, 'a'), [])).toBe(false);
    for (const header of [undefined, '', 'sha256=', sign(raw, 'b'), sign(raw, 'a').toUpperCase()]) {
      expect(isSigned(raw, header, ['a'])).toBe(false);
    }
  });

  it('fails when any byte is altered', () => {
    fc.assert(
      fc.property(fc.nat(raw.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const altered = Buffer.from(raw);
        altered[at] = (altered[at] ?? 0) ^ by;
        expect(isSigned(altered, sign(raw, 'a'), ['a'])).toBe(false);
      }),
    );
  });

  it('is over the bytes behind base64', () => {
    expect(rawBody(raw.toString('base64'), true)).toEqual(raw);
    expect(rawBody(raw.toString(), false)).toEqual(raw);
    expect(rawBody(undefined, false)).toHaveLength(0);
  });
});

it('answers the challenge of who knows the token', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.challenge': '1158', 'hub.verify_token': 'ours' };
  expect(answerChallenge(query, ['next', 'ours'])).toBe('1158');
  expect(answerChallenge(query, ['theirs'])).toBeUndefined();
  expect(answerChallenge({ ...query, 'hub.mode': 'other' }, ['ours'])).toBeUndefined();
  expect(answerChallenge({ ...query, 'hub.verify_token': '' }, [''])).toBeUndefined();
});

describe('the ladder of statuses', () => {
  it('ends at the same status for any order and repetition', () => {
    const shuffles = fc
      .array(fc.constantFrom(...messageStatuses), { minLength: 1 })
      .chain((reports) =>
        fc.tuple(
          fc.constant(reports),
          fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 }),
        ),
      );
    fc.assert(
      fc.property(shuffles, ([reports, shuffled]) => {
        expect(shuffled.reduce(advance, 'queued')).toBe(reports.reduce(advance, 'queued'));
      }),
    );
  });

  it('keeps a failure, unless the message did arrive', () => {
    expect(advance('sent', 'failed')).toBe('failed');
    expect(advance('failed', 'sent')).toBe('failed');
    expect(advance('failed', 'delivered')).toBe('delivered');
    expect(advance('read', 'failed')).toBe('read');
  });
});

describe('the window', () => {
  const wroteAt = new Date('2026-11-20T12:00:00Z');

  it('ends a little before a day after the message', () => {
    expect(canSendFreeForm(wroteAt, new Date('2026-11-21T11:54:59Z'))).toBe(true);
    expect(canSendFreeForm(wroteAt, new Date('2026-11-21T11:55:00Z'))).toBe(false);
    expect(canSendFreeForm(undefined, wroteAt)).toBe(false);
  });

  it('is opened by what the customer says, not by what tells of a change', () => {
    expect(canOpenWindow('text')).toBe(true);
    expect(['edit', 'revoke', 'system'].some(canOpenWindow)).toBe(false);
  });

  it('is free for three days from an answer given within the day', () => {
    expect(freeEntryEnd(wroteAt, new Date('2026-11-21T12:00:00Z'))).toEqual(new Date('2026-11-24T12:00:00Z'));
    expect(freeEntryEnd(wroteAt, new Date('2026-11-21T12:00:01Z'))).toBeUndefined();
  });
});

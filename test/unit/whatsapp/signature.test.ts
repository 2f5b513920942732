import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerChallenge, isSigned, sign } from '../../../functions/whatsapp/signature.ts';
import { asMetaWrites } from '../../support/whatsapp-webhooks.ts';

const SECRET = 'a-secret-of-an-app';
const OLD = 'the-secret-before-it';

/** Made with OpenSSL: `printf %s <text> | openssl dgst -sha256 -hmac a-secret-of-an-app`. */
const golden: [what: string, text: string, digest: string][] = [
  ['plain ASCII', '{"object":"page"}', 'fd2267e1df46b2d1ce90ebb1ff8afcdb8b51aecc2b8deb0edcf61dbdd44b54fc'],
  ['an «ñ»', '{"body":"señal"}', 'c68201db74b2e4d2f1c95d2334a9cf669a8594b7f5337b8752180edaa0a39b4b'],
  ['an emoji', '{"body":"🕯️"}', '9018cdb0a03878dccae61d723f6f023c1c09d5bb4fb93536f9fdc64752f727f6'],
  [
    'Meta’s escapes',
    '{"body":"se\\u00f1al \\ud83d\\udd6f\\ufe0f","url":"https:\\/\\/example.com\\/a%20b"}',
    'c7f2f8aa5c1e015321cfe575c30e43e52414ce78dd10fda083e1c94b59cc6a39',
  ],
  ['nothing', '', 'b7c8dc47442cce5f737c8dd103137bce03f80b35c6a6685be88ce88261f0970d'],
];

describe('a signature', () => {
  it.each(golden)('of %s is what OpenSSL makes', (_, text, digest) => {
    expect(sign(Buffer.from(text), SECRET)).toBe(`sha256=${digest}`);
    expect(isSigned(Buffer.from(text), `sha256=${digest}`, [SECRET])).toBe(true);
  });

  it.each(golden)('of %s is refused when any byte is another', (_, text, digest) => {
    const raw = Buffer.from(text);
    for (const index of raw.keys()) {
      const altered = Buffer.from(raw);
      altered.writeUInt8((altered.readUInt8(index) + 1) % 256, index);
      expect(isSigned(altered, `sha256=${digest}`, [SECRET])).toBe(false);
    }
  });

  it('made over Meta’s escapes is good for the same text without them', () => {
    const body = { text: { body: 'señal 🕯️' } };
    const escaped = asMetaWrites(body);
    const header = sign(Buffer.from(escaped), SECRET);
    expect(isSigned(Buffer.from(escaped), header, [SECRET])).toBe(true);
    expect(isSigned(Buffer.from(JSON.stringify(body)), header, [SECRET])).toBe(true);
    expect(isSigned(Buffer.from(JSON.stringify({ text: { body: 'senal 🕯️' } })), header, [SECRET])).toBe(false);
  });

  it('is good with either of two secrets, and with no other', () => {
    const raw = Buffer.from('{}');
    for (const secret of [SECRET, OLD]) expect(isSigned(raw, sign(raw, secret), [SECRET, OLD])).toBe(true);
    expect(isSigned(raw, sign(raw, 'another'), [SECRET, OLD])).toBe(false);
  });

  it('is never good without a secret', () => {
    const raw = Buffer.from('{}');
    const empty = `sha256=${createHmac('sha256', '').update(raw).digest('hex')}`;
    expect(isSigned(raw, empty, [])).toBe(false);
    expect(isSigned(raw, empty, [''])).toBe(false);
  });

  it.each([undefined, '', 'sha256=', 'sha1=abc', 'SHA256=', `sha256=${'g'.repeat(64)}`])(
    'is refused as %s',
    (header) => {
      expect(isSigned(Buffer.from('{}'), header, [SECRET])).toBe(false);
    },
  );

  it('in capitals, doubled or with spaces is refused', () => {
    const raw = Buffer.from('{}');
    const good = sign(raw, SECRET);
    for (const header of [good.toUpperCase(), `${good},${good}`, ` ${good}`, `${good}\n`, good.slice(0, -1)]) {
      expect(isSigned(raw, header, [SECRET])).toBe(false);
    }
  });

  it('holds for any bytes, and for these only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (one, other) => {
        const header = sign(one, SECRET);
        expect(isSigned(Buffer.from(one), header, [SECRET])).toBe(true);
        if (Buffer.compare(one, other) !== 0) expect(isSigned(Buffer.from(other), header, [SECRET])).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('that somebody makes up is refused', () => {
    const raw = Buffer.from('{"entry":[]}');
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(
        fc.oneof(
          hex.map((text) => `sha256=${text}`),
          fc.string(),
        ),
        (header) => {
          expect(isSigned(raw, header, [SECRET])).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('the handshake', () => {
  const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'our-token', 'hub.challenge': '1158201444' };

  it('is answered with the challenge for a token of ours, current or previous', () => {
    expect(answerChallenge(query, ['our-token'])).toBe('1158201444');
    expect(answerChallenge(query, ['newer-token', 'our-token'])).toBe('1158201444');
  });

  it.each([
    ['another token', { ...query, 'hub.verify_token': 'their-token' }, ['our-token']],
    ['no token', { 'hub.mode': 'subscribe', 'hub.challenge': '1' }, ['our-token']],
    ['no token of ours', { ...query, 'hub.verify_token': '' }, ['']],
    ['another mode', { ...query, 'hub.mode': 'unsubscribe' }, ['our-token']],
    ['no challenge', { 'hub.mode': 'subscribe', 'hub.verify_token': 'our-token' }, ['our-token']],
  ])('is refused with %s', (_, given, tokens) => {
    expect(answerChallenge(given, tokens)).toBeUndefined();
  });
});

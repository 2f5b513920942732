import { describe, expect, it } from 'vitest';
import { joinedConsent, laterConsent, OVER_REFUSAL } from '../../../functions/contacts/consent.ts';
import type { Consent } from '../../../functions/contacts/contact.ts';
import { newContact } from '../../../functions/contacts/identity.ts';
import { mergeContacts } from '../../../functions/contacts/merge-contacts.ts';
import { anId } from '../../support/builders.ts';

const at = (hour: number) => `2026-11-21T${String(hour).padStart(2, '0')}:00:00.000Z`;
const no = (hour: number, source = 'keyword'): Consent => ({ state: 'revoked', at: at(hour), source });
const yes = (hour: number, source = 'keyword'): Consent => ({ state: 'granted', at: at(hour), source });

/** Both ways round, for what counts must not depend on what is told first. */
const both = (rule: typeof laterConsent, one: Consent, other: Consent): Consent => {
  const found = rule(one, other);
  expect(rule(other, one)).toEqual(found);
  return found;
};

const others = ['import', 'form', 'lead-ad', 'checkout', 'by-hand'];

describe('what was said about marketing', () => {
  it.each(others)('a yes by %s never undoes a no, however late it was said or told', (source) => {
    for (const refusal of [no(9), no(9, 'refusal'), no(9, 'preference'), no(9, 'by-hand')]) {
      expect(both(laterConsent, refusal, yes(8, source))).toEqual(refusal);
      expect(both(laterConsent, refusal, yes(10, source))).toEqual(refusal);
      expect(both(laterConsent, refusal, { ...yes(10, source), at: '2099-01-01T00:00:00.000Z' })).toEqual(refusal);
    }
  });

  it.each(['keyword', 'preference', OVER_REFUSAL])('a yes by %s undoes a no that was said before it', (source) => {
    expect(both(laterConsent, no(9), yes(10, source))).toEqual(yes(10, source));
    expect(both(laterConsent, no(9), yes(8, source))).toEqual(no(9));
    expect(both(laterConsent, no(9), yes(9, source))).toEqual(no(9));
  });

  it('is a yes of their own before one of a file, so that the order of three does not matter', () => {
    const said = [no(8), yes(9), yes(10, 'form')];
    for (const first of said)
      for (const second of said)
        for (const third of said) {
          if (new Set([first, second, third]).size < 3) continue;
          expect(laterConsent(laterConsent(first, second), third)).toEqual(yes(9));
        }
  });

  it('is anything before nothing', () => {
    for (const source of others) {
      expect(both(laterConsent, { state: 'unknown' }, yes(9, source))).toEqual(yes(9, source));
    }
  });
});

describe('what two contacts said who turn out to be one', () => {
  it('is the no, unless they took it back in WhatsApp later', () => {
    for (const source of [...others, OVER_REFUSAL]) {
      expect(both(joinedConsent, no(9), yes(10, source))).toEqual(no(9));
    }
    expect(both(joinedConsent, no(9), yes(10))).toEqual(yes(10));
    expect(both(joinedConsent, no(9), yes(8))).toEqual(no(9));
    expect(both(joinedConsent, { state: 'unknown' }, yes(8, 'form'))).toEqual(yes(8, 'form'));
    expect(both(joinedConsent, { state: 'unknown' }, no(8))).toEqual(no(8));
  });

  it('stands on the one that goes on', () => {
    const shopId = anId();
    const seen = (phone: string, hour: number, marketing: Consent) => ({
      ...newContact({ shopId, businessId: '', person: { phone }, at: at(hour) }, anId()),
      marketing,
    });
    const pair = [seen('+5491161234567', 1, no(5)), seen('+5491161234568', 2, yes(7, 'import'))] as const;
    expect(mergeContacts(pair, [], at(12)).survivor.marketing).toEqual(no(5));
  });
});

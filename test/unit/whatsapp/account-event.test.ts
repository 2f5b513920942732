import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccountNews, readContactSync, readPreference } from '../../../functions/whatsapp/account-event.ts';
import { ANA, AT_ISO, type Json } from '../../support/whatsapp-webhooks.ts';

const read = (field: string, payload: unknown) => readAccountNews({ field, payload });
const template = {
  message_template_id: '1689556908129832',
  message_template_name: 'oferta',
  message_template_language: 'es_AR',
};
const templateRead = { templateId: '1689556908129832', name: 'oferta', language: 'es_AR' };

describe('an event of an account', () => {
  it.each<[string, Json, Json]>([
    [
      'message_template_status_update',
      {
        ...template,
        event: 'REJECTED',
        reason: 'PROMOTIONAL',
        message_template_category: 'UTILITY',
        rejection_info: { recommendation: 'say less' },
      },
      {
        type: 'template-status',
        ...templateRead,
        status: 'REJECTED',
        reason: 'PROMOTIONAL',
        category: 'UTILITY',
        advice: 'say less',
      },
    ],
    [
      'message_template_status_update',
      { ...template, event: 'APPROVED', reason: null },
      { type: 'template-status', ...templateRead, status: 'APPROVED' },
    ],
    [
      'message_template_quality_update',
      { ...template, previous_quality_score: 'GREEN', new_quality_score: 'RED' },
      { type: 'template-quality', ...templateRead, before: 'GREEN', after: 'RED' },
    ],
    [
      'message_template_status_update',
      { ...template, previous_quality_score: 'GREEN', new_quality_score: 'RED' },
      { type: 'template-quality', ...templateRead, before: 'GREEN', after: 'RED' },
    ],
    [
      'template_category_update',
      { ...template, new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: 1_763_700_000 },
      { type: 'template-category', ...templateRead, before: 'UTILITY', after: 'MARKETING', effectiveAt: AT_ISO },
    ],
    [
      'template_category_update',
      { ...template, previous_category: 'UTILITY', new_category: 'MARKETING' },
      { type: 'template-category', ...templateRead, before: 'UTILITY', after: 'MARKETING' },
    ],
    [
      'message_template_components_update',
      { ...template, message_template_element: 'x' },
      { type: 'template-content', ...templateRead },
    ],
    [
      'phone_number_quality_update',
      { display_phone_number: '549', event: 'THROUGHPUT_UPGRADE', max_daily_conversations_per_business: 'TIER_10K' },
      { type: 'number-quality', displayPhoneNumber: '549', event: 'THROUGHPUT_UPGRADE', messagingTier: 'TIER_10K' },
    ],
    [
      'business_capability_update',
      { max_daily_conversations_per_business: 2000, max_phone_numbers_per_waba: '25' },
      { type: 'capability', messagingTier: 'TIER_2K', maxNumbers: 25 },
    ],
    [
      'business_capability_update',
      { max_daily_conversation_per_phone: -1 },
      { type: 'capability', messagingTier: 'TIER_UNLIMITED' },
    ],
    [
      'business_capability_update',
      { max_daily_conversations_per_business: '250' },
      { type: 'capability', messagingTier: 'TIER_250' },
    ],
    [
      'phone_number_name_update',
      { display_phone_number: '549', decision: 'REJECTED', requested_verified_name: 'Velas', rejection_reason: 'X' },
      { type: 'number-name', displayPhoneNumber: '549', decision: 'REJECTED', requestedName: 'Velas', reason: 'X' },
    ],
    [
      'account_update',
      { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE' } },
      { type: 'account', event: 'DISABLED_UPDATE', ban: 'DISABLE', restrictions: [] },
    ],
    [
      'account_update',
      {
        event: 'ACCOUNT_RESTRICTION',
        restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: '1763700000' }],
      },
      {
        type: 'account',
        event: 'ACCOUNT_RESTRICTION',
        restrictions: [{ restriction: 'RESTRICTED_BIZ_INITIATED_MESSAGING', until: AT_ISO }],
      },
    ],
    [
      'account_update',
      { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'ADULT' } },
      { type: 'account', event: 'ACCOUNT_VIOLATION', violation: 'ADULT', restrictions: [] },
    ],
    [
      'account_update',
      {
        event: 'PARTNER_REMOVED',
        waba_info: { waba_id: 8, owner_business_id: '7' },
        disconnection_info: { reason: 'R', initiated_by: 'OWNER' },
      },
      {
        type: 'account',
        event: 'PARTNER_REMOVED',
        restrictions: [],
        wabaId: '8',
        businessId: '7',
        disconnection: { reason: 'R', by: 'OWNER' },
      },
    ],
    [
      'account_alerts',
      {
        entity_type: 'PHONE_NUMBER',
        entity_id: 9,
        alert_info: { alert_severity: 'CRITICAL', alert_type: 'T', alert_description: 'd' },
      },
      { type: 'alert', entityType: 'PHONE_NUMBER', entityId: '9', severity: 'CRITICAL', alert: 'T', description: 'd' },
    ],
    ['account_review_update', { decision: 'APPROVED' }, { type: 'review', decision: 'APPROVED' }],
    [
      'security',
      { display_phone_number: '549', event: 'PIN_CHANGED', requester: '1' },
      { type: 'security', displayPhoneNumber: '549', event: 'PIN_CHANGED' },
    ],
    ['calls', { id: 'c1', event: 'connect' }, { type: 'call', callId: 'c1', event: 'connect' }],
    ['automatic_events', { event_name: 'LeadSubmitted' }, { type: 'other' }],
    ['toString', {}, { type: 'other' }],
  ])('in %s is read: %o', (field, payload, expected) => {
    expect(read(field, payload)).toEqual(expected);
  });

  it('is read whatever it is', () => {
    const names = fc.constantFrom(
      'event',
      'ban_info',
      'restriction_info',
      'waba_info',
      'alert_info',
      'disconnection_info',
      'new_quality_score',
      'correct_category',
    );
    const fields = fc.constantFrom(
      'account_update',
      'account_alerts',
      'template_category_update',
      'business_capability_update',
      'calls',
      'x',
    );
    fc.assert(
      fc.property(fields, fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.jsonValue())), (field, payload) => {
        expect(typeof read(field, payload).type).toBe('string');
        for (const reader of [readPreference, readContactSync]) expect(() => reader(payload)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a preference', () => {
  it.each([
    ['stop', false],
    ['resume', true],
    ['later', undefined],
    [{}, undefined],
  ])('that says %o means %s', (value, wants) => {
    const raw = { wa_id: ANA, detail: 'x', category: 'marketing_messages', value, timestamp: 1_763_700_000 };
    expect(readPreference(raw)).toEqual({
      category: 'marketing_messages',
      at: AT_ISO,
      ...(wants !== undefined && { wants }),
    });
  });
});

describe('an entry of the address book', () => {
  it('was added or removed', () => {
    const contact = { full_name: 'Ana Luz', first_name: 'Ana', phone_number: ANA };
    const raw = { type: 'contact', contact, action: 'add', metadata: { timestamp: '1763700000' } };
    expect(readContactSync(raw)).toEqual({ action: 'add', name: 'Ana Luz', at: AT_ISO });
    expect(readContactSync({ ...raw, action: 'remove', contact: { first_name: 'Ana' } })).toMatchObject({
      action: 'remove',
      name: 'Ana',
    });
    expect(readContactSync({ ...raw, action: 'merge' })).toMatchObject({ action: 'other' });
  });
});

import { present } from '#core/present.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { type Fields, fieldsOf, idOf, listOf, numberOf, textOf, timeOf } from './wire.ts';

/** The template that an event is about. */
export interface TemplateName {
  templateId?: string;
  name?: string;
  language?: string;
}

/** What an account-level event tells. Words in capitals are Meta's own. */
export type AccountNews =
  | (TemplateName & { type: 'template-status'; status: string; reason?: string; category?: string; advice?: string })
  | (TemplateName & { type: 'template-quality'; before?: string; after?: string })
  /** `effectiveAt`: still to come; without it, done. */
  | (TemplateName & { type: 'template-category'; before?: string; after?: string; effectiveAt?: string })
  | (TemplateName & { type: 'template-content' })
  | { type: 'number-quality'; displayPhoneNumber?: string; event: string; messagingTier?: string }
  | { type: 'capability'; messagingTier?: string; maxNumbers?: number }
  | { type: 'number-name'; displayPhoneNumber?: string; decision: string; requestedName?: string; reason?: string }
  | AccountUpdate
  | { type: 'alert'; entityType?: string; entityId?: string; severity?: string; alert?: string; description?: string }
  | { type: 'review'; decision: string }
  | { type: 'security'; displayPhoneNumber?: string; event: string }
  | { type: 'call'; callId: string; event?: string }
  | { type: 'other' };

/** What happened to a WhatsApp Business Account, or to our access to it. */
export interface AccountUpdate {
  type: 'account';
  event: string;
  /** SCHEDULE_FOR_DISABLE, DISABLE or REINSTATE. */
  ban?: string;
  violation?: string;
  restrictions: { restriction: string; until?: string }[];
  wabaId?: string;
  businessId?: string;
  disconnection?: { reason?: string; by?: string };
}

const templateOf = (value: Fields): TemplateName => ({
  templateId: idOf(value['message_template_id']),
  name: idOf(value['message_template_name']),
  language: idOf(value['message_template_language']),
});

/** The documents say `TIER_2K`, samples say 2000; -1 is no limit. */
const tierOf = (value: unknown): string | undefined => {
  const count = numberOf(value);
  if (count === undefined) return idOf(value);
  if (count < 0) return 'TIER_UNLIMITED';
  return count >= 1000 && count % 1000 === 0 ? `TIER_${count / 1000}K` : `TIER_${count}`;
};

const templateStatus = (value: Fields): AccountNews => ({
  type: 'template-status',
  ...templateOf(value),
  status: idOf(value['event']) ?? '',
  reason: idOf(value['reason']),
  category: idOf(value['message_template_category']),
  advice: textOf(fieldsOf(value['rejection_info'])['recommendation']),
});

const templateQuality = (value: Fields): AccountNews => ({
  type: 'template-quality',
  ...templateOf(value),
  before: idOf(value['previous_quality_score']),
  after: idOf(value['new_quality_score']),
});

/** Of a change to come, Meta's `new_category` is the one that still holds. */
const templateCategory = (value: Fields): AccountNews => {
  const target = idOf(value['correct_category']);
  const [previous, now] = [idOf(value['previous_category']), idOf(value['new_category'])];
  return {
    type: 'template-category',
    ...templateOf(value),
    before: target ? now : previous,
    after: target ?? now,
    effectiveAt: target && timeOf(value['category_update_timestamp']),
  };
};

const numberQuality = (value: Fields): AccountNews => ({
  type: 'number-quality',
  displayPhoneNumber: idOf(value['display_phone_number']),
  event: idOf(value['event']) ?? '',
  messagingTier: tierOf(value['max_daily_conversations_per_business'] ?? value['current_limit']),
});

const capability = (value: Fields): AccountNews => ({
  type: 'capability',
  messagingTier: tierOf(value['max_daily_conversations_per_business'] ?? value['max_daily_conversation_per_phone']),
  maxNumbers: numberOf(value['max_phone_numbers_per_waba'] ?? value['max_phone_numbers_per_business']),
});

const numberName = (value: Fields): AccountNews => ({
  type: 'number-name',
  displayPhoneNumber: idOf(value['display_phone_number']),
  decision: idOf(value['decision']) ?? '',
  requestedName: textOf(value['requested_verified_name']),
  reason: idOf(value['rejection_reason']),
});

const account = (value: Fields): AccountNews => {
  const [info, end] = [fieldsOf(value['waba_info']), value['disconnection_info']];
  return {
    type: 'account',
    event: idOf(value['event']) ?? '',
    ban: idOf(fieldsOf(value['ban_info'])['waba_ban_state']),
    violation: idOf(fieldsOf(value['violation_info'])['violation_type']),
    restrictions: listOf(value['restriction_info'])
      .map(fieldsOf)
      .map((one) => present({ restriction: idOf(one['restriction_type']) ?? '', until: timeOf(one['expiration']) })),
    wabaId: idOf(info['waba_id']),
    businessId: idOf(info['owner_business_id']),
    disconnection:
      end === undefined
        ? undefined
        : present({ reason: idOf(fieldsOf(end)['reason']), by: idOf(fieldsOf(end)['initiated_by']) }),
  };
};

const alert = (value: Fields): AccountNews => {
  const info = { ...value, ...fieldsOf(value['alert_info']) };
  return {
    type: 'alert',
    entityType: idOf(value['entity_type']),
    entityId: idOf(value['entity_id']),
    severity: idOf(info['alert_severity']),
    alert: idOf(info['alert_type']),
    description: textOf(info['alert_description']),
  };
};

const security = (value: Fields): AccountNews => ({
  type: 'security',
  displayPhoneNumber: idOf(value['display_phone_number']),
  event: idOf(value['event']) ?? '',
});

const call = (value: Fields): AccountNews => ({
  type: 'call',
  callId: idOf(value['id']) ?? '',
  event: idOf(value['event']) ?? idOf(value['status']),
});

const readers: Readonly<Record<string, (value: Fields) => AccountNews>> = {
  message_template_status_update: templateStatus,
  message_template_quality_update: templateQuality,
  template_category_update: templateCategory,
  message_template_components_update: (value) => ({ type: 'template-content', ...templateOf(value) }),
  phone_number_quality_update: numberQuality,
  business_capability_update: capability,
  phone_number_name_update: numberName,
  account_update: account,
  account_alerts: alert,
  account_review_update: (value) => ({ type: 'review', decision: idOf(value['decision']) ?? '' }),
  security,
  calls: call,
};

/** Meta's own samples have a wrong field: these members decide before it. */
const readerFor = (field: string, value: Fields) => {
  if (idOf(value['new_quality_score'])) return templateQuality;
  if (idOf(value['correct_category'])) return templateCategory;
  return Object.hasOwn(readers, field) ? readers[field] : undefined;
};

/** Reads an event of kind `account`, whatever its shape; `other` is what we do not act on. Source: Meta, "Webhooks fields". */
export const readAccountNews = ({ field, payload }: Pick<WebhookEvent, 'field' | 'payload'>): AccountNews => {
  const value = fieldsOf(payload);
  return present(readerFor(field, value)?.(value) ?? { type: 'other' });
};

/** What a person said inside WhatsApp about messages of this category. */
export interface Preference {
  category: string;
  /** Undefined for a word that we don't know. */
  wants?: boolean;
  at?: string;
}

/** Reads the payload of a `preference`. Source: Meta, "user_preferences webhook reference". */
export const readPreference = (raw: unknown): Preference => {
  const { category, value, timestamp } = fieldsOf(raw);
  const wants = value === 'stop' ? false : value === 'resume' || undefined;
  return present({ category: idOf(category) ?? '', wants, at: timeOf(timestamp) });
};

/** What the owner did in the address book of the phone app; who it is about is told by `personOf`. */
export interface ContactSync {
  action: 'add' | 'remove' | 'other';
  name?: string;
  at?: string;
}

/** Reads the payload of a `contact-sync`. Source: Meta, "smb_app_state_sync webhook reference". */
export const readContactSync = (raw: unknown): ContactSync => {
  const item = fieldsOf(raw);
  const { full_name: full, first_name: first } = fieldsOf(item['contact']);
  const action = item['action'] === 'add' || item['action'] === 'remove' ? item['action'] : 'other';
  const at = timeOf(fieldsOf(item['metadata'])['timestamp']);
  return present({ action, name: idOf(full) ?? idOf(first), at });
};

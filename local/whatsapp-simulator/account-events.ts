import { type Context, secondsText } from './context.ts';
import { ControlRefused, found } from './control-refused.ts';
import { numberValue } from './identity-parts.ts';
import type { AccountEvent, BusinessNumber, Template } from './simulator-api.ts';
import { digitsOf } from './world.ts';
import type { AccountRow, NumberRow, TemplateRow } from './world-rows.ts';

type OfEvent<Name extends AccountEvent['event']> = Extract<AccountEvent, { event: Name }>;
type Told = { field: string; value: object; numberId?: string };

const seconds = (ms: number): number => Math.floor(ms / 1000);

export const showTemplate = ({
  templateId,
  accountId,
  name,
  language,
  category,
  status,
  quality,
}: TemplateRow): Template => ({
  templateId,
  accountId,
  name,
  language,
  category,
  status,
  quality,
});

export const showNumber = (number: NumberRow): BusinessNumber => {
  const { numberId, accountId, businessId, displayNumber, verifiedName, quality, status, coexistence, colour } = number;
  return { numberId, accountId, businessId, displayNumber, verifiedName, quality, status, coexistence, colour };
};

/** Ids of templates are integers in webhooks, and some larger than a number holds exactly; languages have a hyphen. */
const named = ({ templateId, name, language }: TemplateRow) => ({
  message_template_id: BigInt(templateId),
  message_template_name: name,
  message_template_language: language.replace('_', '-'),
});

const statusAfter: Readonly<Record<string, string>> = {
  REINSTATED: 'APPROVED',
  UNARCHIVED: 'APPROVED',
  FLAGGED: 'APPROVED',
};

const templateStatusOf = (template: TemplateRow, event: string, reason?: string): Told => ({
  field: 'message_template_status_update',
  value: {
    event,
    ...named(template),
    reason: reason ?? (event === 'REJECTED' ? 'INVALID_FORMAT' : 'NONE'),
    message_template_category: template.category,
    ...(event === 'PAUSED' && {
      other_info: { title: 'FIRST_PAUSE', description: 'The template is paused for 3 hours.' },
    }),
  },
});

/** A template's status changes, and Meta tells it. Answers how many webhooks go out. */
export const tellTemplateStatus = (context: Context, template: TemplateRow, event: string, reason?: string): number => {
  template.status = statusAfter[event] ?? event;
  if (event === 'REJECTED') template.rejectedReason = reason ?? 'INVALID_FORMAT';
  context.feed.publish({ kind: 'template', template: showTemplate(template) });
  return context.webhooks.send({ accountId: template.accountId, ...templateStatusOf(template, event, reason) });
};

const templateOf = ({ world }: Context, templateId: string): TemplateRow =>
  found(world.templates.get(templateId), `template ${templateId}`);

const numberOf = ({ world }: Context, numberId: string): NumberRow =>
  found(world.numbers.get(numberId), `number ${numberId}`);

const changeNumber = (context: Context, numberId: string, change: Partial<NumberRow>): NumberRow => {
  const number = Object.assign(numberOf(context, numberId), change);
  context.feed.publish({ kind: 'number', number: showNumber(number) });
  return number;
};

const templateQuality = (context: Context, { templateId, quality }: OfEvent<'template-quality'>): Told => {
  const template = templateOf(context, templateId);
  const previous = template.quality;
  template.quality = quality;
  context.feed.publish({ kind: 'template', template: showTemplate(template) });
  const value = { previous_quality_score: previous, new_quality_score: quality, ...named(template) };
  return { field: 'message_template_quality_update', value };
};

const templateCategory = (context: Context, act: OfEvent<'template-category'>): Told => {
  const template = templateOf(context, act.templateId);
  const field = 'template_category_update';
  if (act.impending) {
    const at = seconds(context.clock.now()) + 86_400;
    const value = { new_category: template.category, correct_category: act.category, category_update_timestamp: at };
    return { field, value: { ...named(template), ...value } };
  }
  const value = { ...named(template), previous_category: template.category, new_category: act.category };
  Object.assign(template, { previousCategory: template.category, category: act.category });
  context.feed.publish({ kind: 'template', template: showTemplate(template) });
  return { field, value };
};

const numberQuality = (context: Context, { numberId, change, tier, quality }: OfEvent<'number-quality'>): Told => {
  const turned = { ...(tier && { tier }), ...(quality && { quality }) };
  const pace = change === 'THROUGHPUT_UPGRADE' ? { messagesPerSecond: 1000 } : {};
  const number = changeNumber(context, numberId, { ...turned, ...pace });
  const value = {
    display_phone_number: digitsOf(number.displayNumber),
    event: change,
    max_daily_conversations_per_business: number.tier,
  };
  return { field: 'phone_number_quality_update', value };
};

const numberName = (context: Context, { numberId, decision, name }: OfEvent<'number-name'>): Told => {
  const number = changeNumber(context, numberId, decision === 'APPROVED' ? { verifiedName: name } : {});
  const value = {
    display_phone_number: digitsOf(number.displayNumber),
    decision,
    requested_verified_name: name,
    rejection_reason: decision === 'REJECTED' ? 'NAME_EMPLOYEE_ID_VIOLATION' : null,
  };
  return { field: 'phone_number_name_update', value };
};

/** There is no field for it: the state changes, and a health check sees it. */
const numberStatus = (context: Context, { numberId, status }: OfEvent<'number-status'>): undefined => {
  changeNumber(context, numberId, { status });
  return undefined;
};

const security = (context: Context, { numberId, change }: OfEvent<'security'>): Told => {
  const display = digitsOf(numberOf(context, numberId).displayNumber);
  return { field: 'security', value: { display_phone_number: display, event: change, requester: '10001' } };
};

const alert = ({ alertType, severity, description, numberId }: OfEvent<'alert'>, { businessId }: AccountRow): Told => ({
  field: 'account_alerts',
  value: {
    entity_type: numberId === undefined ? 'BUSINESS' : 'PHONE_NUMBER',
    entity_id: numberId ?? businessId,
    alert_info: {
      alert_severity: severity,
      alert_status: 'ACTIVE',
      alert_type: alertType,
      alert_description: description,
    },
  },
});

const systemError = (context: Context, { numberId, code, title, details }: OfEvent<'error'>): Told => {
  const error = { code, title, message: title, error_data: { details: details ?? title } };
  return { field: 'messages', numberId, value: { ...numberValue(numberOf(context, numberId)), errors: [error] } };
};

const history = (context: Context, act: OfEvent<'history'>): Told => {
  const number = numberOf(context, act.numberId);
  const field = 'history';
  if (act.declined) {
    const details = 'Business chose not to share its chat history.';
    const error = {
      code: 2593109,
      title: 'History sync is turned off',
      message: 'History sync is turned off',
      error_data: { details },
    };
    return { field, numberId: act.numberId, value: { ...numberValue(number), history: [{ errors: [error] }] } };
  }
  const chats = context.world.chats.values().filter(({ numberId }) => numberId === act.numberId);
  const threads = chats.flatMap(({ phoneId, messages }) => {
    const phone = context.world.phones.get(phoneId)?.phone;
    if (phone === undefined) return [];
    const old = messages.flatMap(({ messageId, from, at, content }) => {
      const sender = digitsOf(from === 'customer' ? phone : number.displayNumber);
      const said = { from: sender, id: messageId, timestamp: secondsText(Date.parse(at)), type: 'text' };
      return content.type === 'text'
        ? [{ ...said, text: { body: content.body }, history_context: { status: 'READ' } }]
        : [];
    });
    return [{ id: digitsOf(phone), messages: old }];
  });
  const piece = {
    metadata: { phase: act.phase ?? 0, chunk_order: 1, progress: act.progress ?? 100 },
    threads: [...threads],
  };
  return { field, numberId: act.numberId, value: { ...numberValue(number), history: [piece] } };
};

const contactSync = (context: Context, { numberId, name, phone, action }: OfEvent<'contact-sync'>): Told => {
  const contact = { full_name: name, first_name: name.split(' ')[0], phone_number: digitsOf(phone) };
  const metadata = { timestamp: secondsText(context.clock.now()) };
  const sync = {
    type: 'contact',
    contact: action === 'add' ? contact : { phone_number: digitsOf(phone) },
    action,
    metadata,
  };
  return {
    field: 'smb_app_state_sync',
    numberId,
    value: { ...numberValue(numberOf(context, numberId)), state_sync: [sync] },
  };
};

const templateStatus = (context: Context, { templateId, status, reason }: OfEvent<'template-status'>): number =>
  tellTemplateStatus(context, templateOf(context, templateId), status, reason);

const tellers: {
  [Name in AccountEvent['event']]: (
    context: Context,
    act: OfEvent<Name>,
    account: AccountRow,
  ) => Told | number | undefined;
} = {
  'template-status': templateStatus,
  'template-quality': templateQuality,
  'template-category': templateCategory,
  'number-quality': numberQuality,
  'number-name': numberName,
  'number-status': numberStatus,
  security,
  capability: (_context, { maxPhoneNumbers = 25, tier = 'TIER_2K' }) => ({
    field: 'business_capability_update',
    value: { max_daily_conversations_per_business: tier, max_phone_numbers_per_waba: maxPhoneNumbers },
  }),
  review: (_context, { decision }) => ({ field: 'account_review_update', value: { decision } }),
  alert: (_context, act, account) => alert(act, account),
  account: (_context, { change, details }) => ({ field: 'account_update', value: { event: change, ...details } }),
  raw: (_context, { field, value, numberId }) => ({ field, value, numberId }),
  error: systemError,
  history,
  'contact-sync': contactSync,
};

/** Something happens to an account: its state follows, and Meta tells it. Answers how many webhooks go out. */
export const happenTo = (context: Context, account: AccountRow, act: AccountEvent): number => {
  const teller = Object.hasOwn(tellers, act.event) ? tellers[act.event] : undefined;
  if (!teller) throw new ControlRefused(400, `there is no event ${String(act.event)}`);
  const told = (teller as (context: Context, act: AccountEvent, account: AccountRow) => Told | number | undefined)(
    context,
    act,
    account,
  );
  if (told === undefined || typeof told === 'number') return told ?? 0;
  return context.webhooks.send({ accountId: account.accountId, ...told });
};

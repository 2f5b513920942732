import { tellTemplateStatus } from './account-events.ts';
import { assertScope } from './graph-access.ts';
import { bodyOf, type GraphCall, type GraphResult, pageOf, pickFields } from './graph-call.ts';
import { GraphRefusal } from './graph-refusal.ts';
import { judgeNewComponents, judgeNewTemplate, type TemplateWish } from './template-rules.ts';
import { findTemplate } from './world.ts';
import type { AccountRow, TemplateRow } from './world-rows.ts';

const REVIEW_MS = 5000;
const HOUR = 3_600_000;
const BLOCKED_MS = 30 * 24 * HOUR;
const CREATED_AN_HOUR = 100;
const MOST_TEMPLATES = 6000;
const EDITS = { day: 1, month: 10 };

const usualFields = ['name', 'parameter_format', 'components', 'language', 'status', 'category', 'id'];

const allFields = (template: TemplateRow) => ({
  id: template.templateId,
  name: template.name,
  language: template.language,
  status: template.status,
  category: template.category,
  correct_category: undefined,
  previous_category: template.previousCategory,
  sub_category: undefined,
  parameter_format: template.parameterFormat,
  components: template.components,
  quality_score: { score: template.quality, date: Math.floor(template.createdAt / 1000) },
  rejected_reason: template.rejectedReason ?? 'NONE',
  message_send_ttl_seconds: template.ttlSeconds,
});

const filters: Readonly<Record<string, (template: TemplateRow, value: string) => boolean>> = {
  name: ({ name }, value) => name === value,
  name_or_content: ({ name, components }, value) => name.includes(value) || JSON.stringify(components).includes(value),
  language: ({ language }, value) => language === value,
  status: ({ status }, value) => status === value.toUpperCase(),
  category: ({ category }, value) => category === value.toUpperCase(),
  quality_score: ({ quality }, value) => quality === value.toUpperCase(),
};

const fits = (template: TemplateRow, query: URLSearchParams): boolean =>
  Object.entries(filters).every(([name, isFit]) => {
    const value = query.get(name);
    return value === null || isFit(template, value);
  });

const ofAccount = ({ context: { world } }: GraphCall, { accountId }: AccountRow): TemplateRow[] =>
  [...world.templates.values()].filter((template) => template.accountId === accountId);

/** `GET /{account}/message_templates`. */
export const listTemplates = (call: GraphCall, account: AccountRow): GraphResult => {
  assertScope(call.caller, 'whatsapp_business_management');
  const found = ofAccount(call, account).filter((template) => fits(template, call.query));
  const rows = found.map((template) => pickFields(allFields(template), call.query, usualFields));
  return pageOf(rows, call.query, `${call.context.graphUrl}/v24.0/${account.accountId}/message_templates`);
};

/** After some seconds Meta's reviewer says yes. */
const reviewLater = ({ context, now }: GraphCall, template: TemplateRow): void => {
  const run = async (): Promise<void> => {
    if (template.status === 'PENDING') tellTemplateStatus(context, template, 'APPROVED');
  };
  context.later.add({ dueAt: now + REVIEW_MS, run });
};

const assertRoom = (mine: readonly TemplateRow[], now: number): void => {
  const lately = mine.filter(({ createdAt }) => createdAt > now - HOUR).length;
  if (lately >= CREATED_AN_HOUR || mine.length >= MOST_TEMPLATES) {
    throw new GraphRefusal(100, 'The limit of message templates is reached.', {
      subcode: 2388019,
      message: 'Invalid parameter',
    });
  }
};

/** A name with all its languages, or with one of them. */
const blockedKey = (name: string, language = '*'): string => `${name} ${language}`;

const assertNotBlocked = ({ blockedNames = {} }: AccountRow, { name, language }: TemplateWish, now: number): void => {
  const keys = [blockedKey(name), blockedKey(name, language)];
  if (keys.every((key) => now >= (blockedNames[key] ?? 0))) return;
  const details = `New ${language} content can't be added while the existing ${language} content is being deleted. Try again in 4 weeks or consider creating a new message template.`;
  throw new GraphRefusal(100, details, {
    subcode: 2388023,
    message: 'Invalid parameter',
    userTitle: 'Message Template Language Is Being Deleted',
  });
};

/** `POST /{account}/message_templates`. */
export const createTemplate = (call: GraphCall, account: AccountRow): GraphResult => {
  assertScope(call.caller, 'whatsapp_business_management');
  const wish = judgeNewTemplate(bodyOf(call));
  const { context, now } = call;
  assertNotBlocked(account, wish, now);
  const isThere = findTemplate(context.world, account.accountId, wish.name, wish.language);
  if (isThere) {
    const details = `There is already ${wish.language} content for this template. You can create a new template and try again.`;
    throw new GraphRefusal(100, details, {
      subcode: 2388024,
      message: 'Invalid parameter',
      userTitle: 'Content in This Language Already Exists',
    });
  }
  assertRoom(ofAccount(call, account), now);
  const template: TemplateRow = {
    ...wish,
    templateId: context.random.digits(16),
    accountId: account.accountId,
    status: 'PENDING',
    quality: 'UNKNOWN',
    createdAt: now,
    editedAt: [],
  };
  context.world.templates.set(template.templateId, template);
  reviewLater(call, template);
  return { id: template.templateId, status: template.status, category: template.category };
};

const notEditable = (details: string): GraphRefusal =>
  new GraphRefusal(100, details, { subcode: 2388039, message: 'Invalid parameter' });

const assertEditable = (template: TemplateRow, category: string | undefined, now: number): void => {
  const { status, editedAt } = template;
  if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(status))
    throw notEditable(`A template that is ${status} cannot be edited.`);
  if (status !== 'APPROVED') return;
  if (category !== undefined && category !== template.category)
    throw notEditable('The category of an approved template stays.');
  const within = (hours: number) => editedAt.filter((at) => at > now - hours * HOUR).length;
  if (within(24) >= EDITS.day || within(720) >= EDITS.month)
    throw notEditable('An approved template is edited once a day, ten times in 30 days.');
};

/** `POST /{template}`: all components anew, and a new review. */
export const editTemplate = (call: GraphCall, template: TemplateRow): GraphResult => {
  assertScope(call.caller, 'whatsapp_business_management');
  const { parameterFormat, category } = template;
  const wish = judgeNewComponents(bodyOf(call), parameterFormat, category);
  assertEditable(template, wish.category, call.now);
  template.editedAt.push(call.now);
  if (wish.components) template.components = wish.components;
  if (wish.category) template.category = wish.category;
  template.status = 'PENDING';
  reviewLater(call, template);
  return { success: true };
};

/** `GET /{template}`. */
export const showTemplate = (call: GraphCall, template: TemplateRow): GraphResult =>
  pickFields(allFields(template), call.query, usualFields);

/** `POST /{template}/unpause`. */
export const unpauseTemplate = ({ context }: GraphCall, template: TemplateRow): GraphResult => {
  if (template.status !== 'PAUSED') throw notEditable(`A template that is ${template.status} is not paused.`);
  tellTemplateStatus(context, template, 'APPROVED');
  return { success: true };
};

/**
 * `DELETE /{account}/message_templates`: by name all its languages, with `hsm_id` one. What was approved cannot be made
 * again for 30 days.
 */
export const deleteTemplates = (call: GraphCall, account: AccountRow): GraphResult => {
  assertScope(call.caller, 'whatsapp_business_management');
  const { query, context } = call;
  const [name, id] = [query.get('name'), query.get('hsm_id')];
  if (name === null) throw new GraphRefusal(100, undefined, { message: '(#100) The parameter name is required.' });
  const gone = ofAccount(call, account).filter((one) => one.name === name && (id === null || one.templateId === id));
  if (gone.length === 0) {
    throw new GraphRefusal(100, `${name} was not found.`, { subcode: 2593002, message: 'Invalid parameter' });
  }
  for (const { templateId, status, language } of gone) {
    context.world.templates.delete(templateId);
    if (status !== 'APPROVED') continue;
    account.blockedNames ??= {};
    account.blockedNames[blockedKey(name, id === null ? undefined : language)] = call.now + BLOCKED_MS;
  }
  return { success: true };
};

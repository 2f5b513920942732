import { GraphRefusal } from './graph-refusal.ts';
import { listOf, maybeTextOf, openPart, type Part, partsOf, textOf, wordOf } from './sends/part.ts';
import { variablesOf } from './sends/template-shape.ts';

/** What is asked of a new template. */
export interface TemplateWish {
  name: string;
  language: string;
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION';
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: Record<string, unknown>[];
  ttlSeconds?: number;
}

export const categories = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const;

const languages =
  'af ar bn bg ca zh_CN zh_HK zh_TW hr cs da nl en en_GB en_US et fil fi fr de el he hi hu id ga it ja ko lv lt mk ms nb pl pt_BR pt_PT ro ru sr sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_ES es_HN es_MX es_PA es_PE es_UY sv th tr uk ur uz vi'.split(
    ' ',
  );

const buttonLimits: Readonly<Record<string, number>> = {
  QUICK_REPLY: 10,
  URL: 2,
  PHONE_NUMBER: 1,
  COPY_CODE: 1,
  FLOW: 1,
  CATALOG: 1,
  MPM: 1,
  SPM: 1,
  OTP: 1,
  VOICE_CALL: 1,
  REQUEST_CONTACT_INFO: 1,
};

const refuse = (subcode: number, title: string, details: string): GraphRefusal =>
  new GraphRefusal(100, details, { message: 'Invalid parameter', subcode, userTitle: title });

/** A text part with variables needs an example for them, and may neither begin nor end with one. */
const judgeBodyText = (body: Part, format: TemplateWish['parameterFormat']): void => {
  const text = textOf(body, 'text', { most: 1024 });
  const variables = variablesOf(text);
  if (/^\s*\{\{/.test(text) || /\}\}\s*$/.test(text)) {
    throw refuse(
      2388299,
      'Variables can’t be at the start or end of the template',
      'Variables can’t be at the start or end.',
    );
  }
  const words = text.split(/\s+/).length;
  if (variables.length * 2 > words)
    throw refuse(2388293, 'Parameter to words ratio', 'There are too many variables for its length.');
  if (variables.length === 0) return;
  const example = openPart(body.members['example'] ?? {}, 'example', ['body_text', 'body_text_named_params']);
  if (format === 'NAMED')
    listOf(example, 'body_text_named_params', { least: variables.length, most: variables.length });
  else listOf(example, 'body_text', { least: 1, most: 1 });
  const isInOrder = variables.every((name, place) => name === String(place + 1));
  if (format === 'POSITIONAL' && !isInOrder)
    throw new GraphRefusal(100, 'Variables must be {{1}}, {{2}} and so on, in order.');
};

const judgeHeader = (header: Part): void => {
  const format = wordOf(header, 'format', ['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION']);
  if (format === 'TEXT') {
    const text = textOf(header, 'text', { most: 60 });
    if (variablesOf(text).length > 1) throw new GraphRefusal(100, 'A header takes one variable.');
  } else if (format !== 'LOCATION') openPart(header.members['example'], 'example', ['header_handle']);
};

const buttonKeys = [
  'type',
  'text',
  'url',
  'phone_number',
  'example',
  'flow_id',
  'flow_action',
  'navigate_screen',
  'otp_type',
];

const judgeButtons = (part: Part): void => {
  const buttons = partsOf(part, 'buttons', buttonKeys, { least: 1, most: 10 });
  const types = buttons.map((button) => wordOf(button, 'type', Object.keys(buttonLimits)));
  for (const [type, most] of Object.entries(buttonLimits)) {
    const count = types.filter((one) => one === type).length;
    if (count > most) throw new GraphRefusal(100, `At most ${most} buttons of type ${type} are allowed, not ${count}.`);
  }
  const replies = types.map((type) => type === 'QUICK_REPLY').join(' ');
  if (/true (false )+true/.test(replies)) throw new GraphRefusal(100, 'Quick replies must stand together.');
  for (const button of buttons) judgeButton(button);
};

const judgeButton = (button: Part): void => {
  const { type } = button.members;
  if (type !== 'COPY_CODE' && type !== 'REQUEST_CONTACT_INFO' && type !== 'OTP') textOf(button, 'text', { most: 25 });
  if (type === 'PHONE_NUMBER') textOf(button, 'phone_number', { most: 20 });
  if (type !== 'URL') return;
  const url = textOf(button, 'url', { most: 2000 });
  const variables = variablesOf(url);
  if (variables.length > 1 || (variables.length === 1 && !/\}\}$/.test(url))) {
    throw new GraphRefusal(100, 'A URL takes one variable, at its end.');
  }
  if (variables.length === 1 && button.members['example'] === undefined)
    throw new GraphRefusal(131008, 'example is missing.');
};

const componentKeys = [
  'type',
  'format',
  'text',
  'example',
  'buttons',
  'cards',
  'limited_time_offer',
  'add_security_recommendation',
  'code_expiration_minutes',
];

const componentJudges: Readonly<Record<string, (part: Part, format: TemplateWish['parameterFormat']) => void>> = {
  BODY: judgeBodyText,
  HEADER: judgeHeader,
  FOOTER: (footer) => {
    textOf(footer, 'text', { most: 60 });
  },
  BUTTONS: judgeButtons,
};

/** Body and footer of an authentication template are Meta's own. */
const isJudged = (type: string, category: string): boolean =>
  category !== 'AUTHENTICATION' || (type !== 'BODY' && type !== 'FOOTER');

const componentTypes = ['HEADER', 'BODY', 'FOOTER', 'BUTTONS', 'CAROUSEL', 'LIMITED_TIME_OFFER'];

const judgeComponents = (body: Part, format: TemplateWish['parameterFormat'], category: string): void => {
  const components = partsOf(body, 'components', componentKeys, { least: 1, most: 10 });
  const typed = components.map((component) => ({ component, type: wordOf(component, 'type', componentTypes) }));
  const types = typed.map(({ type }) => type);
  if (new Set(types).size !== types.length) throw new GraphRefusal(100, 'A component is there twice.');
  if (!types.includes('BODY')) throw new GraphRefusal(100, 'A template needs a BODY.');
  for (const { component, type } of typed) {
    if (isJudged(type, category)) componentJudges[type]?.(component, format);
  }
};

const times: Readonly<Record<TemplateWish['category'], [number, number]>> = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
};

const ttlOf = (part: Part, category: TemplateWish['category']): number | undefined => {
  const ttl = part.members['message_send_ttl_seconds'];
  if (ttl === undefined || (ttl === -1 && category !== 'MARKETING')) return ttl;
  const [least, most] = times[category];
  if (typeof ttl !== 'number' || ttl < least || ttl > most) {
    throw new GraphRefusal(100, `message_send_ttl_seconds must be from ${least} to ${most}.`);
  }
  return ttl;
};

const keys = [
  'name',
  'language',
  'category',
  'parameter_format',
  'components',
  'message_send_ttl_seconds',
  'allow_category_change',
  'sub_category',
];

/** Judges `POST /{account}/message_templates`. Source: Meta, "Templates", components and limits. */
export const judgeNewTemplate = (body: unknown): TemplateWish => {
  const part: Part = { ...openPart(body, 'body', keys), path: '' };
  const name = textOf(part, 'name', { most: 512 });
  if (!/^[a-z0-9_]+$/.test(name))
    throw new GraphRefusal(100, 'name may hold only lower-case letters, digits and underscores.');
  const language = wordOf(part, 'language', languages);
  const category = wordOf(part, 'category', categories);
  const format =
    maybeTextOf(part, 'parameter_format', { most: 20 })?.toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL';
  judgeComponents(part, format, category);
  const components = part.members['components'] as Record<string, unknown>[];
  return { name, language, category, parameterFormat: format, components, ttlSeconds: ttlOf(part, category) };
};

/** Judges what an edit brings: all components anew. */
export const judgeNewComponents = (body: unknown, format: TemplateWish['parameterFormat'], category: string) => {
  const part: Part = {
    ...openPart(body, 'body', ['components', 'category', 'message_send_ttl_seconds', 'parameter_format']),
    path: '',
  };
  if (part.members['components'] !== undefined) judgeComponents(part, format, category);
  return part.members as { components?: Record<string, unknown>[]; category?: string };
};

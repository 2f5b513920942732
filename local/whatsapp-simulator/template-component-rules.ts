import { GraphRefusal } from './graph-refusal.ts';
import { openPart, type Part, partsOf, textOf, wordOf } from './sends/part.ts';
import { variablesOf } from './sends/template-shape.ts';

type Format = 'POSITIONAL' | 'NAMED';

export const componentKeys = [
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

/** Meta says these by code 100 and a title; the subcode only where it is known. */
export const refuse = (title: string, details: string, subcode?: number): GraphRefusal =>
  new GraphRefusal(100, details, { message: 'Invalid parameter', subcode, userTitle: title });

const missingExample = (type: string): GraphRefusal =>
  refuse(
    'Message template "components" param is missing expected field(s)',
    `component of type ${type} is missing expected field(s) (example)`,
    2388043,
  );

const isWord = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** The examples by place; those of a body are one list within a list. */
const positionalExamples = (type: string, example: Part): unknown => {
  if (type === 'HEADER') return example.members['header_text'];
  const lists = example.members['body_text'];
  return Array.isArray(lists) && lists.length === 1 ? lists[0] : undefined;
};

const hasPositional = (type: string, example: Part, variables: readonly string[]): boolean => {
  const given = positionalExamples(type, example);
  return Array.isArray(given) && given.length === variables.length && given.every(isWord);
};

const hasNamed = (type: string, example: Part, variables: readonly string[]): boolean => {
  const given = example.members[`${type.toLowerCase()}_text_named_params`];
  if (!Array.isArray(given) || given.length !== variables.length) return false;
  const named = new Map(given.map((one) => [membersOf(one)['param_name'], membersOf(one)['example']]));
  return variables.every((variable) => isWord(named.get(variable)));
};

/** Every variable has an example, and those without a name count from one. */
const judgeVariables = (part: Part, type: 'BODY' | 'HEADER', variables: readonly string[], format: Format): void => {
  if (variables.length === 0) return;
  const isInOrder = variables.every((name, place) => name === String(place + 1));
  if (format === 'POSITIONAL' && !isInOrder)
    throw refuse('Invalid parameter', 'Variables must be {{1}}, {{2}} and so on, in order.');
  const name = type.toLowerCase();
  const keys = [`${name}_text`, `${name}_text_named_params`, 'header_handle'];
  if (part.members['example'] === undefined) throw missingExample(type);
  const example = openPart(part.members['example'], 'example', keys);
  const has = format === 'NAMED' ? hasNamed : hasPositional;
  if (!has(type, example, variables)) throw missingExample(type);
};

/** A body has an example for each variable, may neither begin nor end with one, and has words around them. */
export const judgeBody = (body: Part, format: Format, most = 1024): void => {
  const text = textOf(body, 'text', { most });
  const variables = variablesOf(text);
  if (/^\s*\{\{/.test(text) || /\}\}\s*$/.test(text)) {
    const title = 'Variables can’t be at the start or end of the template';
    throw refuse(title, 'Variables can’t be at the start or end.', 2388299);
  }
  const words = text.split(/\s+/).length;
  if (variables.length * 2 > words)
    throw refuse('Parameter to words ratio', 'There are too many variables for its length.', 2388293);
  judgeVariables(body, 'BODY', variables, format);
};

const judgeHandle = (header: Part): void => {
  if (header.members['example'] === undefined) throw missingExample('HEADER');
  const { members } = openPart(header.members['example'], 'example', ['header_handle']);
  const handles = members['header_handle'];
  if (!Array.isArray(handles) || handles.length !== 1 || !isWord(handles[0])) throw missingExample('HEADER');
};

const mediaFormats = ['IMAGE', 'VIDEO', 'DOCUMENT'];

/** A header of text takes one variable; one of media needs an example of it. */
export const judgeHeader = (header: Part, format: Format): void => {
  const kind = wordOf(header, 'format', ['TEXT', ...mediaFormats, 'LOCATION']);
  if (mediaFormats.includes(kind)) judgeHandle(header);
  if (kind !== 'TEXT') return;
  const variables = variablesOf(textOf(header, 'text', { most: 60 }));
  if (variables.length > 1) throw refuse('Invalid parameter', 'A header takes one variable.');
  judgeVariables(header, 'HEADER', variables, format);
};

/** A footer is the same for everybody. */
export const judgeFooter = (footer: Part): void => {
  const text = textOf(footer, 'text', { most: 60 });
  if (text.includes('{{')) throw refuse('Invalid parameter', 'A footer takes no variable.');
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

const judgeUrl = (button: Part): void => {
  const url = textOf(button, 'url', { most: 2000 });
  const variables = variablesOf(url);
  if (variables.length > 1 || (variables.length === 1 && !/\}\}$/.test(url))) {
    throw refuse('Invalid parameter', 'A URL takes one variable, at its end.');
  }
  if (variables.length === 1 && button.members['example'] === undefined) throw missingExample('BUTTONS');
};

const withoutText = ['COPY_CODE', 'REQUEST_CONTACT_INFO', 'OTP'];

const judgeButton = ({ button, type }: { button: Part; type: string }): void => {
  if (!withoutText.includes(type)) textOf(button, 'text', { most: 25 });
  if (type === 'PHONE_NUMBER') textOf(button, 'phone_number', { most: 20 });
  if (type === 'URL') judgeUrl(button);
};

const judgeReplies = (buttons: readonly { button: Part; type: string }[]): void => {
  const replies = buttons.filter(({ type }) => type === 'QUICK_REPLY');
  const together = buttons.map(({ type }) => type === 'QUICK_REPLY').join(' ');
  if (/true (false )+true/.test(together)) throw refuse('Invalid parameter', 'Quick replies must stand together.');
  const labels = new Set(replies.map(({ button }) => button.members['text']));
  if (labels.size !== replies.length)
    throw refuse('Invalid parameter', 'Two buttons of type QUICK_REPLY have the same text.');
};

/** The buttons of a component with their types. Throws 100 where they are none. */
export const buttonsOf = (part: Part, most = 10): { button: Part; type: string }[] =>
  partsOf(part, 'buttons', buttonKeys, { least: 1, most }).map((button) => ({
    button,
    type: wordOf(button, 'type', Object.keys(buttonLimits)),
  }));

export const judgeButtons = (part: Part): void => {
  const buttons = buttonsOf(part);
  for (const [type, most] of Object.entries(buttonLimits)) {
    const count = buttons.filter((one) => one.type === type).length;
    if (count > most)
      throw refuse('Invalid parameter', `At most ${most} buttons of type ${type} are allowed, not ${count}.`);
  }
  buttons.forEach(judgeButton);
  judgeReplies(buttons);
};

import { fold } from '#core/text.ts';
import { type Fields, fieldsOf, idOf, isFields, listOf } from '../whatsapp/wire.ts';

/** The answers of a form, by the names of its fields; of a field with many answers each. */
export type Answers = Readonly<Record<string, string | readonly string[]>>;

/** Names of fields differ in case, accents and what stands between their words. */
export const foldedName = (name: string): string =>
  fold(name)
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');

/** What a ticked box sends, and the words that people answer with. */
const yes: ReadonlySet<string> = new Set([
  ...['1', 'true', 'on', 'y', 'yes', 'si', 'sim', 's', 'ok', 'ticked', 'checked', 'selected', 'marcado', 'verdadero'],
  ...['acepto', 'aceito', 'accept', 'accepted', 'aceptado', 'aceito_receber', 'agree', 'agreed', 'i_agree', 'i_accept'],
  ...['si_acepto', 'sim_aceito', 'yes_i_agree', 'yes_i_accept', 'si_quiero', 'sim_quero', 'yes_please', 'si_por_favor'],
  ...['de_acuerdo', 'estoy_de_acuerdo', 'si_estoy_de_acuerdo', 'concordo', 'sim_concordo', 'autorizo', 'si_autorizo'],
]);

/** Whether an answer agrees to these words: a yes, or the words themselves. Whatever else was answered does not. */
export const saysYes = (answer: string, words: string): boolean => {
  const said = foldedName(answer);
  return yes.has(said) || (said !== '' && said === foldedName(words));
};

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** What is ticked in a list is many answers; lists within lists say nothing. */
const answerOf = (value: unknown): string | string[] =>
  Array.isArray(value) ? value.map(textOf).filter(Boolean) : textOf(value);

/** Forms within forms go by the path of their fields: `contact.phone`; what Lead Ads tell is a list of fields. */
const flattened = (value: unknown, path: string, depth: number): [string, string | string[]][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 3)
    return [[path, answerOf(value)]];
  return Object.entries(value).flatMap(([name, member]) =>
    flattened(member, path === '' ? name : `${path}.${name}`, depth + 1),
  );
};

const MOST_FIELDS = 200;

const parsed = (payload: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(payload);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** The answers in the JSON that a form sent; undefined for what is none. */
export const answersOf = (payload: string): Answers | undefined => {
  const fields = parsed(payload);
  return fields && Object.fromEntries(flattened(fields, '', 0).slice(0, MOST_FIELDS));
};

/**
 * When a form of an advertisement was filled in, as Meta's JSON of it tells; undefined when it does not.
 * Source: Meta for Developers, "Retrieving Leads": created_time, as `2026-11-21T12:00:00+0000`.
 */
export const filledInAt = (payload: string): string | undefined => {
  const told = parsed(payload)?.['created_time'];
  const at = typeof told === 'string' ? new Date(told.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : new Date(Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
};

/**
 * The answers in Meta's JSON of a filled-in form, what was ticked among them; undefined while only its id is known.
 * Source: Meta for Developers, "Retrieving Leads": field_data, custom_disclaimer_responses.
 */
export const answersOfLeadAd = (payload: string): Answers | undefined => {
  const fields = parsed(payload);
  if (!Array.isArray(fields?.['field_data'])) return undefined;
  const answers = listOf(fields['field_data']).map((one): [string, string | string[]] => {
    const { name, values } = fieldsOf(one);
    return [idOf(name) ?? '', answerOf(values)];
  });
  const ticked = listOf(fields['custom_disclaimer_responses']).map((one): [string, string] => {
    const { checkbox_key: name, is_checked: isChecked } = fieldsOf(one);
    return [idOf(name) ?? '', String(isChecked === true || isChecked === '1' || isChecked === 'true')];
  });
  return Object.fromEntries([...answers, ...ticked].slice(0, MOST_FIELDS));
};

import * as z from 'zod/mini';
import type { Country } from '#core/countries.ts';
import { parsePhone } from '#core/phone.ts';
import { fold } from '#core/text.ts';
import { type Fields, fieldsOf, idOf, isFields, listOf, present } from '../whatsapp/wire.ts';
import { emailField } from './lead.ts';
import type { FieldMapping, FormReading } from './lead-form.ts';

/** The answers of a form, by the names of its fields. */
export type Answers = Readonly<Record<string, string>>;

/** What a submission says of a person. */
export interface SubmissionFacts {
  /** E.164. */
  phone: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  tags: string[];
  /** The words that they agreed to. */
  agreedTo?: string;
}

/** Why a submission can't become a lead: nobody can be told by it. */
export type Unreadable = 'phone-missing' | 'phone-not-valid' | 'not-readable';

type Said = Exclude<keyof FieldMapping, 'tags'>;

/** What fields are usually called, in Meta's forms and in people's own. */
const usualNames: Readonly<Record<Said, readonly string[]>> = {
  phone: [
    ...['phone_number', 'phone', 'telephone', 'tel', 'mobile', 'mobile_phone', 'cell', 'cell_phone', 'whatsapp'],
    ...[
      'whatsapp_number',
      'telefono',
      'numero_de_telefono',
      'celular',
      'movil',
      'telefone',
      'numero_de_telefone',
      'fone',
    ],
  ],
  fullName: [
    'full_name',
    'fullname',
    'name',
    'your_name',
    'nombre_completo',
    'nombre_y_apellido',
    'nome_completo',
    'nome',
  ],
  firstName: ['first_name', 'firstname', 'given_name', 'nombre', 'nombres', 'primeiro_nome'],
  lastName: ['last_name', 'lastname', 'surname', 'family_name', 'apellido', 'apellidos', 'sobrenome'],
  email: ['email', 'e_mail', 'email_address', 'mail', 'correo', 'correo_electronico', 'work_email'],
};

/** Names of fields differ in case, accents and what stands between their words. */
const folded = (name: string): string =>
  fold(name)
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');

const LONGEST_NAME = 80;

const words = (text: string | undefined): string | undefined =>
  text?.replace(/\s+/g, ' ').trim().slice(0, LONGEST_NAME).toWellFormed() || undefined;

/** First and last name, from two fields or from one that has both: its first word is the first name. */
export const namesOf = ({
  fullName,
  firstName,
  lastName,
}: {
  fullName?: string | undefined;
  firstName?: string | undefined;
  lastName?: string | undefined;
}): { firstName?: string; lastName?: string } => {
  const [first, last] = [words(firstName), words(lastName)];
  if (first !== undefined || last !== undefined)
    return present({ firstName: first ?? words(fullName), lastName: last });
  const [head, ...rest] = (words(fullName) ?? '').split(' ');
  return present({ firstName: head || undefined, lastName: rest.join(' ') || undefined });
};

/** Reads the answer of a field by its name, however it is spelt. */
const reader = (answers: Answers) => {
  const byName = new Map(Object.entries(answers).map(([name, answer]) => [folded(name), answer.trim()]));
  return (...names: readonly string[]): string | undefined =>
    names.map((name) => byName.get(folded(name))).find((answer) => answer !== undefined && answer !== '');
};

const notTicked: ReadonlySet<string> = new Set(['', '0', 'false', 'no', 'off', 'nao', 'null']);

const agreedTo = (
  { consent }: Pick<FormReading, 'consent'>,
  read: (...names: readonly string[]) => string | undefined,
): string | undefined => {
  if (consent === null) return undefined;
  const isGiven = consent.field === undefined || !notTicked.has(fold(read(consent.field) ?? ''));
  return isGiven ? consent.text : undefined;
};

const LONGEST_TAG = 40;

const tagsFrom = ({ mapping, tags }: FormReading, read: (name: string) => string | undefined): string[] => {
  const answered = (mapping.tags ?? []).flatMap((name) => words(read(name))?.slice(0, LONGEST_TAG).trim() ?? []);
  return [...tags, ...answered];
};

/**
 * What a form's answers say of a person, as its mapping reads them; a number without its country is one of `country`.
 * Tells why when nobody can be found by them.
 */
export const readAnswers = (answers: Answers, form: FormReading, country: Country): SubmissionFacts | Unreadable => {
  const { mapping } = form;
  const read = reader(answers);
  const said = (what: Said): string | undefined => {
    const own = mapping[what];
    return own === undefined ? read(...usualNames[what]) : read(own);
  };
  const written = said('phone');
  if (written === undefined) return 'phone-missing';
  const phone = parsePhone(written, form.country ?? country);
  if (phone === undefined) return 'phone-not-valid';
  const email = said('email');
  const [fullName, firstName, lastName] = [said('fullName'), said('firstName'), said('lastName')];
  // «nombre» is all of the name where nothing else is
  const isWhole = lastName === undefined && mapping.firstName === undefined;
  const names = isWhole ? { fullName: fullName ?? firstName } : { fullName, firstName, lastName };
  const agreed = agreedTo(form, read);
  return {
    phone,
    ...namesOf(names),
    ...(email !== undefined && z.safeParse(emailField(), email).success && { email }),
    tags: tagsFrom(form, read),
    ...(agreed !== undefined && { agreedTo: agreed }),
  };
};

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
};

/** Forms within forms go by the path of their fields: `contact.phone`; what Lead Ads tell is a list of fields. */
const flattened = (value: unknown, path: string, depth: number): [string, string][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 3) return [[path, textOf(value)]];
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
 * The answers in Meta's JSON of a filled-in form, what was ticked among them; undefined while only its id is known.
 * Source: Meta for Developers, "Retrieving Leads": field_data, custom_disclaimer_responses.
 */
export const answersOfLeadAd = (payload: string): Answers | undefined => {
  const fields = parsed(payload);
  if (!Array.isArray(fields?.['field_data'])) return undefined;
  const answers = listOf(fields['field_data']).map((one): [string, string] => {
    const { name, values } = fieldsOf(one);
    return [idOf(name) ?? '', textOf(values)];
  });
  const ticked = listOf(fields['custom_disclaimer_responses']).map((one): [string, string] => {
    const { checkbox_key: name, is_checked: isChecked } = fieldsOf(one);
    return [idOf(name) ?? '', String(isChecked === true || isChecked === '1' || isChecked === 'true')];
  });
  return Object.fromEntries([...answers, ...ticked].slice(0, MOST_FIELDS));
};

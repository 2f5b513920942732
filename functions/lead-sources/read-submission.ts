import * as z from 'zod/mini';
import type { Country } from '#core/countries.ts';
import { parsePhone } from '#core/phone.ts';
import { present } from '#core/present.ts';
import { cut } from '#core/text.ts';
import { emailField } from '../leads/lead.ts';
import { type Answers, foldedName, saysYes } from './answers.ts';
import type { FieldMapping, FormReading } from './lead-form.ts';

/** What a submission says of a person. */
export interface SubmissionFacts {
  /** E.164. */
  phone: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  tags: string[];
  /** The words that they agreed to: by ticking them, or only by sending the form. */
  agreedTo?: { text: string; isTicked: boolean };
}

/** Why a submission can't become a lead: nobody can be told by it. */
export type Unreadable = 'phone-missing' | 'phone-not-valid' | 'not-readable';

type Said = Exclude<keyof FieldMapping, 'tags'>;

/** What fields are usually called, in Meta's forms and in people's own. */
const usualNames: Readonly<Record<Said, readonly string[]>> = {
  phone: [
    ...['phone_number', 'phone', 'telephone', 'tel', 'mobile', 'mobile_phone', 'mobile_number', 'cell', 'cell_phone'],
    ...['whatsapp', 'whatsapp_number', 'whatsapp_phone', 'telefono', 'numero_de_telefono', 'numero_telefono'],
    ...['telefono_celular', 'telefono_movil', 'telefono_de_contacto', 'numero_de_whatsapp', 'numero_whatsapp'],
    ...['celular', 'numero_de_celular', 'numero_celular', 'celular_whatsapp', 'movil', 'numero_movil', 'contacto'],
    ...[
      'numero_de_contacto',
      'telefone',
      'numero_de_telefone',
      'telefone_celular',
      'telefone_whatsapp',
      'fone',
      'contato',
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

const LONGEST_NAME = 80;

const words = (text: string | undefined): string | undefined =>
  (text && cut(text.replace(/\s+/g, ' ').trim(), LONGEST_NAME).trim()) || undefined;

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

interface Reader {
  /** All that was answered to the first of these fields that was answered at all. */
  all: (...names: readonly string[]) => readonly string[];
  one: (...names: readonly string[]) => string | undefined;
}

/** Reads the answers of a field by its name, however it is spelt. */
const readerOf = (answers: Answers): Reader => {
  const listed = (answer: string | readonly string[]) =>
    (typeof answer === 'string' ? [answer] : answer).map((one) => one.trim()).filter(Boolean);
  const byName = new Map(Object.entries(answers).map(([name, answer]) => [foldedName(name), listed(answer)]));
  const all = (...names: readonly string[]) =>
    names.map((name) => byName.get(foldedName(name)) ?? []).find((answered) => answered.length > 0) ?? [];
  return { all, one: (...names) => all(...names).join(', ') || undefined };
};

const agreedTo = ({ consent }: FormReading, { all }: Reader): SubmissionFacts['agreedTo'] => {
  if (consent === null) return undefined;
  const { text, field } = consent;
  if (field === undefined) return { text, isTicked: false };
  const answered = all(field);
  return answered.length > 0 && answered.every((answer) => saysYes(answer, text))
    ? { text, isTicked: true }
    : undefined;
};

const LONGEST_TAG = 40;

const tagsFrom = ({ mapping, tags }: FormReading, { all }: Reader): string[] => {
  const answered = (mapping.tags ?? []).flatMap((name) => all(name));
  return [...tags, ...answered.flatMap((answer) => cut(words(answer) ?? '', LONGEST_TAG).trim() || [])];
};

const phoneStem = /tel|cel|fon|phone|whats|wpp|wsp|movil|mobil|contact|contat/;

/** A number of a document or an order may look like a phone of the country. */
const mayBePhone = (name: string, answer: string): boolean =>
  /^(\+|00)/.test(answer.trim()) || phoneStem.test(foldedName(name));

/** The only phone among the answers that nobody said anything about. */
const unnamedPhone = (
  answers: Answers,
  { mapping: { tags = [], ...mapping }, consent }: FormReading,
  country: Country,
): string | undefined => {
  const known = [...Object.values(usualNames).flat(), ...Object.values(mapping), ...tags, consent?.field ?? ''];
  const taken = new Set(known.map(foldedName));
  const phones = Object.entries(answers)
    .filter(([name]) => !taken.has(foldedName(name)))
    .flatMap(([name, answer]) => [answer].flat().filter((one) => mayBePhone(name, one)))
    .flatMap((answer) => parsePhone(answer, country) ?? []);
  const distinct = [...new Set(phones)];
  return distinct.length === 1 ? distinct[0] : undefined;
};

const phoneOf = (answers: Answers, form: FormReading, country: Country): string | Unreadable => {
  const { one } = readerOf(answers);
  const own = form.mapping.phone;
  const written = own === undefined ? one(...usualNames.phone) : one(own);
  if (written !== undefined) return parsePhone(written, country) ?? 'phone-not-valid';
  return (own === undefined && unnamedPhone(answers, form, country)) || 'phone-missing';
};

const namesIn = (said: (what: Said) => string | undefined, { mapping }: FormReading) => {
  const [fullName, firstName, lastName] = [said('fullName'), said('firstName'), said('lastName')];
  // «nombre» is all of the name where nothing else is
  const isWhole = lastName === undefined && mapping.firstName === undefined;
  return namesOf(isWhole ? { fullName: fullName ?? firstName } : { fullName, firstName, lastName });
};

const isUnreadable = (phone: string): phone is Unreadable => !phone.startsWith('+');

/**
 * What a form's answers say of a person, as its mapping reads them; a number without its country is one of `country`.
 * Where no field is known to be the phone, the only other answer that is one will do. Tells why when nobody can be found
 * by them.
 */
export const readAnswers = (answers: Answers, form: FormReading, country: Country): SubmissionFacts | Unreadable => {
  const phone = phoneOf(answers, form, form.country ?? country);
  if (isUnreadable(phone)) return phone;
  const reader = readerOf(answers);
  const said = (what: Said): string | undefined => {
    const own = form.mapping[what];
    return own === undefined ? reader.one(...usualNames[what]) : reader.one(own);
  };
  const email = said('email');
  const agreed = agreedTo(form, reader);
  return {
    phone,
    ...namesIn(said, form),
    ...(email !== undefined && z.safeParse(emailField(), email).success && { email }),
    tags: tagsFrom(form, reader),
    ...(agreed && { agreedTo: agreed }),
  };
};

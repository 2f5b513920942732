import * as z from 'zod/mini';
import { countField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { fold } from '#core/text.ts';

/** What a column of a file may tell of a lead. */
export const importFields = [
  'phone',
  'name',
  'firstName',
  'lastName',
  'email',
  'tags',
  'source',
  'stage',
  'seller',
  'nextActionAt',
  'consent',
] as const;
export type ImportField = (typeof importFields)[number];

/** A file may have more columns; they can't be mapped. */
export const MOST_COLUMNS = 200;

/** The column, from 0, in which each field stands; fields that are not named are in none. */
export const ImportMapping = lazy(() =>
  z
    .strictObject(
      Object.fromEntries(importFields.map((field) => [field, z.optional(countField(MOST_COLUMNS - 1))])) as Record<
        ImportField,
        z.ZodMiniOptional<ReturnType<typeof countField>>
      >,
    )
    .check(z.refine(({ phone }) => phone !== undefined, { path: ['phone'], error: 'says which column has the phone' })),
);
export type ImportMapping = z.infer<Lazy<typeof ImportMapping>>;

/** What columns are called in files of CRMs, address books and lists of people, in Spanish, Portuguese and English. */
const headers: Readonly<Record<ImportField, readonly string[]>> = {
  phone: [
    'telefono',
    'telefone',
    'phone',
    'phone number',
    'numero de telefono',
    'numero',
    'celular',
    'movil',
    'mobile',
    'mobile phone',
    'cell',
    'cell phone',
    'tel',
    'fone',
    'whatsapp',
    'wa',
    'phone 1 value',
    'contacto',
    'contato',
  ],
  name: ['nombre completo', 'nombre y apellido', 'nome completo', 'full name', 'name', 'cliente', 'client', 'customer'],
  firstName: ['nombre', 'nombres', 'nome', 'first name', 'firstname', 'given name', 'primer nombre', 'primeiro nome'],
  lastName: ['apellido', 'apellidos', 'sobrenome', 'last name', 'lastname', 'surname', 'family name'],
  email: [
    'email',
    'e mail',
    'correo',
    'correo electronico',
    'mail',
    'e mail address',
    'email address',
    'e mail 1 value',
  ],
  tags: ['etiquetas', 'etiqueta', 'tags', 'tag', 'labels', 'label', 'marcadores', 'grupos', 'groups'],
  source: ['origen', 'origem', 'source', 'fuente', 'fonte', 'lead source', 'canal', 'utm source'],
  stage: ['etapa', 'stage', 'estado', 'status', 'fase', 'situacao', 'stage id'],
  seller: [
    'vendedor',
    'vendedora',
    'seller',
    'asesor',
    'responsable',
    'responsavel',
    'owner',
    'assigned to',
    'asignado',
  ],
  nextActionAt: [
    'proxima accion',
    'proxima acao',
    'next action',
    'next action date',
    'proximo contacto',
    'seguimiento',
  ],
  consent: ['consentimiento', 'consentimento', 'consent', 'opt in', 'acepta', 'aceita', 'acepta publicidad'],
};

/** A header as it is compared: folded, every sign a space. */
const folded = (header: string): string =>
  fold(header)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

const places = (titles: readonly string[], field: ImportField): number[] =>
  headers[field].map((known) => titles.indexOf(known)).filter((column) => column >= 0);

/** A phone as people write it: mostly digits, and as many as a phone has. */
const looksLikePhone = (cell: string): boolean => {
  const digits = cell.replace(/\D/g, '').length;
  return digits >= 7 && digits <= 15 && /^[\d\s()+.\-/]+$/.test(cell.trim());
};

const looksLikeEmail = (cell: string): boolean => /^\S+@\S+\.\S+$/.test(cell.trim());

/** The column most of whose cells look so, if there is one. */
const columnOf = (rows: readonly (readonly string[])[], looksSo: (cell: string) => boolean): number | undefined => {
  const width = Math.max(0, ...rows.map((row) => row.length));
  const shares = Array.from({ length: width }, (_, column) => {
    const filled = rows.map((row) => row[column] ?? '').filter((cell) => cell.trim() !== '');
    return filled.length === 0 ? 0 : filled.filter(looksSo).length / filled.length;
  });
  const best = Math.max(0, ...shares);
  return best > 0.5 ? shares.indexOf(best) : undefined;
};

/** Whether a first row names columns: no cell of it looks like a phone or an address, and it has words. */
export const looksLikeHeader = (row: readonly string[]): boolean =>
  row.some((cell) => /\p{L}/u.test(cell)) && !row.some((cell) => looksLikePhone(cell) || looksLikeEmail(cell));

/**
 * Which column has what: by the words of the header where there is one, else by what the cells look like. No column is
 * taken twice; what nobody can tell is left out.
 */
export const suggestMapping = (
  header: readonly string[] | undefined,
  rows: readonly (readonly string[])[],
): Partial<Record<ImportField, number>> => {
  const titles = (header ?? []).map(folded);
  const taken = new Set<number>();
  const suggested: Partial<Record<ImportField, number>> = {};
  const take = (field: ImportField, column: number | undefined): void => {
    if (suggested[field] !== undefined || column === undefined || column >= MOST_COLUMNS || taken.has(column)) return;
    suggested[field] = column;
    taken.add(column);
  };
  for (const field of importFields) {
    take(
      field,
      places(titles, field).find((column) => !taken.has(column)),
    );
  }
  take('phone', columnOf(rows, looksLikePhone));
  take('email', columnOf(rows, looksLikeEmail));
  return suggested;
};

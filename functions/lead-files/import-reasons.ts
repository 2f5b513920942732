import type { Language } from '#core/fields.ts';

/** Why a row was not taken, or was taken without some of its cells. */
export const rowReasons = [
  'phone-missing',
  'phone-invalid',
  'phone-rounded',
  'email-invalid',
  'name-too-long',
  'too-many-tags',
  'tag-too-long',
  'source-invalid',
  'stage-unknown',
  'seller-unknown',
  'date-invalid',
  'open-quote',
  'row-too-long',
  'busy',
] as const;
export type RowReason = (typeof rowReasons)[number];

const words: Record<Language, Record<RowReason, string>> = {
  es: {
    'phone-missing': 'Falta el teléfono',
    'phone-invalid': 'El teléfono no es válido para el país elegido',
    'phone-rounded': 'La planilla redondeó el teléfono: dale formato de texto a la columna',
    'email-invalid': 'El correo no es válido',
    'name-too-long': 'El nombre es demasiado largo',
    'too-many-tags': 'Tiene demasiadas etiquetas',
    'tag-too-long': 'Una etiqueta es demasiado larga',
    'source-invalid': 'El origen no es válido',
    'stage-unknown': 'No hay una etapa con ese nombre',
    'seller-unknown': 'No hay un vendedor activo con ese nombre o correo',
    'date-invalid': 'La fecha no es válida: usá 2026-11-21 o 21/11/2026',
    'open-quote': 'Tiene una comilla que no se cierra',
    'row-too-long': 'La fila es demasiado larga',
    busy: 'Otros cambiaban a esta persona en ese momento: importá la fila otra vez',
  },
  pt: {
    'phone-missing': 'Falta o telefone',
    'phone-invalid': 'O telefone não é válido para o país escolhido',
    'phone-rounded': 'A planilha arredondou o telefone: formate a coluna como texto',
    'email-invalid': 'O e-mail não é válido',
    'name-too-long': 'O nome é longo demais',
    'too-many-tags': 'Tem etiquetas demais',
    'tag-too-long': 'Uma etiqueta é longa demais',
    'source-invalid': 'A origem não é válida',
    'stage-unknown': 'Não há uma etapa com esse nome',
    'seller-unknown': 'Não há um vendedor ativo com esse nome ou e-mail',
    'date-invalid': 'A data não é válida: use 2026-11-21 ou 21/11/2026',
    'open-quote': 'Tem uma aspa que não se fecha',
    'row-too-long': 'A linha é longa demais',
    busy: 'Outros mudavam esta pessoa nesse momento: importe a linha de novo',
  },
  en: {
    'phone-missing': 'There is no phone',
    'phone-invalid': 'The phone is not valid for the country that was chosen',
    'phone-rounded': 'The spreadsheet rounded the phone: format the column as text',
    'email-invalid': 'The e-mail address is not valid',
    'name-too-long': 'The name is too long',
    'too-many-tags': 'There are too many tags',
    'tag-too-long': 'A tag is too long',
    'source-invalid': 'The source is not valid',
    'stage-unknown': 'There is no stage of that name',
    'seller-unknown': 'There is no active seller of that name or e-mail address',
    'date-invalid': 'The date is not valid: write 2026-11-21 or 21/11/2026',
    'open-quote': 'There is a quote that is never closed',
    'row-too-long': 'The row is too long',
    busy: 'Others were changing this person at that moment: import the row again',
  },
};

const takenWithout: Record<Language, string> = {
  es: 'Importada sin este dato',
  pt: 'Importada sem este dado',
  en: 'Imported without this cell',
};

/** Why a row was not taken, for people. */
export const reasonText = (reason: RowReason, language: Language): string => words[language][reason];

/** Why a row was taken without some of its cells, for people. */
export const warningText = (warnings: readonly RowReason[], language: Language): string =>
  `${takenWithout[language]}: ${warnings.map((warning) => words[language][warning]).join('. ')}`;

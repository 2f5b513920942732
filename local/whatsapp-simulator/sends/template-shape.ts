import type { TemplateRow } from '../world-rows.ts';

type Json = Readonly<Record<string, unknown>>;

/** A button of an approved template. */
export interface ShapeButton {
  type: string;
  text: string;
  url?: string;
  phone?: string;
  code?: string;
}

/** What an approved template, or one card of it, consists of. */
export interface Shape {
  header?: { format: string; text: string };
  body: string;
  footer?: string;
  buttons: ShapeButton[];
  hasOffer: boolean;
  cards: Shape[];
}

const textMember = (value: unknown): string => (typeof value === 'string' ? value : '');
const listMember = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

const toButton = (button: Json): ShapeButton => ({
  type: textMember(button['type']).toUpperCase(),
  text: textMember(button['text']) || 'Copiar código',
  url: textMember(button['url']) || undefined,
  phone: textMember(button['phone_number']) || undefined,
  code: textMember(Array.isArray(button['example']) ? button['example'][0] : button['example']) || undefined,
});

/** The shape of a list of components. */
export const shapeOf = (components: readonly Json[]): Shape => {
  const find = (type: string) => components.find((component) => textMember(component['type']).toUpperCase() === type);
  const header = find('HEADER');
  const footer = find('FOOTER');
  return {
    header: header && { format: textMember(header['format']).toUpperCase(), text: textMember(header['text']) },
    body: textMember(find('BODY')?.['text']),
    footer: footer && textMember(footer['text']),
    buttons: listMember(find('BUTTONS')?.['buttons']).map(toButton),
    hasOffer: find('LIMITED_TIME_OFFER') !== undefined,
    cards: listMember(find('CAROUSEL')?.['cards']).map((card) => shapeOf(listMember(card['components']))),
  };
};

/** The names of the variables of a text, each once, in order. */
export const variablesOf = (text: string): string[] => [
  ...new Set(text.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g).map(([, name = '']) => name)),
];

/** A text with its variables put in. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (whole, name: string) => values[name] ?? whole);

export const isNamed = ({ parameterFormat }: TemplateRow): boolean => parameterFormat === 'NAMED';

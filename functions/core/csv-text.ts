/** What a spreadsheet takes for a formula. Source: OWASP, "CSV Injection". */
const FORMULA = /^[=+\-@\t\r\n]|^[＝＋－＠]/;
/** A number with its sign, and a phone, are harmless, and people want them as they are. */
const NUMBER = /^[+-]?\d[\d.,]*$/;

/** A value that a spreadsheet shows as text, whatever it begins with. */
export const harmless = (value: string): string => (FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value);

/** A value as it was before {@link harmless} made it so. */
export const unharmed = (cell: string): string =>
  cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;

const quoted = (cell: string): string => (/[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** One row of a CSV file, formulas made harmless, with its newline. */
export const csvLine = (values: readonly string[], delimiter = ','): string =>
  `${values.map((value) => quoted(harmless(value.toWellFormed()))).join(delimiter)}\r\n`;

/** Stands at the beginning of a file of UTF-8, so that spreadsheets know it for what it is. */
export const UTF8_MARK = '\ufeff';

import { isUtf8 } from 'node:buffer';

export const csvEncodings = ['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be', 'windows-1252'] as const;

/** How a file writes its characters; UTF-16 has a mark at its beginning, or shows by its zeros. */
export type CsvEncoding = (typeof csvEncodings)[number];

const marks: readonly (readonly [CsvEncoding, readonly number[]])[] = [
  ['utf-8-bom', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

const startsWith = (bytes: Buffer, mark: readonly number[]): boolean =>
  mark.every((byte, index) => bytes[index] === byte);

/** Of Latin text in UTF-16 nearly every other byte is zero: behind each letter, or before it. */
const MOST_ZEROS_OF_TEXT = 0.3;

const shareOfZeros = (bytes: Buffer, first: 0 | 1): number => {
  let zeros = 0;
  for (let index = first; index < bytes.length; index += 2) if (bytes[index] === 0) zeros += 1;
  return zeros / Math.max(1, Math.floor(bytes.length / 2));
};

/** The text without a character that its end has cut. */
const wholeCharacters = (bytes: Buffer): Buffer => {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  const isLead = end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0xc0;
  return isLead ? bytes.subarray(0, end - 1) : bytes;
};

/** Tells the encoding of a file by its first bytes. What is neither UTF-8 nor UTF-16 is taken for Windows-1252. */
export const detectEncoding = (head: Buffer): CsvEncoding => {
  const marked = marks.find(([, mark]) => startsWith(head, mark));
  if (marked) return marked[0];
  if (shareOfZeros(head, 1) > MOST_ZEROS_OF_TEXT) return 'utf-16le';
  if (shareOfZeros(head, 0) > MOST_ZEROS_OF_TEXT) return 'utf-16be';
  return isUtf8(head) || isUtf8(wholeCharacters(head)) ? 'utf-8' : 'windows-1252';
};

const notTexts: readonly (readonly number[])[] = [
  [0x50, 0x4b, 0x03, 0x04], // zip, which workbooks are
  [0x25, 0x50, 0x44, 0x46], // %PDF
  [0xd0, 0xcf, 0x11, 0xe0], // workbooks of old
];
/** What other programs call a workbook is sometimes a page. */
const MARKUP = /^\s*<(!doctype|html|\?xml|table)/i;

/** Whether a file of this encoding begins like text of rows, and not like a workbook, a page or a picture. */
export const looksLikeText = (head: Buffer, encoding: CsvEncoding): boolean => {
  if (notTexts.some((mark) => startsWith(head, mark))) return false;
  const body = head.subarray(markLength(head));
  return encoding.startsWith('utf-16') || !(body.includes(0) || MARKUP.test(body.toString('latin1', 0, 200)));
};

/** How many bytes at the beginning are the mark of an encoding, and no text. */
export const markLength = (head: Buffer): number => marks.find(([, mark]) => startsWith(head, mark))?.[1].length ?? 0;

/** How many bytes every character has at least. */
export const unitBytes = (encoding: CsvEncoding): 1 | 2 => (encoding.startsWith('utf-16') ? 2 : 1);

const decoders = new Map<string, TextDecoder>();
const decoder = (label: string): TextDecoder => {
  const known = decoders.get(label) ?? new TextDecoder(label, { ignoreBOM: true });
  decoders.set(label, known);
  return known;
};

const isAscii = (bytes: Buffer): boolean => bytes.every((byte) => byte < 0x80);

/**
 * The text of some bytes. In a file of UTF-8, bytes that are none are read as Windows-1252: such files are made by
 * pasting one into another.
 */
export const decodeCsv = (bytes: Buffer, encoding: CsvEncoding): string => {
  if (encoding === 'utf-16le') return bytes.toString('utf16le').toWellFormed();
  if (encoding === 'utf-16be') return decoder('utf-16be').decode(bytes);
  if (encoding !== 'windows-1252' && isUtf8(bytes)) return bytes.toString('utf8');
  return isAscii(bytes) ? bytes.toString('latin1') : decoder('windows-1252').decode(bytes);
};

/** Families of files that can't be told apart by their first bytes count as one. */
type Family = 'jpeg' | 'png' | 'webp' | 'gif' | 'ogg' | 'mp3' | 'aac' | 'amr' | 'mp4' | 'pdf' | 'zip' | 'ole' | 'rtf';

const startsWith = (body: Buffer, hex: string, offset = 0): boolean =>
  body.subarray(offset, offset + hex.length / 2).toString('hex') === hex;

const isAt = (body: Buffer, text: string, offset = 0): boolean =>
  body.subarray(offset, offset + text.length).toString('latin1') === text;

/** Sources: the formats' own specifications; `ftyp` stands for MP4, 3GPP and M4A alike. */
const signatures: readonly [Family, (body: Buffer) => boolean][] = [
  ['jpeg', (body) => startsWith(body, 'ffd8ff')],
  ['png', (body) => startsWith(body, '89504e470d0a1a0a')],
  ['webp', (body) => isAt(body, 'RIFF') && isAt(body, 'WEBP', 8)],
  ['gif', (body) => isAt(body, 'GIF8')],
  ['ogg', (body) => isAt(body, 'OggS')],
  ['amr', (body) => isAt(body, '#!AMR')],
  ['mp4', (body) => isAt(body, 'ftyp', 4)],
  ['pdf', (body) => body.subarray(0, 1024).includes('%PDF-')],
  ['zip', (body) => startsWith(body, '504b0304') || startsWith(body, '504b0506')],
  ['ole', (body) => startsWith(body, 'd0cf11e0a1b11ae1')],
  ['rtf', (body) => isAt(body, '{\\rtf')],
  ['aac', (body) => isAt(body, 'ADIF') || ((body[0] ?? 0) === 0xff && ((body[1] ?? 0) & 0xf6) === 0xf0)],
  ['mp3', (body) => isAt(body, 'ID3') || ((body[0] ?? 0) === 0xff && ((body[1] ?? 0) & 0xe6) === 0xe2)],
];

/** What a file is by its first bytes; undefined for text and for all that we do not know. */
export const familyOf = (body: Buffer): Family | undefined => signatures.find(([, fits]) => fits(body))?.[0];

const openXml = 'application/vnd.openxmlformats-officedocument.';

/** What a file of a declared type must look like, and the ending of its name. */
const types: Readonly<Record<string, { families: readonly Family[]; extension: string }>> = {
  'image/jpeg': { families: ['jpeg'], extension: 'jpg' },
  'image/png': { families: ['png'], extension: 'png' },
  'image/webp': { families: ['webp'], extension: 'webp' },
  'image/gif': { families: ['gif'], extension: 'gif' },
  'audio/ogg': { families: ['ogg'], extension: 'ogg' },
  'audio/opus': { families: ['ogg'], extension: 'opus' },
  'audio/mpeg': { families: ['mp3', 'aac', 'mp4'], extension: 'mp3' },
  'audio/mp4': { families: ['mp4', 'aac'], extension: 'm4a' },
  'audio/aac': { families: ['aac', 'mp4'], extension: 'aac' },
  'audio/amr': { families: ['amr'], extension: 'amr' },
  'video/mp4': { families: ['mp4'], extension: 'mp4' },
  'video/3gpp': { families: ['mp4'], extension: '3gp' },
  'application/pdf': { families: ['pdf'], extension: 'pdf' },
  'application/msword': { families: ['ole', 'rtf', 'zip'], extension: 'doc' },
  'application/vnd.ms-excel': { families: ['ole', 'zip'], extension: 'xls' },
  'application/vnd.ms-powerpoint': { families: ['ole', 'zip'], extension: 'ppt' },
  [`${openXml}wordprocessingml.document`]: { families: ['zip'], extension: 'docx' },
  [`${openXml}spreadsheetml.sheet`]: { families: ['zip'], extension: 'xlsx' },
  [`${openXml}presentationml.presentation`]: { families: ['zip'], extension: 'pptx' },
};

/** The type of a file whose bytes tell it, for one that was declared as another of the same sort. */
const plain: Readonly<Partial<Record<Family, readonly string[]>>> = {
  jpeg: ['image/jpeg'],
  png: ['image/png'],
  webp: ['image/webp'],
  gif: ['image/gif'],
  ogg: ['audio/ogg'],
  mp3: ['audio/mpeg'],
  aac: ['audio/aac'],
  amr: ['audio/amr'],
  mp4: ['video/mp4', 'audio/mp4'],
};

const sortOf = (mimeType: string): string => mimeType.split('/')[0] ?? '';

/** Sorts of which a browser shows or plays the content: bytes that are another thing must not pass under them. */
const shown: readonly string[] = ['image', 'audio', 'video'];

/**
 * The type under which a file may be kept: the declared one when its bytes agree, another of the same sort when they
 * say so (a PNG declared as JPEG), undefined when they are another thing altogether. Documents of types that we can't
 * tell pass as they are, for they are only ever given out to be saved.
 */
export const realType = (body: Buffer, declared: string): string | undefined => {
  const known = types[declared];
  const family = familyOf(body);
  if (family !== undefined && known?.families.includes(family)) return declared;
  if (known === undefined && !shown.includes(sortOf(declared))) return declared;
  return family && plain[family]?.find((type) => sortOf(type) === sortOf(declared));
};

/** The ending of a file's name, by its type. */
export const extensionOf = (mimeType: string): string =>
  types[mimeType]?.extension ?? (mimeType === 'text/plain' ? 'txt' : 'bin');

import { isLocalName } from '../local-name.ts';
import { bareType, fitsKind, looksLike, type MediaKind, maxBytesOf } from './media-rules.ts';

/** A file that a send names by its address. */
export interface LinkedFile {
  kind: MediaKind;
  url: string;
}

const TIMEOUT_MS = 10_000;
const MB = 1024 * 1024;
const MOST_BYTES = 101 * MB;

/** Only files of this machine are looked at: nothing here may call others because a test names them. */
export const isOfThisMachine = ({ url }: LinkedFile): boolean => isLocalName(new URL(url).host);

const readSome = async ({ body }: Response): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) break;
  }
  return Buffer.concat(chunks);
};

const faultOfFile = (kind: MediaKind, mimeType: string, bytes: Buffer): string | undefined => {
  if (!fitsKind(kind, mimeType)) return `${mimeType || 'A file without a type'} is not supported for ${kind}.`;
  if (!looksLike(mimeType, bytes)) return `The file is not of the type ${mimeType}.`;
  const most = maxBytesOf(kind, bytes);
  return bytes.length > most ? `The file is larger than ${most} bytes, the most for such a ${kind}.` : undefined;
};

/** What is wrong with the file behind a link. A redirection is not followed, though Meta may: it leads anywhere. */
const faultOf = async ({ kind, url }: LinkedFile): Promise<string | undefined> => {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (answer.status !== 200) return `The media could not be downloaded: HTTP ${answer.status}.`;
    return faultOfFile(kind, bareType(answer.headers.get('content-type') ?? ''), await readSome(answer));
  } catch {
    return 'The media could not be downloaded.';
  }
};

/** What is wrong with the first of the files that cannot be sent; undefined where all can. */
export const faultBehind = async (files: readonly LinkedFile[]): Promise<string | undefined> => {
  for (const file of files) {
    const fault = await faultOf(file);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

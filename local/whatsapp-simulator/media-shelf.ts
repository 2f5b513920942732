import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of media, by id. */
export interface MediaShelf {
  put(mediaId: string, bytes: Buffer): void;
  get(mediaId: string): Buffer | undefined;
  remove(mediaId: string): void;
  clear(): void;
}

const MOST_BYTES = 300 * 1024 * 1024;

const inMemory = (): MediaShelf => {
  const files = new Map<string, Buffer>();
  let bytes = 0;
  const remove = (mediaId: string): void => {
    bytes -= files.get(mediaId)?.length ?? 0;
    files.delete(mediaId);
  };
  return {
    put: (mediaId, content) => {
      remove(mediaId);
      files.set(mediaId, content);
      bytes += content.length;
      for (const oldest of files.keys()) {
        if (bytes <= MOST_BYTES || oldest === mediaId) break;
        remove(oldest);
      }
    },
    get: (mediaId) => files.get(mediaId),
    remove,
    clear: () => {
      files.clear();
      bytes = 0;
    },
  };
};

const inFolder = (folder: string): MediaShelf => {
  mkdirSync(folder, { recursive: true });
  const pathOf = (mediaId: string) => join(folder, mediaId.replace(/\D/g, ''));
  return {
    put: (mediaId, content) => writeFileSync(pathOf(mediaId), content, { mode: 0o600 }),
    get: (mediaId) => {
      try {
        return readFileSync(pathOf(mediaId));
      } catch {
        return undefined;
      }
    },
    remove: (mediaId) => rmSync(pathOf(mediaId), { force: true }),
    clear: () => {
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
    },
  };
};

/** Opens the shelf: in a folder, or in memory, where the oldest go when there is no more room. */
export const openMediaShelf = (folder?: string): MediaShelf => (folder === undefined ? inMemory() : inFolder(folder));

/** How Meta names the digest of a file. */
export const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

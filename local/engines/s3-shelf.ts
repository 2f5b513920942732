import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTurns, readJsonFiles, removeFile, replaceFile } from './files.ts';

/** What is known of an object besides its bytes. */
export interface ObjectMeta {
  key: string;
  etag: string;
  size: number;
  /** Epoch ms. */
  modified: number;
  /** Headers that come back as they were given: content-type, cache-control, x-amz-meta-*, … */
  headers: Record<string, string>;
  /** File of the bytes; empty in memory. */
  file: string;
}

/** One bucket's objects. A write is whole or not there, for readers and after a crash. */
export interface ObjectShelf {
  /** An object and its bytes, both of the same write; undefined where there is none. */
  read(key: string): Promise<{ meta: ObjectMeta; body: Buffer } | undefined>;
  /** Puts an object unless `refuse` throws; `refuse` sees the object that is there, and no other write comes between. */
  put(
    key: string,
    body: Buffer,
    meta: Pick<ObjectMeta, 'etag' | 'modified' | 'headers'>,
    refuse: (there: ObjectMeta | undefined) => void,
  ): Promise<void>;
  remove(key: string): Promise<void>;
  /** In the order of the keys' UTF-8 bytes. */
  list(prefix: string): ObjectMeta[];
}

/** Keys may hold anything, `..` and 1,024 bytes included: files are named by a digest, and the sidecar has the key. */
const digest = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Opens a bucket's folder; in memory without one. */
export async function openObjectShelf(folder: string | undefined): Promise<ObjectShelf> {
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const loaded = folder === undefined ? [] : await readJsonFiles<ObjectMeta>(folder);
  const objects = new Map(loaded.map((meta) => [meta.key, meta]));
  const memory = new Map<string, Buffer>();
  const inTurn = createTurns();
  const sidecarOf = (key: string) => join(folder ?? '', `${digest(key)}.json`);

  const writeFiles = async (meta: ObjectMeta, body: Buffer): Promise<void> => {
    if (folder === undefined) {
      memory.set(meta.file, body);
      return;
    }
    // each write has bytes of its own, and the sidecar's change of mind is the moment that counts
    await replaceFile(join(folder, meta.file), body);
    await replaceFile(sidecarOf(meta.key), JSON.stringify(meta));
  };
  const dropBytes = async (meta: ObjectMeta | undefined): Promise<void> => {
    if (!meta) return;
    memory.delete(meta.file);
    if (folder !== undefined) await removeFile(join(folder, meta.file));
  };
  return {
    read: (key) =>
      inTurn(key, async () => {
        const meta = objects.get(key);
        return meta && { meta, body: memory.get(meta.file) ?? (await readFile(join(folder ?? '', meta.file))) };
      }),
    put: (key, body, given, refuse) =>
      inTurn(key, async () => {
        const there = objects.get(key);
        refuse(there);
        const meta = { key, size: body.length, file: `${digest(key)}.${randomUUID()}.data`, ...given };
        await writeFiles(meta, body);
        objects.set(key, meta);
        await dropBytes(there);
      }),
    remove: (key) =>
      inTurn(key, async () => {
        const there = objects.get(key);
        if (folder !== undefined) await removeFile(sidecarOf(key));
        objects.delete(key);
        await dropBytes(there);
      }),
    list: (prefix) =>
      [...objects.values()]
        .filter((meta) => meta.key.startsWith(prefix))
        .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))),
  };
}

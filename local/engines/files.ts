import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Replaces a file so that a reader, or a crash, sees the old content or the new one and never half of it. */
export async function replaceFile(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}.tmp`;
  await writeFile(draft, content, { mode });
  await rename(draft, path);
}

/** Removes a file; one that is gone already is as good. */
export const removeFile = (path: string): Promise<void> => rm(path, { force: true });

/** The file's text, or undefined where there is no such file. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The names in a folder, sorted; none where there is no such folder. */
export async function listFolder(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Every JSON file of a folder, parsed. Throws an error naming a file that is not JSON. */
export async function readJsonFiles<Content>(folder: string): Promise<Content[]> {
  const names = (await listFolder(folder)).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      try {
        return JSON.parse(await readFile(path, 'utf8')) as Content;
      } catch (cause) {
        throw new Error(`cannot read ${path}; start with --fresh to begin with empty data`, { cause });
      }
    }),
  );
}

/** Runs work on one thing after another in the order asked for, so that a file ends as the last call wanted it. */
export function createTurns(): <Result>(name: string, work: () => Promise<Result>) => Promise<Result> {
  const tails = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work, work);
    const tail = turn
      .catch(() => undefined)
      .then(() => {
        if (tails.get(name) === tail) tails.delete(name);
      });
    tails.set(name, tail);
    return turn;
  };
}

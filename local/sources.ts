import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const filesOf = (root: string, path: string): string[] => {
  const whole = join(root, path);
  if (!existsSync(whole)) return [];
  if (statSync(whole).isFile()) return [whole];
  return globSync('**/*', { cwd: whole })
    .map((file) => join(whole, file))
    .filter((file) => statSync(file).isFile());
};

/** A digest of names and contents of all files below the paths: equal as long as nothing of them changed. */
export const fingerprint = (root: string, paths: readonly string[], keep: (path: string) => boolean = () => true) => {
  const hash = createHash('sha256');
  const files = paths.flatMap((path) => filesOf(root, path)).filter((file) => keep(relative(root, file)));
  for (const file of files.sort())
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex').slice(0, 20);
};

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Finding } from './report.ts';

const builtPage = (path: string): string => fileURLToPath(new URL(`../build/web/${path}`, import.meta.url));

const assetsOf = (html: string, ending: string): string[] =>
  [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)]
    .map(([, path]) => path ?? '')
    .filter((path) => path.endsWith(ending));

const gzippedBytes = async (paths: readonly string[]): Promise<number> => {
  const files = await Promise.all(paths.map((path) => readFile(builtPage(path))));
  return files.reduce((sum, file) => sum + gzipSync(file).length, 0);
};

/** Script and style of the pages that shoppers open, gzipped. */
export const benchPages = async (): Promise<Finding[]> => {
  const findings = ['shop', 'checkout'].map(async (page): Promise<Finding[]> => {
    const html = await readFile(builtPage(`${page}.html`), 'utf8');
    const script = await gzippedBytes(assetsOf(html, '.js'));
    const style = await gzippedBytes(assetsOf(html, '.css'));
    return [
      { name: `${page} page: script, gzipped`, value: script, unit: 'bytes', budget: { atMost: 40_000 } },
      { name: `${page} page: style, gzipped`, value: style, unit: 'bytes' },
    ];
  });
  return (await Promise.all(findings)).flat();
};

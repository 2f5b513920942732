import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keyTable } from './key-table.ts';
import { apiDocument } from './openapi.ts';

/** A file that is generated, whole or in part. */
export interface GeneratedFile {
  path: string;
  content: string;
}

const projectFile = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(projectFile(path), 'utf8');

const BEGIN = '<!-- keys:begin, made by "npm run docs" -->';
const END = '<!-- keys:end -->';

/** The text with what stands between the markers replaced. Throws when the markers are missing. */
export const replaceBetween = (text: string, content: string): string => {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`there are no markers ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\n${content}\n\n${END}${after}`;
};

/** Everything that `npm run docs` writes, as it should be now. */
export const generatedFiles = (): GeneratedFile[] => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  return [
    { path: 'docs/api/openapi.json', content: `${JSON.stringify(apiDocument(version), undefined, 2)}\n` },
    { path: 'docs/architecture.md', content: replaceBetween(read('docs/architecture.md'), keyTable()) },
  ];
};

if (import.meta.main) {
  for (const { path, content } of generatedFiles()) {
    writeFileSync(projectFile(path), content);
    process.stdout.write(`${path}\n`);
  }
}

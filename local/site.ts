import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { gatewayAnswer, type HttpAnswer } from './http-event.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.yaml': 'application/yaml',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';

/** An object of the picture bucket. */
interface Picture {
  body: Buffer;
  contentType: string;
}

/** Where files come from. */
export interface SiteOptions {
  /** Folder of the built pages. */
  pages: string;
  /** What the console reads as `/config.json`. */
  config: object;
  readPicture: (key: string) => Promise<Picture | undefined>;
}

const decodedPath = (path: string): string | undefined => {
  try {
    const plain = normalize(decodeURIComponent(path));
    return plain.includes('\0') || plain.includes('..') ? undefined : plain;
  } catch {
    return undefined;
  }
};

/** The file behind an address: `/docs` is a page, the console has many addresses and one, the rest is itself. */
const fileName = (path: string): string | undefined => {
  if (/^\/docs\/?$/.test(path)) return 'docs.html';
  if (/^\/console(\/|$)/.test(path)) return 'console.html';
  return /^\/(assets|docs)\/./.test(path) ? path.slice(1) : undefined;
};

const answerWith = (body: Buffer, contentType: string, cacheControl: string, ifNoneMatch?: string): HttpAnswer => {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = { 'content-type': contentType, 'cache-control': cacheControl, etag };
  if (ifNoneMatch === etag) return { status: 304, headers, body: Buffer.alloc(0) };
  return { status: 200, headers, body };
};

/** Gives a built file as an answer; undefined when there is none. */
const builtFile = async (folder: string, name: string, ifNoneMatch?: string): Promise<HttpAnswer | undefined> => {
  const body = await readFile(join(folder, name)).catch(() => undefined);
  const contentType = contentTypes[extname(name)] ?? 'application/octet-stream';
  return body && answerWith(body, contentType, name.startsWith('assets/') ? IMMUTABLE : REVALIDATE, ifNoneMatch);
};

const SIMULATOR = '/simulator';

/** Serves the page with the phones, whose folder holds nothing else. It is never part of a deployed site. */
export const createSimulatorPage =
  (folder: string) =>
  async (path: string, ifNoneMatch?: string): Promise<HttpAnswer> => {
    const name = decodedPath(path.slice(SIMULATOR.length))?.replace(/^\/|^\.$/, '') || 'simulator.html';
    return (await builtFile(folder, name, ifNoneMatch)) ?? gatewayAnswer(404, 'Not Found');
  };

/** Serves the built pages and the pictures, as the buckets behind the distribution do. */
export const createSite = ({ pages, config, readPicture }: SiteOptions) => {
  const picture = async (key: string, ifNoneMatch?: string): Promise<HttpAnswer | undefined> => {
    const found = await readPicture(key);
    return found && answerWith(found.body, found.contentType, IMMUTABLE, ifNoneMatch);
  };
  const find = async (path: string, ifNoneMatch?: string): Promise<HttpAnswer | undefined> => {
    if (path === '/config.json') return answerWith(Buffer.from(JSON.stringify(config)), 'application/json', REVALIDATE);
    if (path.startsWith('/media/')) return picture(path.slice('/media/'.length), ifNoneMatch);
    const name = fileName(path);
    return name === undefined ? undefined : builtFile(pages, name, ifNoneMatch);
  };
  return async (path: string, ifNoneMatch?: string): Promise<HttpAnswer> =>
    (await find(decodedPath(path) ?? '', ifNoneMatch)) ?? gatewayAnswer(404, 'Not Found');
};

export type Site = ReturnType<typeof createSite>;

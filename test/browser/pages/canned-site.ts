import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { fillPage } from '#core/html.ts';
import type { CheckoutPageData } from '../../../web/checkout/page-data.ts';
import type { ShopPageData } from '../../../web/shop/page-data.ts';

/** What the API was asked. */
export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  key: string | undefined;
  body: unknown;
}

/** An answer of the canned API; `drop` breaks the connection instead. */
export type Answer = { status?: number; body?: unknown } | 'drop';

export interface CannedSite {
  url: string;
  asked: Asked[];
  /** Which checkouts the page said that somebody looks at; that is in nobody's way, and not among what was asked. */
  opened: string[];
  /** The page's data; undefined serves the page without any, as from static files. */
  shopPage: ShopPageData | undefined;
  checkoutPage: CheckoutPageData | undefined;
  /** Answers by `METHOD /path`; the first that `startsWith` matches wins. */
  api: Record<string, (asked: Asked) => Answer | Promise<Answer>>;
  /** Holds pictures back by this much. */
  pictureDelayMs: number;
  reset: () => void;
  close: () => Promise<void>;
}

const root = new URL('../../../build/web/', import.meta.url);
const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.html': 'text/html; charset=utf-8',
};

/** As strict as the pages are served: nothing inline, nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const picture = (name: string): string => {
  const seed = [...name].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7);
  const hue = seed % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500"><rect width="400" height="500" fill="hsl(${hue} 35% 82%)"/><rect y="360" width="400" height="140" fill="hsl(${hue} 25% 70%)"/><ellipse cx="200" cy="385" rx="110" ry="16" fill="hsl(${hue} 25% 58%)"/><rect x="120" y="170" width="160" height="210" rx="${seed % 80}" fill="hsl(${(hue + 150) % 360} 45% 48%)"/></svg>`;
};

const send = (response: ServerResponse, status: number, type: string, body: string | Buffer): void => {
  response.writeHead(status, {
    'content-type': type,
    'content-security-policy': POLICY,
    'content-encoding': 'gzip',
  });
  response.end(gzipSync(body));
};

const page = (site: CannedSite, name: 'shop' | 'checkout'): string => {
  const template = readFileSync(new URL(`${name}.html`, root), 'utf8');
  const data = name === 'shop' ? site.shopPage : site.checkoutPage;
  const head = { language: data?.language ?? 'es', title: 'Vidriera', description: '', url: site.url };
  return data ? fillPage(template, head, data) : template;
};

const OPENED = /^\/api\/checkouts\/(\w+)\/opened$/;

const answerApi = async (site: CannedSite, request: IncomingMessage, response: ServerResponse, url: URL) => {
  const [, opened] = (request.method === 'POST' && OPENED.exec(url.pathname)) || [];
  if (opened !== undefined) {
    site.opened.push(opened);
    response.writeHead(204).end();
    return;
  }
  const sent = await text(request);
  const asked: Asked = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    key: request.headers['idempotency-key']?.toString(),
    body: sent ? JSON.parse(sent) : undefined,
  };
  site.asked.push(asked);
  const match = Object.entries(site.api).find(([start]) => `${asked.method} ${asked.path}`.startsWith(start));
  const answer = match ? await match[1](asked) : { status: 404, body: { code: 'not-found' } };
  if (answer === 'drop') request.socket.destroy();
  else send(response, answer.status ?? 200, 'application/json', JSON.stringify(answer.body));
};

const serve = async (site: CannedSite, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? '/', site.url);
  if (url.pathname.startsWith('/api/')) return answerApi(site, request, response, url);
  if (url.pathname.startsWith('/media/')) {
    await new Promise((resolve) => setTimeout(resolve, site.pictureDelayMs));
    return send(response, 200, 'image/svg+xml', picture(url.pathname));
  }
  if (url.pathname.startsWith('/s/')) return send(response, 200, 'text/html; charset=utf-8', page(site, 'shop'));
  if (url.pathname.startsWith('/c/')) return send(response, 200, 'text/html; charset=utf-8', page(site, 'checkout'));
  const file = new URL(`.${url.pathname}`, root);
  if (!existsSync(file)) return send(response, 404, 'text/plain', '');
  send(response, 200, types[extname(file.pathname)] ?? 'application/octet-stream', readFileSync(file));
};

/** Serves the built pages with data and an API that a test decides. */
export const startCannedSite = async (): Promise<CannedSite> => {
  const server = createServer((request, response) => void serve(site, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fresh = () => ({
    asked: [],
    opened: [],
    shopPage: undefined,
    checkoutPage: undefined,
    api: {},
    pictureDelayMs: 0,
  });
  const site: CannedSite = {
    ...fresh(),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reset: () => Object.assign(site, fresh()),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return site;
};

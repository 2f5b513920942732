import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Door } from './door.ts';
import type { createEdgeHeaders } from './edge.ts';
import type { HttpApi } from './http-api.ts';
import { gatewayAnswer, type HttpAnswer, sendAnswer } from './http-event.ts';
import type { Identity } from './identity.ts';
import { isLocalName } from './local-name.ts';
import { pageLanguage } from './page-frame.ts';
import type { createSimulatorPage, Site } from './site.ts';
import { chatPath, toPhone } from './whatsapp-simulator/chat-link.ts';
import type { Simulator } from './whatsapp-simulator/simulator.ts';

/** What answers behind the one port. */
export interface FrontOptions {
  door: Pick<Door, 'handle' | 'isAwsRequest'>;
  api: HttpApi;
  site: Site;
  /** The page with the phones. */
  simulatorPage: ReturnType<typeof createSimulatorPage>;
  /** Meta, played on this machine: its Graph API and its own knobs. */
  whatsapp: Pick<Simulator, 'graph' | 'control'>;
  identity: Pick<Identity, 'handle'>;
  control: (request: IncomingMessage) => Promise<HttpAnswer>;
  home: (language: 'es' | 'en') => Promise<string>;
  edgeHeaders: ReturnType<typeof createEdgeHeaders>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] ?? '/';

const throughEdge = (options: FrontOptions, path: string, answer: HttpAnswer): HttpAnswer => ({
  ...answer,
  headers: options.edgeHeaders(path, answer.headers),
});

const siteAnswer = async ({ site }: FrontOptions, request: IncomingMessage): Promise<HttpAnswer> => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return gatewayAnswer(405, 'Method Not Allowed');
  return site(pathOf(request), request.headers['if-none-match']);
};

const homeAnswer = async ({ home }: FrontOptions, request: IncomingMessage): Promise<HttpAnswer> => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-frame-options': 'DENY' },
  body: Buffer.from(await home(pageLanguage(request.headers['accept-language']))),
});

/** Which part answers which paths; the first that fits. */
const partsOf = (options: FrontOptions): { fits: RegExp; onlyLocal?: boolean; handle: Handler }[] => [
  {
    fits: /^\/local\//,
    onlyLocal: true,
    handle: async (request, response) => sendAnswer(response, await options.control(request)),
  },
  { fits: /^\/oidc\//, onlyLocal: true, handle: options.identity.handle },
  {
    fits: /^\/$/,
    onlyLocal: true,
    handle: async (request, response) => sendAnswer(response, await homeAnswer(options, request)),
  },
  { fits: /^\/graph\//, onlyLocal: true, handle: options.whatsapp.graph },
  { fits: /^\/simulator\/api\//, onlyLocal: true, handle: options.whatsapp.control },
  {
    fits: chatPath,
    onlyLocal: true,
    handle: async (request, response) => sendAnswer(response, toPhone(request.url ?? '/')),
  },
  {
    fits: /^\/simulator(\/|$)/,
    onlyLocal: true,
    handle: async (request, response) =>
      sendAnswer(response, await options.simulatorPage(pathOf(request), request.headers['if-none-match'])),
  },
  {
    fits: /^\/(media|assets|docs|console|config\.json)(\/|$)/,
    handle: async (request, response) =>
      sendAnswer(response, throughEdge(options, pathOf(request), await siteAnswer(options, request))),
  },
  {
    fits: /^\//,
    handle: async (request, response) =>
      sendAnswer(response, throughEdge(options, pathOf(request), await options.api(request))),
  },
];

const misdirected = gatewayAnswer(421, 'this part of the local cloud answers on this machine only, by its own name');

/**
 * Sends each request where it belongs: signed ones to the engines, the others to pages, API, identity provider or
 * control. What acts on the cloud itself answers only under a name of this machine, so that no site elsewhere can
 * point its own name here and speak to it.
 */
export const createFront = (options: FrontOptions): Handler => {
  const parts = partsOf(options);
  const dispatch: Handler = async (request, response) => {
    if (options.door.isAwsRequest(request)) return options.door.handle(request, response);
    const part = parts.find(({ fits }) => fits.test(pathOf(request)));
    if (!part) return sendAnswer(response, gatewayAnswer(404, 'Not Found'));
    if (part.onlyLocal && !isLocalName(request.headers.host)) return sendAnswer(response, misdirected);
    return part.handle(request, response);
  };
  return async (request, response) => {
    try {
      await dispatch(request, response);
    } catch (error) {
      if (!request.socket.destroyed) console.error(`${request.method} ${pathOf(request)} failed`, error);
      if (response.headersSent) response.destroy();
      else sendAnswer(response, gatewayAnswer(500, 'Internal Server Error'));
    }
  };
};

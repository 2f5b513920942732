import type { IncomingMessage, ServerResponse } from 'node:http';
import { preparePhones } from '../build.ts';
import { gatewayAnswer, type HttpAnswer, sendAnswer } from '../http-event.ts';
import { isLocalName } from '../local-name.ts';
import { createSimulatorPage } from '../site.ts';
import { chatPath, toPhone } from './chat-link.ts';
import type { Simulator } from './simulator.ts';

/** What the simulator serves when it runs alone. */
export interface LoneFrontOptions {
  simulator: Pick<Simulator, 'graph' | 'control'>;
  /** Where it is on this machine. */
  url: string;
  /** Where others reach it. */
  publicUrl?: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] ?? '/';

const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'cf-connecting-ip'];

/** Some tunnels say the name of this machine as host: what they add tells that somebody else is behind them. */
const isFromHere = ({ headers }: IncomingMessage): boolean =>
  isLocalName(headers.host) && forwarded.every((name) => headers[name] === undefined);

const misdirected = gatewayAnswer(421, 'this part of the simulator answers on this machine only, by its own name');

/** Builds the page once; a build that failed is tried again at the next request. */
const openPage = () => {
  let page: Promise<ReturnType<typeof createSimulatorPage>> | undefined;
  return async (request: IncomingMessage): Promise<HttpAnswer> => {
    page ??= preparePhones((text) => console.log(text)).then(createSimulatorPage);
    try {
      return (await page)(pathOf(request), request.headers['if-none-match']);
    } catch (error) {
      page = undefined;
      return gatewayAnswer(500, (error as Error).message);
    }
  };
};

interface FrontPart {
  fits: RegExp;
  /** Answers whoever asks. */
  isOpen?: boolean;
  handle: (request: IncomingMessage, response: ServerResponse, isHere: boolean) => Promise<void>;
}

/** Which part answers which paths; the first that fits. */
const partsOf = ({ simulator, url: home, publicUrl }: LoneFrontOptions): FrontPart[] => {
  const page = openPage();
  return [
    { fits: /^\/graph\//, isOpen: true, handle: simulator.graph },
    {
      fits: chatPath,
      isOpen: publicUrl !== undefined,
      handle: async ({ url = '/' }, response, isHere) => sendAnswer(response, toPhone(url, isHere ? '' : home)),
    },
    { fits: /^\/simulator\/api\//, handle: simulator.control },
    {
      fits: /^\/simulator(\/|$)/,
      handle: async (request, response) => sendAnswer(response, await page(request)),
    },
  ];
};

/**
 * Sends each request to the Graph API, a chat link's phone, the control or the page with the phones. Under another name
 * than this machine's only the Graph API answers, and, where there is a public address, links that open a chat, which lead
 * back here: no site elsewhere and no tunnel gets to the control.
 */
export const createLoneFront = (options: LoneFrontOptions): Handler => {
  const parts = partsOf(options);
  const dispatch: Handler = async (request, response) => {
    const isHere = isFromHere(request);
    const part = parts.find(({ fits }) => fits.test(pathOf(request)));
    if (!isHere && !part?.isOpen) return sendAnswer(response, misdirected);
    if (!part) return sendAnswer(response, gatewayAnswer(404, 'Not Found'));
    return part.handle(request, response, isHere);
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

import { callHttps } from '#platform/https.ts';
import { graphAccounts } from './graph-account.client.ts';
import type { Accepted, Download, MediaInfo, Upload } from './graph-answer.ts';
import { type CallGraph, type GraphOptions, graphCaller, unanswered } from './graph-call.client.ts';
import { GraphError } from './graph-error.ts';
import { fieldsOf, idOf, listOf, numberOf, textOf } from './wire.ts';

const UPLOAD_MS = 40_000;
const DOWNLOAD_MS = 40_000;
const MB = 1024 * 1024;
/** Source: Meta, "Media": the largest document. */
const LARGEST_FILE = 100 * MB;

const sending = (call: CallGraph) => ({
  /** Sends a message. Throws {@link GraphError}: when it may have arrived, the message must not be sent again. */
  send: async (token: string, phoneNumberId: string, body: object): Promise<Accepted> => {
    const answer = await call(`${phoneNumberId}/messages`, { token, method: 'POST', json: body });
    const message = fieldsOf(listOf(answer['messages'])[0]);
    const contact = fieldsOf(listOf(answer['contacts'])[0]);
    const metaId = idOf(message['id']);
    if (metaId === undefined) throw new GraphError({ httpStatus: 200, mayHaveArrived: true });
    const held = message['message_status'] === 'held_for_quality_assessment';
    return { metaId, held, waId: idOf(contact['wa_id']), userId: idOf(contact['user_id']) };
  },

  /** Tells the customer that the shop has read up to this message. May be repeated. */
  markRead: async (token: string, phoneNumberId: string, metaId: string): Promise<void> => {
    const json = { messaging_product: 'whatsapp', status: 'read', message_id: metaId };
    await call(`${phoneNumberId}/messages`, { token, method: 'POST', json });
  },

  /** Gives Meta a file, to be sent by the id that comes back, for thirty days. May be repeated. */
  uploadMedia: async (token: string, phoneNumberId: string, file: Upload): Promise<string> => {
    const answer = await call(`${phoneNumberId}/media`, { token, method: 'POST', file, timeoutMs: UPLOAD_MS });
    const id = idOf(answer['id']);
    if (id === undefined) throw new GraphError({ httpStatus: 200, mayHaveArrived: true });
    return id;
  },
});

/** Where Meta keeps files. Nobody else ever gets a token. */
const MEDIA_HOSTS = /(^|\.)(fbsbx\.com|facebook\.com|fbcdn\.net)$/;

const mayGetToken = (url: URL, graphUrl: string): boolean =>
  url.origin === new URL(graphUrl).origin || (url.protocol === 'https:' && !url.port && MEDIA_HOSTS.test(url.hostname));

const mediaAddress = (address: string, graphUrl: string): URL => {
  const url = URL.parse(address);
  if (url !== null && mayGetToken(url, graphUrl)) return url;
  throw new Error('the file is not on a host of Meta’s');
};

const GONE = [404, 410];

const downloadOf = ({ status, body }: { status: number; body: Buffer }): Download => {
  if (GONE.includes(status)) return 'gone';
  if (status !== 200) throw new GraphError({ httpStatus: status, mayHaveArrived: false });
  return { body };
};

const isTooLarge = (error: unknown): boolean => error instanceof Error && error.name === 'AnswerTooLarge';

const files = (callGraph: CallGraph, { graphUrl, call = callHttps }: GraphOptions) => ({
  /** Where a file is that a customer sent; undefined when Meta has it no more. */
  mediaInfo: async (token: string, phoneNumberId: string, mediaId: string): Promise<MediaInfo | undefined> => {
    const query = { phone_number_id: phoneNumberId };
    const info = await callGraph(encodeURIComponent(mediaId), { token, query }).catch((error: unknown) => {
      if (error instanceof GraphError && (error.code === 100 || error.httpStatus === 404)) return undefined;
      throw error;
    });
    const url = textOf(info?.['url']);
    if (info === undefined || url === undefined) return undefined;
    return {
      url,
      mimeType: textOf(info['mime_type']) ?? '',
      sha256: textOf(info['sha256']),
      bytes: numberOf(info['file_size']),
    };
  },

  /** A file, from an address that Meta gave. The token goes only to Meta's own hosts: any other is refused. */
  download: async (token: string, address: string): Promise<Download> => {
    const url = mediaAddress(address, graphUrl);
    const options = { headers: { authorization: `Bearer ${token}` }, timeoutMs: DOWNLOAD_MS, maxBytes: LARGEST_FILE };
    try {
      return downloadOf(await call(url, options));
    } catch (error) {
      if (isTooLarge(error)) return 'too-large';
      throw error instanceof GraphError ? error : unanswered(error);
    }
  },
});

/** One version of Meta's Graph API, as far as we use it. Every call throws {@link GraphError}. */
export const openGraph = (options: GraphOptions) => {
  const call = graphCaller(options);
  return { ...sending(call), ...files(call, options), ...graphAccounts(call) };
};

export type Graph = ReturnType<typeof openGraph>;

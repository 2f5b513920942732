import type { Bucket } from '#platform/bucket.ts';
import type { Connection } from '../connections/connection.ts';
import { type SecretReader, StoredToken } from '../connections/token-vault.ts';
import { type Graph, openGraph } from './graph.client.ts';
import type { Accepted, Download, MediaInfo, Upload } from './graph-answer.ts';
import type { Call } from './graph-call.client.ts';
import { GraphError } from './graph-error.ts';

export interface LineOptions {
  graphUrl: string;
  tokens: SecretReader;
  /** A file of ours, ready for Meta; undefined when the bucket lacks it. */
  readFile?: (mediaKey: string) => Promise<Upload | undefined>;
  call?: Call;
}

/** A connection with its token at hand. Every call throws {@link GraphError}, or what the bucket throws. */
export interface GraphLine {
  send: (body: object) => Promise<Accepted>;
  markRead: (metaId: string) => Promise<void>;
  /** Meta's id of a file of ours; undefined when the bucket lacks it. */
  upload: (mediaKey: string) => Promise<string | undefined>;
  mediaInfo: (mediaId: string) => Promise<MediaInfo | undefined>;
  download: (url: string) => Promise<Download>;
}

/** Reads files of a bucket for {@link graphLines}. */
export const uploadsFrom =
  (bucket: Pick<Bucket, 'head' | 'get'>) =>
  async (mediaKey: string): Promise<Upload | undefined> => {
    const [file, body] = await Promise.all([bucket.head(mediaKey), bucket.get(mediaKey)]);
    if (file === undefined || body === undefined) return undefined;
    return { body, contentType: file.contentType, fileName: mediaKey.slice(mediaKey.lastIndexOf('/') + 1) };
  };

const REFUSED_TOKEN = [0, 190];
const MOST_UPLOADS = 500;
/** Source: Meta, "Media": an uploaded file lives thirty days. */
const UPLOAD_LIFE_MS = 29 * 86_400_000;

const isRefusedToken = (error: unknown): boolean =>
  error instanceof GraphError && error.code !== undefined && REFUSED_TOKEN.includes(error.code);

/** The token of a connection from the vault, never another shop's. */
const readToken = async (tokens: SecretReader, { shopId, phoneNumberId }: Connection): Promise<string | undefined> => {
  const { data } = StoredToken().safeParse(await tokens.read(phoneNumberId));
  return data?.shopId === undefined || data.shopId === shopId ? data?.token : undefined;
};

/** Remembers what this environment has uploaded, so that a campaign uploads its picture once. */
const uploadMemory = () => {
  const ids = new Map<string, { id: string; until: number }>();
  return {
    find: (name: string): string | undefined => {
      const known = ids.get(name);
      return known && known.until > Date.now() ? known.id : undefined;
    },
    keep: (name: string, id: string): void => {
      ids.set(name, { id, until: Date.now() + UPLOAD_LIFE_MS });
      const oldest = ids.keys().next().value;
      if (ids.size > MOST_UPLOADS && oldest !== undefined) ids.delete(oldest);
    },
  };
};

type Question<Answer> = (graph: Graph, token: string) => Promise<Answer>;

/** Asks with the token we know; with the one of the vault when Meta refuses it and it was changed meanwhile. */
const asker = (graph: Graph, firstToken: string, readAnew: () => Promise<string | undefined>) => {
  let token = firstToken;
  return async <Answer>(question: Question<Answer>): Promise<Answer> => {
    try {
      return await question(graph, token);
    } catch (error) {
      // What the vault throws must not hide that Meta has refused.
      const fresh = isRefusedToken(error) ? await readAnew().catch(() => undefined) : undefined;
      if (fresh === undefined || fresh === token) throw error;
      token = fresh;
      return question(graph, token);
    }
  };
};

/**
 * Opens connections for calls to Meta: each at its own version, with its token from the vault. The vault remembers for
 * some minutes; a token that is missing or that Meta refuses is read anew, and if it was changed meanwhile the call is
 * made once more. Undefined when the vault has none.
 */
export const graphLines = ({ graphUrl, tokens, readFile, call }: LineOptions) => {
  const uploads = uploadMemory();

  return async (connection: Connection): Promise<GraphLine | undefined> => {
    const { phoneNumberId, graphVersion: version } = connection;
    const readAnew = () => {
      tokens.forget(phoneNumberId);
      return readToken(tokens, connection);
    };
    const token = (await readToken(tokens, connection)) ?? (await readAnew());
    if (token === undefined) return undefined;
    const ask = asker(openGraph({ graphUrl, version, ...(call && { call }) }), token, readAnew);

    const upload = async (mediaKey: string): Promise<string | undefined> => {
      const name = `${phoneNumberId}/${mediaKey}`;
      const known = uploads.find(name);
      if (known !== undefined) return known;
      const file = await readFile?.(mediaKey);
      if (file === undefined) return undefined;
      const id = await ask((graph, key) => graph.uploadMedia(key, phoneNumberId, file));
      uploads.keep(name, id);
      return id;
    };

    return {
      send: (body) => ask((graph, key) => graph.send(key, phoneNumberId, body)),
      markRead: (metaId) => ask((graph, key) => graph.markRead(key, phoneNumberId, metaId)),
      upload,
      mediaInfo: (mediaId) => ask((graph, key) => graph.mediaInfo(key, phoneNumberId, mediaId)),
      download: (url) => ask((graph, key) => graph.download(key, url)),
    };
  };
};

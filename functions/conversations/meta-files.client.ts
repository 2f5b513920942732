import type { Connection } from '../connections/connection.ts';
import { type SecretReader, StoredToken } from '../connections/token-vault.ts';
import { openGraph } from '../whatsapp/graph.client.ts';
import { GraphError } from '../whatsapp/graph-error.ts';
import type { FetchMediaPorts } from './fetch-media.ts';

/** Meta refuses the token. Source: Meta, "Cloud API: Error codes". */
const BAD_TOKEN = 190;

/** The files of messages, by the Graph API in the version and with the token of each connection. */
export const metaFiles = (graphUrl: string, tokens: SecretReader): FetchMediaPorts['meta'] => {
  const withToken = async <Result>(
    { phoneNumberId, shopId, graphVersion }: Connection,
    run: (graph: ReturnType<typeof openGraph>, token: string) => Promise<Result>,
  ): Promise<Result> => {
    const { data } = StoredToken().safeParse(await tokens.read(phoneNumberId));
    if (data === undefined || (data.shopId !== undefined && data.shopId !== shopId)) {
      throw new Error('the vault has no token of this connection');
    }
    try {
      return await run(openGraph({ graphUrl, version: graphVersion }), data.token);
    } catch (error) {
      // another may have been put in its place since it was read
      if (error instanceof GraphError && error.code === BAD_TOKEN) tokens.forget(phoneNumberId);
      throw error;
    }
  };
  return {
    mediaInfo: (connection, mediaId) =>
      withToken(connection, (graph, token) => graph.mediaInfo(token, connection.phoneNumberId, mediaId)),
    download: (connection, url) => withToken(connection, (graph, token) => graph.download(token, url)),
  };
};

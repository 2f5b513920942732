import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartRefused } from './start-refused.ts';

/** The one port of the local cloud. */
export interface Port {
  url: string;
  port: number;
  /** From now on requests are answered by this; those that came before have waited. */
  open: (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) => void;
  close: () => Promise<void>;
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') {
        reject(new StartRefused(`the port ${port} is taken; choose another: npm start -- --port ${port + 1}`));
      } else if (error.code === 'EACCES') {
        reject(new StartRefused(`this user may not listen on the port ${port}; choose one from 1024 up, with --port`));
      } else reject(error);
    });
    server.listen(port, '127.0.0.1', resolve);
  });

/** Takes the port at once, so that a taken one is known before any work; requests wait until `open`. */
export const takePort = async (port: number): Promise<Port> => {
  const { promise: opened, resolve: open } = Promise.withResolvers<Parameters<Port['open']>[0]>();
  const server = createServer(async (request, response) => (await opened)(request, response));
  await listen(server, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

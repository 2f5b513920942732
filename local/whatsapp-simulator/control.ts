import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from './context.ts';
import { type Action, actions, type ControlPorts, type Given, made } from './control-actions.ts';
import { readFile, readInput } from './control-input.ts';
import { ControlRefused, found } from './control-refused.ts';
import { streamEvents } from './event-stream.ts';
import { sha256Of } from './media-shelf.ts';
import { SIMULATOR_API, type Upload } from './simulator-api.ts';

const routes = Object.entries(actions).map(([route, action]) => {
  const [method = '', path = ''] = route.split(' ');
  return { method, action, pattern: new RegExp(`^${path.replaceAll('*', '([^/]+)')}$`) };
});

const findAction = (method: string, path: string): { action: Action; ids: string[] } => {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match) return { action: route.action, ids: match.slice(1).map(decodeURIComponent) };
  }
  throw new ControlRefused(404, `the simulator has no ${method} ${path}`);
};

const give = (response: ServerResponse, { status, value }: Given): void => {
  const body = value === undefined ? '' : JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body);
};

const giveMedia = ({ world, media }: Context, response: ServerResponse, mediaId: string): void => {
  const row = found(world.media.get(mediaId), `media ${mediaId}`);
  const bytes = found(media.get(mediaId), `media ${mediaId}`);
  const type = /^(image|video|audio)\//.test(row.mimeType) ? row.mimeType : 'application/octet-stream';
  // what a customer sends must not become a page of this site
  const safe = { 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; sandbox" };
  response.writeHead(200, {
    'content-type': type,
    'content-length': bytes.length,
    'cache-control': 'no-store',
    ...safe,
  });
  response.end(bytes);
};

const takeUpload = async (context: Context, request: IncomingMessage): Promise<Given> => {
  const { bytes, mimeType, fileName } = await readFile(request);
  const { world, random, clock, media } = context;
  const mediaId = random.digits(16);
  const sha256 = sha256Of(bytes);
  const row = {
    mediaId,
    from: 'customer',
    mimeType,
    fileName,
    sha256,
    sizeBytes: bytes.length,
    createdAt: clock.now(),
  } as const;
  world.media.set(mediaId, row);
  media.put(mediaId, bytes);
  const upload: Upload = {
    mediaId,
    mimeType,
    sizeBytes: bytes.length,
    sha256,
    url: `${SIMULATOR_API}/media/${mediaId}`,
  };
  return made(upload);
};

const serve = async (
  context: Context,
  ports: ControlPorts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://simulator');
  const path = pathname.slice(SIMULATOR_API.length + 1);
  const method = request.method ?? 'GET';
  if (method === 'GET' && path === 'events') return streamEvents(context.feed, request, response, query);
  const mediaId = method === 'GET' ? /^media\/(\d+)$/.exec(path)?.[1] : undefined;
  if (mediaId !== undefined) return giveMedia(context, response, mediaId);
  if (method === 'POST' && path === 'uploads') return give(response, await takeUpload(context, request));
  const { action, ids } = findAction(method, path);
  const input = await readInput(request);
  give(response, await action({ context, ports, input, query, ids }));
};

/** Answers `/simulator/api/**`: what the phone page and tests do with the simulator. */
export const createControl =
  (context: Context, ports: ControlPorts) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      await serve(context, ports, request, response);
    } catch (error) {
      if (!(error instanceof ControlRefused)) throw error;
      give(response, { status: error.status, value: { message: error.message } });
    }
  };

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Feed, Told } from './feed.ts';

const BEAT_MS = 15_000;
const MOST_WAITING = 8 * 1024 * 1024;

const write = (response: ServerResponse, { sequence, data }: Told): void => {
  response.write(`id: ${sequence}\ndata: ${data}\n\n`);
};

/** Streams events as Server-Sent Events, from where the listener left off. */
export const streamEvents = (
  feed: Feed,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): void => {
  const after = request.headers['last-event-id'] ?? query.get('after');
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write('retry: 1000\n\n');
  const place = Number(after);
  if (after !== null && after !== undefined && Number.isFinite(place)) {
    for (const told of feed.since(place)) write(response, told);
  }
  const stop = feed.listen((told) => {
    // who does not keep up comes back from where they left off
    if (response.writableLength > MOST_WAITING) response.destroy();
    else write(response, told);
  });
  const beat = setInterval(() => response.write(': still here\n\n'), BEAT_MS).unref();
  response.once('close', () => {
    stop();
    clearInterval(beat);
  });
};

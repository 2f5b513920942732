import type { IncomingMessage } from 'node:http';

/** A body larger than is taken. */
export class BodyTooLarge extends Error {}

/** The whole body of a request. Throws `BodyTooLarge`. */
export const readBytes = async (request: IncomingMessage, most: number): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) throw new BodyTooLarge('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

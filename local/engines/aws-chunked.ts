import { AwsError } from './engine.ts';

const CRLF = '\r\n';

/** A body that was sent in signed or unsigned chunks. */
export interface DecodedBody {
  body: Buffer;
  /** What came after the last chunk, e.g. `x-amz-checksum-crc32`; names in lower case. */
  trailers: Record<string, string>;
}

const malformed = () => new AwsError('IncompleteBody', 'The body is not properly chunked.');

const readTrailers = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(CRLF)
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );

/**
 * Takes the framing of `Content-Encoding: aws-chunked` off a body. Throws IncompleteBody where it is broken. Signatures
 * of single chunks are not verified.
 */
export function decodeAwsChunked(framed: Buffer): DecodedBody {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = framed.indexOf(CRLF, at);
    const size = Number.parseInt(framed.subarray(at, Math.max(lineEnd, at)).toString('latin1'), 16);
    if (lineEnd < 0 || Number.isNaN(size)) throw malformed();
    const start = lineEnd + CRLF.length;
    if (size === 0) return { body: Buffer.concat(chunks), trailers: readTrailers(framed.subarray(start).toString()) };
    if (framed.toString('latin1', start + size, start + size + CRLF.length) !== CRLF) throw malformed();
    chunks.push(framed.subarray(start, start + size));
    at = start + size + CRLF.length;
  }
}

import { AddressRefused, callGuarded } from '#platform/guarded-https.ts';
import { AnswerTooLarge, type HttpsAnswer, HttpsError } from '#platform/https.ts';
import { parseLossless } from '../whatsapp/lossless.ts';
import { SourceFailed, type SourceFailure } from './source-failure.ts';

/** What is asked of a shop's own system: always to read, never to change. */
export interface SourceRequest {
  url: URL;
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/** The longest answer that is read, in bytes. */
const MAX_BYTES = 1024 * 1024;

/** How a status fails; undefined for one that answers. Nobody follows a redirect: it would lead to another host. */
const failureOf = (status: number): SourceFailure | undefined => {
  if (status >= 200 && status < 300) return undefined;
  return status === 401 || status === 403 ? 'unauthorised' : 'refused';
};

const failed = (error: unknown, isLate: boolean): unknown => {
  if (error instanceof AddressRefused) return new SourceFailed('address-refused', { cause: error });
  if (error instanceof AnswerTooLarge) return new SourceFailed('too-large', { cause: error });
  if (error instanceof HttpsError) return new SourceFailed(isLate ? 'too-slow' : 'unreachable', { cause: error });
  return error;
};

const parse = (body: Buffer): unknown => {
  try {
    return parseLossless(body.toString('utf8'));
  } catch {
    // the words of the parser would show a part of what the shop's system knows of people
    throw new SourceFailed('unreadable');
  }
};

/**
 * Reads JSON from the systems of shops, at public addresses by https, or on `privateHosts`. There is no other method than
 * GET: whatever a shop sets, nothing of its sales can be changed from here.
 */
export const openHttpSales = (privateHosts: readonly string[]) => {
  const call = async ({ url, headers, timeoutMs }: SourceRequest): Promise<HttpsAnswer> => {
    const began = performance.now();
    try {
      const asked = { accept: 'application/json', 'user-agent': 'Vidriera', ...headers };
      return await callGuarded(url, { method: 'GET', headers: asked, timeoutMs, maxBytes: MAX_BYTES, privateHosts });
    } catch (error) {
      throw failed(error, performance.now() - began >= timeoutMs - 1);
    }
  };
  return {
    /** The answer as JSON; undefined where the source says 404 or 204: it knows of none. Throws {@link SourceFailed}. */
    read: async (request: SourceRequest): Promise<unknown> => {
      const { status, body } = await call(request);
      if (status === 404 || status === 204) return undefined;
      const failure = failureOf(status);
      if (failure) throw new SourceFailed(failure);
      return parse(body);
    },
  };
};

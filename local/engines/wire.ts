import type { Access, AwsRequest, AwsResponse } from './engine.ts';
import { AwsError } from './engine.ts';

type Json = Record<string, unknown>;

/** The body of a JSON request as an object; rejects with SerializationException where it is none. */
export const readJson = (request: AwsRequest): Json => {
  if (request.body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(request.body.toString('utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Json;
  } catch {
    // falls through to the same answer
  }
  throw new AwsError('SerializationException', 'the body is not a JSON object');
};

/** An answer of the JSON protocols (1.0, 1.1) and of REST-JSON (plain `application/json`). */
export const jsonResponse = (body: object, contentType = 'application/x-amz-json-1.1', status = 200): AwsResponse => ({
  status,
  headers: { 'content-type': contentType },
  body: JSON.stringify(body),
});

/** A failure of the JSON protocols: the class in `__type`. */
export const jsonFailure = (error: AwsError, contentType?: string): AwsResponse =>
  jsonResponse({ __type: error.code, message: error.message, ...error.fields }, contentType, error.status);

/** A failure of REST-JSON: the class in a header. */
export const restJsonFailure = (error: AwsError): AwsResponse => {
  const answer = jsonResponse({ Message: error.message, ...error.fields }, 'application/json', error.status);
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } };
};

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };

/** Text made safe for an XML document. */
export const escapeXml = (text: string): string => text.replace(/[&<>"\r]/g, (sign) => entities[sign] ?? sign);

/** An XML answer, as S3 gives. */
export const xmlResponse = (document: string, status = 200): AwsResponse => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
});

/** A failure in S3's XML. */
export const xmlFailure = (error: AwsError): AwsResponse =>
  xmlResponse(
    `<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>`,
    error.status,
  );

/** The sentence with which AWS says no. */
export const denialText = (access: Access, principal: string): string =>
  `User: ${principal} is not authorized to perform: ${access.action} on resource: ${access.resource}`;

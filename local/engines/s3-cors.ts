import type { AwsRequest, AwsResponse } from './engine.ts';
import { AwsError } from './engine.ts';
import { xmlFailure } from './wire.ts';

/** One rule of a bucket's CORS configuration, in CloudFormation's words. */
export interface CorsRule {
  AllowedOrigins: readonly string[];
  AllowedMethods: readonly string[];
  AllowedHeaders?: readonly string[];
  ExposedHeaders?: readonly string[];
  MaxAge?: number;
}

/** At most one star in a pattern, as S3 has it. */
const fits = (pattern: string, text: string): boolean => {
  const [head = '', tail] = pattern.split('*');
  if (tail === undefined) return pattern === text;
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
};

const someFits = (patterns: readonly string[] | undefined, text: string): boolean =>
  (patterns ?? []).some((pattern) => fits(pattern, text));

const findRule = (rules: readonly CorsRule[], origin: string, method: string): CorsRule | undefined =>
  rules.find((rule) => someFits(rule.AllowedOrigins, origin) && rule.AllowedMethods.includes(method));

const allow = (rule: CorsRule, origin: string): Record<string, string> => ({
  'access-control-allow-origin': rule.AllowedOrigins.includes('*') ? '*' : origin,
  'access-control-allow-methods': rule.AllowedMethods.join(', '),
  ...(rule.ExposedHeaders ? { 'access-control-expose-headers': rule.ExposedHeaders.join(', ') } : {}),
  vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
});

/** What an answer tells a browser of another origin; nothing where no rule lets it in. */
export function corsHeadersFor(rules: readonly CorsRule[], { headers, method }: AwsRequest): Record<string, string> {
  const { origin } = headers;
  const asked = method === 'OPTIONS' ? headers['access-control-request-method'] : method;
  const rule = origin === undefined ? undefined : findRule(rules, origin, asked ?? '');
  return rule && origin !== undefined ? allow(rule, origin) : {};
}

/** Answers a browser's question whether it may send what it wants to send. */
export function preflightResponse(rules: readonly CorsRule[], { headers }: AwsRequest): AwsResponse {
  const { origin = '', 'access-control-request-method': method = '' } = headers;
  const names = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = findRule(rules, origin, method);
  const allowed = rule?.AllowedHeaders?.map((pattern) => pattern.toLowerCase());
  if (!rule || !names.every((name) => someFits(allowed, name))) {
    return xmlFailure(new AwsError('AccessForbidden', 'CORSResponse: This CORS request is not allowed.', 403));
  }
  const answer = allow(rule, origin);
  if (names.length > 0) answer['access-control-allow-headers'] = names.join(', ');
  if (rule.MaxAge !== undefined) answer['access-control-max-age'] = String(rule.MaxAge);
  return { status: 200, headers: answer, body: '' };
}

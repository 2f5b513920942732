import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { logger } from './logger.ts';

/** A request as it came, for routes that are `raw` in their contract. */
export interface RawRequest {
  routeKey: string;
  params: Readonly<Record<string, string | undefined>>;
  query: Readonly<Record<string, string | undefined>>;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The very bytes. */
  body: Buffer;
}

/** An answer in plain text. */
export interface RawAnswer {
  status: number;
  text?: string;
}

const toRequest = (event: APIGatewayProxyEventV2): RawRequest => ({
  routeKey: event.routeKey.replace(/^HEAD /, 'GET '),
  params: event.pathParameters ?? {},
  query: event.queryStringParameters ?? {},
  headers: event.headers,
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
});

const toResult = ({ status, text = '' }: RawAnswer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: text,
});

const answerOf = async (request: RawRequest, run: (request: RawRequest) => Promise<RawAnswer>): Promise<RawAnswer> => {
  try {
    return await run(request);
  } catch (error) {
    logger.error('request failed', { route: request.routeKey, error });
    return { status: 503 };
  }
};

/**
 * The handler of a Lambda whose routes are `raw`: their callers are other people's machines, which sign bytes and read
 * plain text. Whatever `run` throws is logged and answered with 503, so that the caller tries again.
 */
export const rawHttp =
  (run: (request: RawRequest) => Promise<RawAnswer>) =>
  async (event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2> => {
    const startedAt = performance.now();
    logger.startRequest({ requestId: context.awsRequestId });
    const request = toRequest(event);
    const answer = await answerOf(request, run);
    const milliseconds = Math.round(performance.now() - startedAt);
    logger.info('request', { route: request.routeKey, status: answer.status, milliseconds });
    return toResult(answer);
  };

/** One call on the wire, its body read whole. */
export interface AwsRequest {
  method: string;
  /** As it came: still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
  /** The operation of the service's API (`PutItem`), where the door could tell. */
  operation?: string;
  /** What shall go wrong with the messages that this call sends, though the call itself is answered. */
  deliveryFault?: DeliveryFault;
}

/** A fault in the way of messages, where the service has such: SQS. */
export interface DeliveryFault {
  kind: 'duplicate-delivery' | 'late-delivery' | 'reordered-delivery' | 'partial-failure';
  /** How late, for what comes late. */
  seconds: number;
}

/** One answer on the wire. */
export interface AwsResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** One question to IAM: may this action be done to this resource? */
export interface Access {
  action: string;
  /** An ARN, or `*` where the service knows no finer resource. */
  resource: string;
  context?: Record<string, string | string[]>;
}

/** A failure that the caller of the service shall see, whatever its wire format. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Further fields of the error's shape, e.g. `CancellationReasons`. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** What goes wrong before a service is reached at all; each service has its own word for it. */
export type Refusal = 'unknown-key' | 'bad-signature' | 'expired' | 'no-signature';

/** One service of AWS, played on this machine. */
export interface Engine {
  /** The name in the credential scope of a signature: dynamodb, scheduler, secretsmanager, s3. */
  readonly service: string;
  /** The operation of a request whose protocol does not say it in `X-Amz-Target`. */
  operationOf?(request: AwsRequest): string | undefined;
  /** The permissions that a request needs; empty where it will be refused anyway. */
  access(request: AwsRequest): Access[];
  /** Does what the request asks. Rejects with an AwsError for what the caller did wrong. */
  handle(request: AwsRequest): Promise<AwsResponse>;
  /** AccessDenied in this service's wire format; `principal` is the caller's ARN. */
  denied(access: Access, principal: string): AwsResponse;
  /** Any other failure in this service's wire format. */
  failure(error: AwsError): AwsResponse;
  /** What a browser of another origin may know of this answer. */
  corsHeaders?(request: AwsRequest): Record<string, string>;
  /** Stops timers and children; what was acknowledged is on disk afterwards. */
  close(): Promise<void>;
}

/**
 * Every failure a caller may see. `status` is what HTTP answers; `retryable` is what a queue or a client may do about it.
 * A code without a row here does not compile.
 */
export const errorCatalogue = {
  'request.malformed': { status: 400, retryable: false, title: 'The request could not be read' },
  'request.invalid': { status: 400, retryable: false, title: 'A field of the request is not valid' },
  'request.wrong-content-type': { status: 415, retryable: false, title: 'The body must be application/json' },
  'request.too-large': { status: 413, retryable: false, title: 'The request is too large' },
  'request.unauthenticated': { status: 401, retryable: false, title: 'A valid bearer token is needed' },
  'request.forbidden': { status: 403, retryable: false, title: 'This role may not do that' },
  'not-found': { status: 404, retryable: false, title: 'There is nothing here' },
  'method.not-allowed': { status: 405, retryable: false, title: 'This address does not take that method' },
  'idempotency.key-reused': {
    status: 422,
    retryable: false,
    title: 'The Idempotency-Key was used for another request',
  },
  'stock.short': { status: 409, retryable: false, title: 'There is not enough stock' },
  'stock.below-reserved': { status: 409, retryable: false, title: 'Stock cannot go below what is reserved' },
  'stock.busy': { status: 503, retryable: true, title: 'Too many buyers at this moment; try again' },
  'checkout.ended': { status: 409, retryable: false, title: 'This checkout has already ended' },
  'checkout.not-extendable': { status: 409, retryable: false, title: 'This checkout already has its full hold' },
  'checkout.phone-limit': { status: 429, retryable: false, title: 'This phone already holds what it may' },
  'checkout.product-limit': { status: 429, retryable: false, title: 'Too much of this product is on hold' },
  'checkout.shop-limit': { status: 429, retryable: true, title: 'This shop has too many active checkouts' },
  'checkout.seller-confirms': { status: 403, retryable: false, title: 'In this shop a seller confirms the sale' },
  'shop.slug-taken': { status: 409, retryable: false, title: 'Another shop has this slug' },
  'category.not-empty': { status: 409, retryable: false, title: 'The category still has products' },
  'product.has-stock': { status: 409, retryable: false, title: 'The product still has stock or holds' },
  'product.too-many-pictures': { status: 409, retryable: false, title: 'The product has all the pictures it may have' },
  'picture.not-uploaded': { status: 409, retryable: false, title: 'The picture has not been uploaded yet' },
  'connection.number-taken': { status: 409, retryable: false, title: 'This WhatsApp number is already in use' },
  'connection.exists': { status: 409, retryable: false, title: 'The shop already has this WhatsApp number' },
  'connection.refused': { status: 422, retryable: false, title: 'Meta does not confirm this connection' },
  'connection.check-failed': { status: 409, retryable: false, title: 'The connection does not pass its check' },
  'meta-app.missing': { status: 409, retryable: false, title: 'The Meta app of this connection has not been set' },
  'meta.unavailable': { status: 503, retryable: true, title: 'Meta does not answer; try again' },
  'conversation.window-closed': {
    status: 409,
    retryable: false,
    title: 'More than 24 hours since the customer wrote: only a template may be sent',
  },
  'connection.stopped': { status: 409, retryable: false, title: 'This connection does not send at the moment' },
  'media.not-stored': { status: 409, retryable: false, title: 'The file of this message is not here' },
  'message.not-failed': { status: 409, retryable: false, title: 'Only a message that failed can be sent again' },
  'niche.not-enabled': { status: 404, retryable: false, title: 'This shop has no CRM' },
  'sale-links.not-enabled': { status: 404, retryable: false, title: 'This shop does not link contacts to sales' },
  'sale.not-found': { status: 404, retryable: false, title: 'There is no such sale, or it was not confirmed' },
  'sale-source.unavailable': { status: 424, retryable: true, title: 'Your own system does not tell of its sales' },
  'sale-link.too-many': { status: 409, retryable: false, title: 'This contact has as many linked sales as it may' },
  'user.exists': { status: 409, retryable: false, title: 'Somebody already signs in with this e-mail address' },
  'user.self': { status: 409, retryable: false, title: 'Nobody disables or removes themself' },
  'user.last-admin': { status: 409, retryable: false, title: 'A shop needs an admin who may sign in' },
  'lead.exists': { status: 409, retryable: false, title: 'This person is a lead already' },
  'lead-page.taken': { status: 409, retryable: false, title: 'This page is connected elsewhere' },
  'lead-page.refused': { status: 422, retryable: false, title: 'Meta does not give the forms of this page' },
  'stage.not-empty': { status: 409, retryable: false, title: 'There are leads in this stage' },
  'pipeline.is-default': {
    status: 409,
    retryable: false,
    title: 'This is where the leads go that nobody puts anywhere',
  },
  'consent.revoked': { status: 409, retryable: false, title: 'This person wants no marketing' },
  'job.not-ready': { status: 409, retryable: false, title: 'This cannot be done with the job at this moment' },
  'file.not-csv': { status: 409, retryable: false, title: 'The file is not a text of rows: save it as CSV' },
  'file.not-uploaded': { status: 409, retryable: false, title: 'The file has not been uploaded yet' },
  'directory.unavailable': {
    status: 503,
    retryable: true,
    title: 'The sign-in service does not answer, or takes no more for now; try again',
  },
  'change.conflict': { status: 409, retryable: true, title: 'Somebody else changed this at the same moment' },
  'table.busy': { status: 503, retryable: true, title: 'Too much is being read at this moment; try again' },
  internal: { status: 500, retryable: true, title: 'Something failed on our side' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** What is wrong with one field of a request: where, a stable code, and words for a developer. */
export interface FieldError {
  field: string;
  code: string;
  message: string;
}

/** Extra members of a problem document: plain JSON that helps the caller act, never a secret or personal data. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/**
 * The only error a caller may read. `message` says what was wrong in lower case and names the bad value;
 * `details` become members of the problem document (RFC 9457).
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { details?: ErrorDetails } = {}) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }

  get retryable(): boolean {
    return errorCatalogue[this.code].retryable;
  }
}

/** True for an {@link AppError} with this code. */
export const isAppError = (error: unknown, code?: ErrorCode): error is AppError =>
  error instanceof AppError && (code === undefined || error.code === code);

/** The one answer for anything unknown or belonging to somebody else, so that nobody learns what exists. */
export const notFound = (): AppError => new AppError('not-found', 'there is nothing here');

/** A request whose field breaks a rule that its schema cannot express. */
export const invalidField = (field: string, code: string, message: string): AppError =>
  new AppError('request.invalid', message, { details: { errors: [{ field, code, message }] satisfies FieldError[] } });

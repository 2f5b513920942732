/** Why a source of sales gave no answer. */
export const sourceFailures = [
  /** The address is not of the public internet, or led there. */
  'address-refused',
  /** No connection, or it broke. */
  'unreachable',
  /** No whole answer in time. */
  'too-slow',
  /** An answer beyond what is read. */
  'too-large',
  /** The source does not take our secret. */
  'unauthorised',
  /** Any other status than success. */
  'refused',
  /** No JSON, or no sales where they should be. */
  'unreadable',
  /** The secret is not in the vault, or is for another host. */
  'no-secret',
  /** The vault does not answer: a failure of ours, which is not held against the source. */
  'secret-unread',
  /** It failed several times, and is left alone for a while. */
  'paused',
] as const;
export type SourceFailure = (typeof sourceFailures)[number];

/** A source of sales gave no answer. */
export class SourceFailed extends Error {
  override readonly name = 'SourceFailed';
  readonly reason: SourceFailure;
  /** When it may be asked again, of one that is paused. ISO 8601. */
  readonly retryAt: string | undefined;

  constructor(reason: SourceFailure, { retryAt, ...options }: ErrorOptions & { retryAt?: string } = {}) {
    super(`the source of sales failed: ${reason}`, options);
    this.reason = reason;
    this.retryAt = retryAt;
  }
}

/** A call to the Graph API that did not come to what was asked. Its words carry nothing of what was sent. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  /** Meta's code; undefined when no answer of Meta's own came. */
  readonly code: number | undefined;
  readonly subcode: number | undefined;
  /** Meta's words: for the row and its shop, never for a log. */
  readonly title: string;
  readonly details: string | undefined;
  /** Undefined when nothing was answered. */
  readonly httpStatus: number | undefined;
  /** Meta says that the same call may succeed later. */
  readonly transient: boolean;
  /** The call may have done its work all the same: doing it again might do it twice. */
  readonly mayHaveArrived: boolean;

  constructor(
    about: Pick<GraphError, 'mayHaveArrived'> &
      Partial<Pick<GraphError, 'code' | 'subcode' | 'title' | 'details' | 'httpStatus' | 'transient'>>,
    cause?: unknown,
  ) {
    super(wordsOf(about), { cause });
    this.code = about.code;
    this.subcode = about.subcode;
    this.title = about.title ?? '';
    this.details = about.details;
    this.httpStatus = about.httpStatus;
    this.transient = about.transient ?? false;
    this.mayHaveArrived = about.mayHaveArrived;
  }
}

const wordsOf = ({ code, httpStatus, mayHaveArrived }: Partial<GraphError>): string => {
  if (code !== undefined) return `Meta answered with error ${code}, HTTP ${httpStatus}`;
  if (httpStatus !== undefined) return `Meta’s answer could not be read, HTTP ${httpStatus}`;
  return mayHaveArrived ? 'no answer of Meta’s came' : 'Meta could not be reached';
};

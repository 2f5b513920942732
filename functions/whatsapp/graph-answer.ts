/** Meta has taken a message. */
export interface Accepted {
  metaId: string;
  /** Meta keeps it back until it has judged the template: it may still fail. */
  held: boolean;
  /** What Meta knows the recipient by. */
  waId?: string | undefined;
  userId?: string | undefined;
}

/** A file as Meta announces it; its address lives five minutes. */
export interface MediaInfo {
  url: string;
  mimeType: string;
  sha256?: string | undefined;
  bytes?: number | undefined;
}

/** What may come of a download. `gone`: the address has expired, a new one may work. */
export type Download = { body: Buffer } | 'gone' | 'too-large';

/** A file to give to Meta. */
export interface Upload {
  body: Buffer;
  contentType: string;
  fileName: string;
}

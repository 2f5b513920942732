/** A change of one item of the table, after it was committed. */
export interface Change {
  kind:
    | 'checkout'
    | 'stock-level'
    | 'conversation'
    | 'message'
    | 'contact'
    | 'lead'
    | 'submission'
    | 'pipeline'
    | 'job'
    | 'other';
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** One page of a list. `nextCursor` is opaque; its absence means the end. */
export interface Page<Item> {
  items: Item[];
  nextCursor?: string;
}

/** What a list is asked for: at most `limit` items after `cursor`. */
export interface PageRequest {
  limit: number;
  cursor?: string;
}

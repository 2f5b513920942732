import { invalidField } from '#core/errors.ts';

const invalid = () => invalidField('cursor', 'invalid', 'the cursor is not one that this list gave');

const decode = (cursor: string): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // falls through: what can't be decoded is as invalid as what names another partition
  }
  throw invalid();
};

/** Turns the position where a page ended into an opaque cursor. */
export const toCursor = (position: Record<string, unknown>): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Where a list's cursors may point: one partition, by the attribute that names it, and positions of exactly these attributes. */
export interface CursorScope {
  attribute: string;
  value: string;
  attributes?: readonly string[];
  /** Whether a position lies within the list. */
  holds?: (position: Record<string, string>) => boolean;
}

const isPosition = (position: Record<string, unknown>): position is Record<string, string> =>
  Object.values(position).every((part) => typeof part === 'string' && part !== '');

const namesExactly = (position: Record<string, string>, attributes: readonly string[]): boolean =>
  Object.keys(position).length === attributes.length && attributes.every((attribute) => attribute in position);

/**
 * Reads a cursor back into a position. Throws `request.invalid` when it is not a cursor of this list, above all when it
 * names another partition: a cursor taken from one shop opens nothing in another.
 */
export const fromCursor = (cursor: string | undefined, scope: CursorScope): Record<string, string> | undefined => {
  if (cursor === undefined) return undefined;
  const position = decode(cursor);
  if (!isPosition(position) || position[scope.attribute] !== scope.value) throw invalid();
  if (scope.attributes && !namesExactly(position, scope.attributes)) throw invalid();
  if (scope.holds && !scope.holds(position)) throw invalid();
  return position;
};

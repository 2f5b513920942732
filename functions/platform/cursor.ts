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

/**
 * Reads a cursor back into a position. Throws `request.invalid` when it is not a cursor, or names a partition other than
 * the one being listed: a cursor taken from one shop opens nothing in another.
 */
export const fromCursor = (
  cursor: string | undefined,
  partition: { attribute: string; value: string },
): Record<string, string> | undefined => {
  if (cursor === undefined) return undefined;
  const position = decode(cursor);
  const sound = Object.values(position).every((part) => typeof part === 'string');
  if (!sound || position[partition.attribute] !== partition.value) throw invalid();
  return position as Record<string, string>;
};

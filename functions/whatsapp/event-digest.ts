import { createHash } from 'node:crypto';
import { isFields } from './wire.ts';

/** Meta nests some ten levels; beyond this a body is somebody's experiment, and would overflow the stack. */
const DEEPEST = 100;

const sorted = (value: unknown, depth: number): unknown => {
  if (depth > DEEPEST) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return value.map((item) => sorted(item, depth + 1));
  if (!isFields(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name], depth + 1)]));
};

/** A digest that does not depend on the order of members. Throws `RangeError` for what is nested too deeply. */
export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value, 0)))
    .digest('hex');

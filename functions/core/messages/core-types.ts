export type { ErrorCode } from '../errors.ts';
export type { Language } from '../fields.ts';

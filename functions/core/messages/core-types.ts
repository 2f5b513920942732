// biome-ignore lint/style/noRestrictedImports: messages/ is a folder of core itself
export type { ErrorCode } from '../errors.ts';
// biome-ignore lint/style/noRestrictedImports: messages/ is a folder of core itself
export type { Language } from '../fields.ts';

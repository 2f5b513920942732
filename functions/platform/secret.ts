import { readSecret } from './light-secret.ts';

/** Reads a secret string once and keeps it in memory for the life of this environment; a failed read is tried again. */
export const openSecret = (secretId: string): (() => Promise<string>) => {
  let kept: Promise<string> | undefined;
  const read = async () => {
    const text = await readSecret(secretId);
    if (!text) throw new Error(`the secret ${secretId} is empty`);
    return text;
  };
  return () => {
    kept ??= read().catch((error: unknown) => {
      kept = undefined;
      throw error;
    });
    return kept;
  };
};

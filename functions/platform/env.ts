/**
 * Reads the named environment variables at load, so that a function with a missing one fails at its start and not at
 * its first customer. Throws an `Error` that names every variable that is missing.
 */
export const readEnv = <const Names extends readonly string[]>(...names: Names): Record<Names[number], string> => {
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`missing environment: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as Record<Names[number], string>;
};

/** Reads an environment variable that may be absent. */
export const readOptionalEnv = (name: string): string | undefined => process.env[name] || undefined;

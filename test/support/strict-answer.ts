import type { Route } from '#core/contract.ts';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Paths of members that stand in `told` and not in `known`, which is what a schema left of it. */
const unknownMembers = (told: unknown, known: unknown, path = ''): string[] => {
  if (!isObject(told)) return [];
  return Object.entries(told).flatMap(([name, member]) => {
    const at = `${path}/${name}`;
    if (!isObject(known) || !(name in known)) return [at];
    return unknownMembers(member, known[name], at);
  });
};

/**
 * Throws unless a good answer is what its route's contract says, with nothing that the contract does not name: an entity
 * that gains a member shows it to nobody by accident.
 */
export const assertAsAgreed = (
  name: string,
  { answer }: Route,
  { status, json }: { status: number; json: unknown },
) => {
  if (answer.schema === undefined || status !== answer.status) return;
  const read = answer.schema().safeParse(json);
  const wrong = read.success ? unknownMembers(json, read.data) : read.error.issues.map((one) => JSON.stringify(one));
  if (wrong.length > 0) throw new Error(`${name} answers otherwise than its contract says: ${wrong.join(', ')}`);
};

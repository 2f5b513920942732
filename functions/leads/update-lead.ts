import { type ChangeLeadPorts, changeLead } from './change-lead.ts';
import type { WhichLead } from './find-lead.ts';
import type { Lead } from './lead.ts';
import type { UpdateLead } from './lead-input.ts';

/** Who does something to a lead: `user:<id>`, or a part of the system. */
export interface By {
  by: string;
}

/** Null takes a field away. */
const withoutNulls = <Value>(value: Value | null): Value | undefined => value ?? undefined;

/**
 * Writes on a lead what people of the shop know of it: only the fields that are named. The phone is the contact's, and
 * no field of a lead. Throws `not-found` for one that the viewer may not see, and `change.conflict`.
 */
export const updateLead = (
  { by, input, ...which }: WhichLead & By & { input: UpdateLead },
  ports: ChangeLeadPorts,
): Promise<Lead> => {
  const change = Object.fromEntries(Object.entries(input).map(([field, value]) => [field, withoutNulls(value)]));
  return changeLead({ ...which, note: { by, action: 'lead.updated' } }, () => change, ports);
};

import { invalidField } from '#core/errors.ts';
import { fold } from '#core/text.ts';
import { type ChangeLeadPorts, changeLead } from './change-lead.ts';
import type { WhichLead } from './find-lead.ts';
import { distinctTags, type Lead, MOST_TAGS } from './lead.ts';
import type { TagLead } from './lead-input.ts';
import type { By } from './update-lead.ts';

const tagsAfter = ({ tags }: Lead, { add, remove }: TagLead): string[] => {
  const gone = new Set(remove.map(fold));
  const all = [...tags.filter((tag) => !gone.has(fold(tag))), ...add];
  const after = distinctTags(all);
  if (new Set(all.map(fold)).size <= MOST_TAGS) return after;
  throw invalidField('add', 'too-many', `a lead has at most ${MOST_TAGS} tags`);
};

/**
 * Takes tags off a lead and puts others on it; a tag is the same whatever its case and accents, and the first spelling
 * stays. Throws `request.invalid` when they get too many, `not-found` for a lead that the viewer may not see, and
 * `change.conflict`.
 */
export const tagLead = (
  { by, input, ...which }: WhichLead & By & { input: TagLead },
  ports: ChangeLeadPorts,
): Promise<Lead> =>
  changeLead({ ...which, note: { by, action: 'lead.tagged' } }, (lead) => ({ tags: tagsAfter(lead, input) }), ports);

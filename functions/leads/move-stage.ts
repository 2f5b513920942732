import type { AuditEntry } from '../audit/audit-entry.ts';
import { type Pipeline, placeInStage, placeOfStatus } from '../pipelines/pipeline.ts';
import { type ChangeLeadPorts, changeLead } from './change-lead.ts';
import type { WhichLead } from './find-lead.ts';
import type { Lead } from './lead.ts';
import type { MoveLead } from './lead-input.ts';
import type { By } from './update-lead.ts';

export interface MoveStagePorts extends ChangeLeadPorts {
  leads: ChangeLeadPorts['leads'] & {
    /** As ever; and false when this pipeline was changed since it was read. */
    save: (before: Lead, after: Lead, entries: readonly AuditEntry[], inside?: Pipeline) => Promise<boolean>;
  };
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
}

/**
 * Moves a lead to a stage of any pipeline of the shop, whose status it has from then on; or to the first stage of a
 * status. A stage that goes at this very moment takes no lead with it. Throws `request.invalid` for a stage that the
 * shop does not have, or a status that no stage of the lead's pipeline has, `not-found` for a lead that the viewer may not see, and `change.conflict`.
 */
export const moveStage = (
  { by, input, ...which }: WhichLead & By & { input: MoveLead },
  ports: MoveStagePorts,
): Promise<Lead> => {
  const { leads } = ports;
  let known: readonly Pipeline[] = [];
  const inside = ({ pipelineId }: Lead) => known.find((one) => one.pipelineId === pipelineId);
  return changeLead(
    { ...which, note: { by, action: 'lead.stage-moved', reason: input.reason } },
    async (lead) => {
      known = await ports.pipelines.all(lead.shopId);
      return 'stageId' in input ? placeInStage(known, input.stageId) : placeOfStatus(known, lead, input.status);
    },
    {
      ...ports,
      leads: { ...leads, save: (before, after, entries) => leads.save(before, after, entries, inside(after)) },
    },
  );
};

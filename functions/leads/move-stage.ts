import { type ChangeLeadPorts, changeLead } from './change-lead.ts';
import { placeInStage } from './create-lead.ts';
import type { WhichLead } from './find-lead.ts';
import type { Lead } from './lead.ts';
import type { MoveLead } from './lead-input.ts';
import { type Pipeline, placeOfStatus } from './pipeline.ts';
import type { By } from './update-lead.ts';

export interface MoveStagePorts extends ChangeLeadPorts {
  pipelines: { all: (shopId: string) => Promise<Pipeline[]> };
}

/**
 * Moves a lead to a stage of any pipeline of the shop, whose status it has from then on; or to the first stage of a
 * status. Throws `request.invalid` for a stage that the shop does not have, `not-found` for a lead that the viewer may
 * not see, and `change.conflict`.
 */
export const moveStage = (
  { by, input, ...which }: WhichLead & By & { input: MoveLead },
  ports: MoveStagePorts,
): Promise<Lead> =>
  changeLead(
    { ...which, note: { by, action: 'lead.stage-moved', reason: input.reason } },
    async (lead) => {
      const pipelines = await ports.pipelines.all(lead.shopId);
      return 'stageId' in input ? placeInStage(pipelines, input.stageId) : placeOfStatus(pipelines, lead, input.status);
    },
    ports,
  );

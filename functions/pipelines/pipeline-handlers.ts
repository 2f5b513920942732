import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import { crmShop } from '../leads/crm-shop.ts';
import type { Shop } from '../shops/shop.ts';
import { createPipeline, deletePipeline, type PipelinePorts, updatePipeline } from './change-pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import type { PipelineView } from './pipeline-input.ts';
import type { pipelineRoutes } from './pipelines.routes.ts';

/** Everything that working with pipelines needs. */
export interface PipelineHandlerPorts extends PipelinePorts {
  findShop: (shopId: string) => Promise<Shop | undefined>;
}

const viewOf = ({ pipelineId, name, isDefault, stages }: Pipeline): PipelineView => ({
  pipelineId,
  name,
  isDefault,
  stages,
});

/** What answers each route of pipelines. */
export const pipelineHandlers = (ports: PipelineHandlerPorts): RouteHandlers<typeof pipelineRoutes> => {
  const askedBy = async (caller: Caller) => {
    const { shopId } = await crmShop(ports.findShop, caller.shopId);
    return { shopId, by: actorOf(caller) };
  };
  return {
    listPipelines: async ({ caller }) => {
      const { shopId } = await askedBy(caller);
      return { items: (await ports.pipelines.all(shopId)).map(viewOf) };
    },
    createPipeline: async ({ caller, body, idempotencyKey }) =>
      viewOf(await createPipeline({ ...(await askedBy(caller)), input: body, idempotencyKey }, ports)),
    updatePipeline: async ({ caller, params, body }) => {
      const changed = await updatePipeline({ ...(await askedBy(caller)), ...params, input: body }, ports);
      return { ...viewOf(changed.pipeline), ...(changed.isSettling && { isSettling: true }) };
    },
    deletePipeline: async ({ caller, params, query: { moveTo } }) => {
      await deletePipeline({ ...(await askedBy(caller)), ...params, moveTo }, ports);
    },
  };
};

import * as z from 'zod/mini';
import type { Routes } from '#core/contract.ts';
import { lazy } from '#core/lazy.ts';
import { CreatePipeline, PipelineView, placeIdField, UpdatePipeline } from './pipeline-input.ts';

const users = ['admin', 'seller'] as const;
const admins = ['admin'] as const;

const PipelineParams = lazy(() => z.object({ pipelineId: placeIdField() }));

export const pipelineRoutes = {
  listPipelines: {
    method: 'GET',
    path: '/admin/niche/pipelines',
    access: users,
    summary: 'The pipelines of the shop with their stages, the default first; a shop that made none has a built-in one',
    answer: { status: 200, schema: lazy(() => z.object({ items: z.array(PipelineView()) })) },
    errors: ['niche.not-enabled'],
  },
  createPipeline: {
    method: 'POST',
    path: '/admin/niche/pipelines',
    access: admins,
    summary: 'Make a pipeline of ordered stages, each with the status that it stands for',
    body: CreatePipeline,
    answer: { status: 201, schema: PipelineView },
    errors: ['niche.not-enabled', 'idempotency.key-reused', 'change.conflict'],
    idempotent: true,
  },
  updatePipeline: {
    method: 'PATCH',
    path: '/admin/niche/pipelines/{pipelineId}',
    access: admins,
    summary: 'Rename a pipeline, change, order, add or remove its stages; the leads of removed ones go to `moveTo`',
    params: PipelineParams,
    body: UpdatePipeline,
    answer: { status: 200, schema: PipelineView },
    errors: ['niche.not-enabled', 'stage.not-empty', 'change.conflict'],
  },
  deletePipeline: {
    method: 'DELETE',
    path: '/admin/niche/pipelines/{pipelineId}',
    access: admins,
    summary: 'Delete a pipeline that is not the default; its leads go to the stage `moveTo` of another one',
    params: PipelineParams,
    query: lazy(() => z.object({ moveTo: z.optional(placeIdField()) })),
    answer: { status: 204 },
    errors: ['niche.not-enabled', 'stage.not-empty', 'pipeline.is-default', 'change.conflict'],
  },
} as const satisfies Routes;

import { leadAnswers } from './openapi-lead-examples.ts';

const lead = leadAnswers['getLead'] as { leadId: string };
const seller = 'c4f8a458-9091-70a3-5e1c-0d7a1f2b3c4d';
const by = `user:${seller}`;
const at = '2026-11-21T15:21:40.512Z';

const note = {
  noteId: '01JD3W4M5N6P7Q8R9S0TVWXYZB',
  at,
  by,
  text: 'Prefiere que le escriban después de las 18. Compra para una tienda de regalos.',
};

const pipeline = {
  pipelineId: '01JD3W0A1B2C3D4E5F6G7H8J9M',
  name: 'Mayoristas',
  isDefault: false,
  stages: [
    { stageId: '01JD3W0A1B2C3D4E5F6G7H8J9N', name: 'Primer contacto', status: 'new' },
    { stageId: '01JD3W0A1B2C3D4E5F6G7H8J9P', name: 'Visita', status: 'interested' },
    { stageId: '01JD3W0A1B2C3D4E5F6G7H8J9Q', name: 'Vendido', status: 'closed_won' },
  ],
};
const [first, visit, sold] = pipeline.stages;

const builtIn = {
  pipelineId: 'default',
  name: 'Ventas',
  isDefault: true,
  stages: [
    { stageId: 'new', name: 'Nuevo', status: 'new' },
    { stageId: 'contacted', name: 'Contactado', status: 'contacted' },
    { stageId: 'interested', name: 'Interesado', status: 'interested' },
    { stageId: 'negotiation', name: 'Negociación', status: 'negotiation' },
    { stageId: 'closed_won', name: 'Ganado', status: 'closed_won' },
    { stageId: 'closed_lost', name: 'Perdido', status: 'closed_lost' },
  ],
};

const otherId = '01JD2M7A1B2C3D4E5F6G7H8J9R';
const duplicate = {
  lead: {
    ...lead,
    leadId: otherId,
    name: 'Ana Gomez',
    firstName: 'Ana',
    lastName: 'Gomez',
    phone: '+5491145678902',
    source: 'form',
    version: 2,
    tags: ['feria'],
  },
  reasons: ['same-email', 'one-digit-off', 'same-name'],
  confidence: 'high',
  conflicts: ['lastName', 'source'],
  reviewed: { version: 4, otherVersion: 2 },
};

const moved = {
  kind: 'change',
  id: '01JD3W4M5N6P7Q8R9S0TVWXYZC',
  at: '2026-11-21T15:22:00.000Z',
  change: {
    entryId: '01JD3W4M5N6P7Q8R9S0TVWXYZC',
    subject: { kind: 'lead', id: lead.leadId },
    at: '2026-11-21T15:22:00.000Z',
    by,
    action: 'lead.stage-moved',
    changes: { stageId: { from: 'contacted', to: 'interested' }, status: { from: 'contacted', to: 'interested' } },
  },
};

const reserved = {
  kind: 'checkout',
  id: 'K7QM2WTX9F3AZB6C',
  at: '2026-11-20T18:04:05.000Z',
  checkout: {
    code: 'K7QM2WTX9F3AZB6C',
    state: 'confirmed',
    total: 2_450_000,
    currency: 'ARS',
    createdAt: '2026-11-20T18:04:05.000Z',
    endedAt: '2026-11-20T19:10:00.000Z',
  },
};

/** Bodies of routes about the life of leads and about pipelines, as people send them. */
export const leadLifeBodies: Readonly<Record<string, unknown>> = {
  addNote: { text: note.text },
  editNote: { text: note.text },
  mergeLeads: { otherId, take: ['source'], tags: ['velas', 'por mayor', 'feria'], reviewed: duplicate.reviewed },
  createPipeline: { name: pipeline.name, stages: pipeline.stages.map(({ name, status }) => ({ name, status })) },
  updatePipeline: {
    stages: [first, { name: 'Muestra enviada', status: 'contacted' }, sold],
    moveTo: first?.stageId,
  },
};

/** Answers of routes about the life of leads and about pipelines, as they come. */
export const leadLifeAnswers: Readonly<Record<string, unknown>> = {
  showBoard: {
    pipelineId: 'default',
    name: 'Ventas',
    columns: builtIn.stages.slice(1, 3).map((stage) => ({
      ...stage,
      ...(stage.stageId === 'interested'
        ? { count: 1000, hasMore: true, items: [lead], nextCursor: 'eyJsaXN0IjoiMDFK…' }
        : { count: 0, hasMore: false, items: [] }),
    })),
  },
  showTimeline: { items: [moved, { kind: 'note', id: note.noteId, at, note }, reserved] },
  listNotes: { items: [note] },
  addNote: note,
  editNote: { ...note, editedAt: '2026-11-21T15:30:00.000Z' },
  findDuplicates: { items: [duplicate] },
  mergeLeads: { ...lead, formerLeadIds: [otherId] },
  listPipelines: { items: [builtIn, pipeline] },
  createPipeline: pipeline,
  updatePipeline: { ...pipeline, stages: [first, { ...visit, name: 'Muestra enviada', status: 'contacted' }, sold] },
};

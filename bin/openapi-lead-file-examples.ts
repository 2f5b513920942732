const importId = '01JD3W6Y7Z8A9B0C1D2E3F4G5H';
const exportId = '01JD3W7A1B2C3D4E5F6G7H8J9K';
const shopId = '01JD3V7K0PQRSTVWXYZ0123456';
const by = 'user:c4f8a458-9091-70a3-5e1c-0d7a1f2b3c4d';
const bucket = 'https://vidriera-prod-data-shopfiles.s3.sa-east-1.amazonaws.com';
const expiresAt = '2026-11-21T16:04:05.000Z';

const mapping = { phone: 2, firstName: 0, lastName: 1, email: 3, tags: 4 };

const noRows = { rows: 0, created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 };

const uploading = {
  importId,
  fileName: 'clientes-2026.csv',
  bytes: 7_340_032,
  state: 'uploading',
  percent: 0,
  counts: noRows,
  reasons: {},
  warned: 0,
  warnings: {},
  by,
  createdAt: '2026-11-21T15:04:05.000Z',
  updatedAt: '2026-11-21T15:04:05.000Z',
};

const settings = {
  encoding: 'windows-1252',
  delimiter: ';',
  hasHeader: true,
  mapping,
  country: 'AR',
  language: 'es',
  duplicates: 'fill',
  tags: ['feria 2026'],
  source: 'feria',
  sellers: [],
  consent: { text: 'Acepto recibir novedades por WhatsApp', at: '2026-11-20T12:00:00.000Z' },
  dryRun: false,
  startedAt: '2026-11-21T15:10:00.000Z',
};

const queued = { ...uploading, state: 'queued', settings, updatedAt: '2026-11-21T15:10:00.000Z' };

const running = {
  ...queued,
  state: 'running',
  percent: 41,
  counts: { rows: 41_000, created: 38_512, updated: 1_904, unchanged: 331, skipped: 0, failed: 253 },
  reasons: { 'phone-invalid': 211, 'phone-missing': 42 },
  warned: 87,
  warnings: { 'email-invalid': 87 },
  updatedAt: '2026-11-21T15:11:08.000Z',
};

const errorFiles = [
  { name: 'errors-1.csv', url: `${bucket}/imports/${shopId}/${importId}/errors-1.csv?X-Amz-Signature=…`, expiresAt },
];

const lead = {
  exportId,
  state: 'queued',
  filter: { tag: 'feria 2026' },
  rows: 0,
  by,
  createdAt: '2026-11-21T15:20:00.000Z',
  updatedAt: '2026-11-21T15:20:00.000Z',
};
const done = { ...lead, state: 'done', rows: 38_512, updatedAt: '2026-11-21T15:20:41.000Z' };

/** Bodies of routes about imports and exports, as people send them. */
export const leadFileBodies: Readonly<Record<string, unknown>> = {
  createImport: { fileName: 'clientes-2026.csv', bytes: 7_340_032 },
  startImport: {
    mapping,
    country: 'AR',
    duplicates: 'fill',
    tags: ['feria 2026'],
    source: 'feria',
    assign: { to: 'nobody' },
    consent: settings.consent,
  },
  createExport: { filter: { tag: 'feria 2026' }, delimiter: ';' },
};

/** Answers of routes about imports and exports, as they come. */
export const leadFileAnswers: Readonly<Record<string, unknown>> = {
  createImport: {
    import: uploading,
    upload: {
      url: `${bucket}/imports/${shopId}/${importId}/file.csv?X-Amz-Signature=…`,
      method: 'PUT',
      headers: { 'content-type': 'text/csv', 'content-length': '7340032' },
      expiresAt,
    },
  },
  listImports: { items: [running] },
  getImport: { ...running, errorFiles },
  previewImport: {
    ...{ bytes: 7_340_032, encoding: 'windows-1252', delimiter: ';', hasHeader: true },
    header: ['Nombre', 'Apellido', 'Celular', 'Correo', 'Etiquetas'],
    rows: [['Ana', 'Gómez', '011 15-4567-8901', 'ana.gomez@example.com', 'por mayor']],
    mapping,
  },
  startImport: queued,
  resumeImport: { ...running, state: 'queued' },
  cancelImport: { ...running, cancelledAt: '2026-11-21T15:11:10.000Z' },
  createExport: lead,
  listExports: { items: [done] },
  getExport: {
    ...done,
    files: [
      { name: 'leads-1.csv', url: `${bucket}/exports/${shopId}/${exportId}/leads-1.csv?X-Amz-Signature=…`, expiresAt },
    ],
  },
  cancelExport: { ...lead, state: 'cancelled' },
};

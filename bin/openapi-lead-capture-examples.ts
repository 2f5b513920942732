const formKey = '7KQ2M8TW3XAZB6CF';
const pageId = '104592871130412';
const metaFormId = '871209344561207';
const at = '2026-11-21T15:21:40.512Z';

const form = {
  formKey,
  kind: 'form',
  pageId: null,
  name: 'Contacto de la web',
  mapping: { phone: 'whatsapp', fullName: 'nombre', tags: ['interés'] },
  source: 'website',
  tags: ['web'],
  consent: { text: 'Acepto recibir novedades por WhatsApp', field: 'novedades' },
  country: null,
  url: `https://tienda.example/webhooks/leads/${formKey}`,
  previousSecretUntil: null,
  createdAt: '2026-11-20T14:02:11.000Z',
  updatedAt: at,
};

const adForm = {
  ...form,
  formKey: metaFormId,
  kind: 'lead-ad',
  pageId,
  name: 'Campaña de otoño',
  mapping: { phone: 'tu_whatsapp' },
  source: 'lead_ads',
  tags: ['otoño'],
  consent: null,
  country: 'UY',
  url: null,
};

const page = {
  pageId,
  name: 'Rara y Mágica',
  app: 'shared',
  token: { last4: 'Zq7d', setAt: at },
  problem: null,
  createdAt: '2026-11-20T14:02:11.000Z',
  updatedAt: at,
};

const submission = {
  submissionId: 'Vd0p0v3b1k9QnqkS4m2x7w',
  kind: 'form',
  formId: formKey,
  pageId: null,
  receivedAt: at,
  state: 'failed',
  reason: {
    code: 'phone-missing',
    text: 'No trae teléfono: indicá en el formulario qué campo lo tiene y reintentá.',
  },
  leadId: null,
  payload: '{"nombre":"Ana Gómez","contacto":"11 4567-8901"}',
};

/** Bodies of routes about forms, pages and submissions, as people send them. */
export const leadCaptureBodies: Readonly<Record<string, unknown>> = {
  createLeadForm: {
    name: form.name,
    mapping: form.mapping,
    source: form.source,
    tags: form.tags,
    consent: form.consent,
  },
  updateLeadForm: { mapping: { phone: 'contacto' } },
  connectLeadPage: { pageId, token: 'EAAGm0PX4ZCpsBAKZCZq7d' },
  mapLeadAdForm: { name: adForm.name, mapping: adForm.mapping, tags: adForm.tags, country: adForm.country },
};

/** What a shop's site sends for a form. */
export const leadFormExample = {
  nombre: 'Ana Gómez',
  whatsapp: '11 4567-8901',
  interés: 'Velas',
  novedades: true,
};

/** Answers of routes about forms, pages and submissions, as they come. */
export const leadCaptureAnswers: Readonly<Record<string, unknown>> = {
  listLeadForms: { items: [form, adForm] },
  createLeadForm: { form, secret: '5f0c1f3d9a7b42e68c1d0e9b7a6f5c3d' },
  getLeadForm: form,
  updateLeadForm: { ...form, mapping: { phone: 'contacto' } },
  rotateLeadFormSecret: {
    form: { ...form, previousSecretUntil: '2026-11-22T15:21:40.512Z' },
    secret: '0b7a6f5c3d5f0c1f3d9a7b42e68c1d0e',
  },
  retryLeadForm: { retried: 3 },
  listLeadPages: { items: [page] },
  connectLeadPage: page,
  mapLeadAdForm: adForm,
  listSubmissions: { items: [submission] },
  retrySubmission: { ...submission, state: 'pending', reason: null },
};

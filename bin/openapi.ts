import type * as z from 'zod/mini';
import { createDocument, type ZodOpenApiOverride } from 'zod-openapi';
import { auditRoutes } from '../functions/audit/audit.routes.ts';
import { catalogRoutes } from '../functions/catalog/catalog.routes.ts';
import { storefrontRoutes } from '../functions/catalog/storefront.routes.ts';
import { checkoutRoutes } from '../functions/checkouts/checkouts.routes.ts';
import { connectionRoutes } from '../functions/connections/connections.routes.ts';
import { contactRoutes } from '../functions/contacts/contacts.routes.ts';
import { conversationRoutes } from '../functions/conversations/conversations.routes.ts';
import type { Route, Routes } from '../functions/core/contract.ts';
import { type ErrorCode, errorCatalogue } from '../functions/core/errors.ts';
import { leadFileRoutes } from '../functions/lead-files/lead-files.routes.ts';
import { leadCaptureRoutes } from '../functions/lead-sources/lead-capture.routes.ts';
import { leadFormRoutes } from '../functions/lead-sources/lead-forms.routes.ts';
import { leadLifeRoutes } from '../functions/leads/lead-life.routes.ts';
import { leadRoutes } from '../functions/leads/leads.routes.ts';
import { manifest } from '../functions/manifest.ts';
import { pipelineRoutes } from '../functions/pipelines/pipelines.routes.ts';
import { saleLinkRoutes } from '../functions/sale-links/sale-links.routes.ts';
import { shopRoutes } from '../functions/shops/shops.routes.ts';
import { userRoutes } from '../functions/shops/users.routes.ts';
import { stockRoutes } from '../functions/stock/stock.routes.ts';
import { webhookRoutes } from '../functions/webhooks/webhooks.routes.ts';
import {
  formSignature,
  formTimestamp,
  hubSignature,
  idempotencyKey,
  nameSchemas,
  problemSchema,
} from './openapi-components.ts';
import { answerExamples, bodyExamples, problemExamples } from './openapi-examples.ts';
import { leadFormExample } from './openapi-lead-capture-examples.ts';
import { signedBodyExamples } from './openapi-webhook-examples.ts';

/** The document's chapters. Every route of the manifest is in one of them. */
const chapters: readonly { tag: string; description: string; routes: Routes }[] = [
  { tag: 'Shop window', description: 'What shoppers see of a shop. No token needed.', routes: storefrontRoutes },
  {
    tag: 'Checkouts',
    description: 'Reserving, looking, confirming and cancelling. Whoever has a code may act on its checkout.',
    routes: checkoutRoutes,
  },
  { tag: 'Catalog', description: 'Categories, products and pictures of your shop.', routes: catalogRoutes },
  { tag: 'Stock', description: 'Counting what there is, and the ledger of every change.', routes: stockRoutes },
  { tag: 'Shop', description: 'The settings of your shop.', routes: shopRoutes },
  {
    tag: 'Users',
    description:
      'Who works in your shop: inviting, roles, sending away. What is assigned to somebody who was disabled or removed ' +
      'stays so until it is reassigned.',
    routes: userRoutes,
  },
  {
    tag: 'Audit trail',
    description: 'Who changed what, and when, in your shop. Of what is personal only that it changed.',
    routes: auditRoutes,
  },
  {
    tag: 'WhatsApp numbers',
    description: 'Connecting the numbers of your shop, and what is wrong with one that does not work.',
    routes: connectionRoutes,
  },
  {
    tag: 'Conversations',
    description:
      'The inbox: who wrote, what was answered, and writing to them. Sellers see what the shop lets them see ' +
      '(`sellerSees`); all else answers as if it were not there. On the personal line of a seller new ones are theirs.',
    routes: conversationRoutes,
  },
  {
    tag: 'Contacts',
    description:
      'Who customers are, what they said about marketing, and their rights: all that the shop has of a person, put into ' +
      'files or erased. Both are jobs that go on by themselves.',
    routes: contactRoutes,
  },
  {
    tag: 'Previous sales',
    description:
      'Contacts linked to what they bought before: checkouts confirmed here, and sales of your own system, which is only ' +
      'ever read. Off until `features.saleLinks` of the shop is switched on.',
    routes: saleLinkRoutes,
  },
  {
    tag: 'Leads',
    description:
      'People in the sales pipeline: one person is one lead. Sellers see what the shop lets them see; all else answers as ' +
      'if it were not there. For shops whose `nicheType` is `crm_sales`.',
    routes: { ...leadRoutes, ...leadLifeRoutes },
  },
  {
    tag: 'Pipelines',
    description:
      'The steps of a shop’s sales. Each stage stands for a status, which a lead has once it comes there. No lead is ever ' +
      'left without a stage: those of one that is removed go where `moveTo` says.',
    routes: pipelineRoutes,
  },
  {
    tag: 'Where leads come from',
    description:
      'Forms of your own site, Facebook pages with Lead Ads, and what was filled in there. What fails is kept for ninety ' +
      'days, says why, and can be tried again.',
    routes: leadCaptureRoutes,
  },
  {
    tag: 'Leads in files',
    description:
      'Import leads from a CSV file: upload it, look at the preview, try it, start it. Export them by the filters of ' +
      'the list.',
    routes: leadFileRoutes,
  },
  {
    tag: 'Forms of your site',
    description:
      'For the machines of your site. They sign the moment (seconds since 1970), a dot, and the very bytes of the body ' +
      'with the secret of the form. The same signed content sent again is taken once.',
    routes: leadFormRoutes,
  },
  {
    tag: 'Webhooks',
    description: 'For Meta alone: it signs the very bytes that it sends. Bodies are as its own documents tell.',
    routes: webhookRoutes,
  },
];

const description = `Vidriera sells over WhatsApp: a shopper picks from real stock, gets a checkout whose products are
held for them, settles it in a chat, and the sale is confirmed or the stock comes back by itself.

* Money is in **minor units** of the currency: \`1230000\` in ARS is $ 12.300,00.
* Times are RFC 3339 in UTC.
* Failures are problem documents (RFC 9457). Decide by \`code\`, which never changes; \`detail\` is for people.
* Lists give \`nextCursor\` while there is more; send it back as \`cursor\`.
* An \`Idempotency-Key\` makes it safe to send the same request again: a repeat changes nothing more.
* Under load the gateway itself may answer 429 with \`{"message": ...}\`: wait and try again.`;

/** Failures that a route may give because of what it takes. */
const generalErrors = ({ access, params, query, body, idempotent }: Route): ErrorCode[] => [
  ...(params || query || body || idempotent ? (['request.invalid'] as const) : []),
  ...(body ? (['request.malformed', 'request.wrong-content-type', 'request.too-large'] as const) : []),
  ...(access === 'public' ? [] : (['request.unauthenticated', 'request.forbidden'] as const)),
  ...(params || access === 'public' ? (['not-found'] as const) : []),
  'table.busy',
  'internal',
];

/** Every failure that a route may tell with a problem document. */
export const errorsOf = (route: Route): ErrorCode[] => {
  if (route.raw) return [];
  if (route.answer.html) return ['request.invalid', 'table.busy', 'internal'];
  return [...new Set([...generalErrors(route), ...(route.errors ?? [])])];
};

/** A problem document as an example: the members every one has, and those of its code. */
const problemExample = (code: ErrorCode) => {
  const { title, status } = errorCatalogue[code];
  const { detail = title.toLowerCase(), ...members } = problemExamples[code] ?? {};
  return { type: `/docs#problem-${code}`, title, status, detail, code, ...members };
};

const problemsByCode = () =>
  Object.fromEntries(
    [...new Set(manifestRoutes().flatMap(([, route]) => errorsOf(route)))]
      .sort()
      .map((code) => [code, { summary: errorCatalogue[code].title, value: problemExample(code) }]),
  );

const problemResponse = (codes: readonly ErrorCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].title}.`).join(' '),
  ...(codes.some((code) => errorCatalogue[code].retryable && code !== 'internal') && {
    headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'string' as const } } },
  }),
  content: {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    },
  },
});

const problemResponses = (route: Route) =>
  Object.fromEntries(
    [...Map.groupBy(errorsOf(route), (code) => errorCatalogue[code].status)]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [String(status), problemResponse(codes)]),
  );

const page = (what: string) => ({
  description: what,
  content: { 'text/html; charset=utf-8': { schema: { type: 'string' as const } } },
});

/** Under a name, for the viewer of the document stumbles over a bare example with nulls in it. */
const exampleOf = (value: unknown) => value !== undefined && { examples: { example: { value } } };

const isForm = ({ path }: Route): boolean => path.startsWith('/webhooks/leads/');

const again = { 503: { description: 'Not taken over: send it again' } };

const formResponses = {
  200: {
    description: 'Kept: the id of the submission',
    content: { 'text/plain; charset=utf-8': { schema: { type: 'string' as const } } },
  },
  400: { description: 'The body is not a JSON object' },
  401: { description: 'Not signed with the secret of the form within the last five minutes' },
  404: { description: 'There is no such form' },
  413: { description: 'The body is too large' },
  415: { description: 'The body is neither JSON nor form fields' },
  ...again,
};

/** What a route answers whose caller is another machine: a status, and plain text if anything. */
const rawResponses = (route: Route) => {
  const { method, params } = route;
  if (isForm(route)) return formResponses;
  if (method === 'GET') {
    const content = { 'text/plain; charset=utf-8': { schema: { type: 'string' as const } } };
    return { 200: { description: 'The challenge', content }, 403: { description: 'Another verify token' }, ...again };
  }
  return {
    200: { description: 'Taken over: it can’t be lost any more' },
    401: { description: 'Not signed with the secret of the app' },
    ...(params && { 404: { description: 'There is no such app' } }),
    ...again,
  };
};

const success = (name: string, route: Route) => {
  const { answer, cacheSeconds, summary } = route;
  if (route.raw) return rawResponses(route);
  if (answer.html) return { [answer.status]: page(summary), 404: page('A page that says there is nothing here') };
  const example = answerExamples[name];
  const kept = cacheSeconds === undefined ? '' : `. Shared caches may keep it for ${cacheSeconds} seconds`;
  const schema = answer.schema?.() as z.ZodMiniType | undefined;
  const content = schema && { 'application/json': { schema, ...exampleOf(example) } };
  return { [answer.status]: { description: `Done${kept}`, ...(content && { content }) } };
};

/** What Meta sends: the signature is over its bytes, so no schema of ours stands before them. */
const signedBody = {
  requestBody: {
    required: true,
    content: { 'application/json': { schema: { description: 'A webhook of Meta’s' }, examples: signedBodyExamples } },
  },
};

const formBody = {
  requestBody: {
    required: true,
    content: {
      'application/json': { schema: { description: 'The fields of the form' }, ...exampleOf(leadFormExample) },
      'application/x-www-form-urlencoded': { schema: { description: 'The fields of the form' } },
    },
  },
};

const bodyOf = (name: string, route: Route) => {
  const { method, body, raw } = route;
  if (raw && method === 'POST') return isForm(route) ? formBody : signedBody;
  if (!body) return {};
  const example = bodyExamples[name];
  const required = !body().safeParse({}).success;
  const content = { 'application/json': { schema: body(), ...exampleOf(example) } };
  return { requestBody: { required, content } };
};

/** The headers that a route takes, by their names in the document's `components.parameters`. */
const headersOf = (route: Route) => {
  const { method, idempotent, raw } = route;
  const signed = isForm(route) ? ['FormTimestamp', 'FormSignature'] : ['HubSignature'];
  const names = [...(idempotent ? ['IdempotencyKey'] : []), ...(raw && method === 'POST' ? signed : [])];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
};

const operation = (name: string, route: Route, tag: string) => ({
  operationId: name,
  summary: route.summary,
  tags: [tag],
  ...(route.access === 'public' ? { security: [] } : { security: [{ bearer: [] }], 'x-roles': [...route.access] }),
  ...((route.params || route.query) && {
    requestParams: {
      ...(route.params && { path: route.params() as z.ZodMiniObject }),
      ...(route.query && { query: route.query() as z.ZodMiniObject }),
    },
  }),
  ...(headersOf(route).length > 0 && { parameters: headersOf(route) }),
  ...bodyOf(name, route),
  responses: { ...success(name, route), ...problemResponses(route) },
});

const chapterOf = (route: Route): string => {
  const chapter = chapters.find(({ routes }) => Object.values(routes).includes(route));
  if (!chapter) throw new Error(`the route ${route.method} ${route.path} is in no chapter of the API document`);
  return chapter.tag;
};

/** All routes of the manifest, by name. */
export const manifestRoutes = (): [string, Route][] =>
  Object.values(manifest).flatMap(({ on }) => ('http' in on ? Object.entries<Route>(on.http) : []));

const paths = () => {
  const all: Record<string, Record<string, ReturnType<typeof operation>>> = {};
  for (const [name, route] of manifestRoutes()) {
    all[route.path] = { ...all[route.path], [route.method.toLowerCase()]: operation(name, route, chapterOf(route)) };
  }
  return all;
};

/** Leaves what people need to know: formats instead of their long patterns, no limits that are only JavaScript's. */
const tidy: ZodOpenApiOverride = ({ jsonSchema, zodSchema, io }) => {
  if (jsonSchema.format === 'date-time' || jsonSchema.format === 'email') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  // the choices say it themselves
  if (jsonSchema.oneOf || jsonSchema.anyOf) delete jsonSchema.type;
  const { def } = zodSchema._zod;
  // an answer may get further members one day
  if (io === 'output' && def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties;
};

/** The OpenAPI document of the whole API, made from the manifest's routes. */
export const apiDocument = (version: string) => {
  nameSchemas();
  return createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Vidriera', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'The site itself' }],
      tags: chapters.map(({ tag, description: text }) => ({ name: tag, description: text })),
      paths: paths(),
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'An access token of a user of a shop. `x-roles` says which roles may call a route.',
          },
        },
        schemas: { Problem: problemSchema },
        parameters: {
          IdempotencyKey: idempotencyKey,
          FormSignature: formSignature,
          FormTimestamp: formTimestamp,
          HubSignature: hubSignature,
        },
        examples: problemsByCode(),
      },
    },
    { override: tidy },
  );
};

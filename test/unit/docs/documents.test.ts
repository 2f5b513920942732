import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { Route } from '#core/contract.ts';
import { type ErrorCode, errorCatalogue } from '#core/errors.ts';
import { lookupPrefixes } from '#table/schema.ts';
import { splitWebhook } from '#whatsapp/split-webhook.ts';
import { generatedFiles, replaceBetween } from '../../../bin/docs.ts';
import { keyTable } from '../../../bin/key-table.ts';
import { apiDocument, errorsOf, manifestRoutes } from '../../../bin/openapi.ts';
import { answerExamples, bodyExamples } from '../../../bin/openapi-examples.ts';

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Json;
}

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: object[];
  'x-roles'?: string[];
  parameters?: Json[];
  requestBody?: { required: boolean; content: Record<string, { schema: Json; examples?: Json }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Json; examples?: Json }> }>;
}

const document = JSON.parse(JSON.stringify(apiDocument('0.0.0'))) as {
  openapi: string;
  info: Json;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, Json>>;
};
const routes = manifestRoutes();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** The value behind a `#/…` reference. */
const resolve = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, name) => (value as Json | undefined)?.[name.replaceAll('~1', '/')], document);

/** The same value with every reference replaced by what it refers to. */
const whole = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(whole);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return whole(resolve(String(value.$ref)));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, whole(member)]));
};

const visit = (value: unknown, see: (one: Json) => void): void => {
  if (typeof value !== 'object' || value === null) return;
  see(value as Json);
  for (const member of Object.values(value)) visit(member, see);
};

const operationOf = (name: string): Operation => {
  const found = operations.find(({ operation }) => operation.operationId === name)?.operation;
  if (!found) throw new Error(`there is no operation ${name}`);
  return found;
};

const parametersOf = (name: string) => whole(operationOf(name).parameters ?? []) as Parameter[];

/** The limits of a schema, by the place of the field: what zod itself says, apart from what only JavaScript limits. */
const limitNames = [
  'type',
  'enum',
  'const',
  'pattern',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
] as const;

const limitsOf = (schema: unknown, place = ''): Record<string, unknown> => {
  if (typeof schema !== 'object' || schema === null) return {};
  const {
    properties = {},
    items,
    anyOf = [],
    oneOf = anyOf,
    format,
  } = schema as { properties?: Json; items?: Json; anyOf?: Json[]; oneOf?: Json[]; format?: string };
  const own = limitNames.flatMap((limit) => {
    const value = (schema as Json)[limit];
    const noise = Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER || (limit === 'pattern' && format !== undefined);
    return value === undefined || noise ? [] : [[`${place}:${limit}`, value] as const];
  });
  return Object.assign(
    Object.fromEntries(own),
    ...Object.entries(properties).map(([name, member]) => limitsOf(member, `${place}.${name}`)),
    items && limitsOf(items, `${place}[]`),
    ...oneOf.map((one, index) => limitsOf(one, `${place}|${index}`)),
  );
};

/** The limits of a schema as zod itself writes them, with its named parts put in place. */
const inlined = (schema: z.ZodMiniType, io: 'input' | 'output') => {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  const definitions = (json['$defs'] ?? {}) as Json;
  const open = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(open);
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value) return open(definitions[String(value.$ref).replace('#/$defs/', '')]);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, open(member)]));
  };
  return limitsOf(open(json));
};

describe('generated files', () => {
  it.each(generatedFiles())('$path is as "npm run docs" writes it', ({ path, content }) => {
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('keep what stands outside of their markers', () => {
    const text = `before\n<!-- keys:begin, made by "npm run docs" -->\nold\n<!-- keys:end -->\nafter`;
    const once = replaceBetween(text, 'new');
    expect(once).toMatch(/^before\n[\s\S]*\nnew\n[\s\S]*\nafter$/);
    expect(replaceBetween(once, 'new')).toBe(once);
    expect(() => replaceBetween('nothing', 'new')).toThrow('no markers');
  });
});

describe('the key table', () => {
  const rows = keyTable()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

  it('has partitions that begin with the shop, apart from the look-ups', () => {
    const partitions = rows.map(([, , second, third]) =>
      [second, third].find((cell) => /^[A-Z][A-Z-]*(#|$)/.test(cell ?? '')),
    );
    const known = partitions.filter((partition) => partition !== undefined);
    expect(known.length).toBeGreaterThan(20);
    const others = known.filter((partition) => !partition.startsWith('S#<shopId>'));
    expect(others.filter((partition) => !lookupPrefixes.some((prefix) => partition.startsWith(prefix)))).toEqual([]);
    expect(lookupPrefixes.filter((prefix) => !others.some((partition) => partition.startsWith(prefix)))).toEqual([]);
  });

  it('has no sample without its argument', () => {
    expect(keyTable()).not.toMatch(/undefined|NaN|\[object/);
  });
});

/** The headers that sign what machines send, by whose machines they are. */
const signatures: Readonly<Record<string, string[]>> = {
  '/webhooks/whatsapp': ['X-Hub-Signature-256'],
  '/webhooks/whatsapp/{connectionKey}': ['X-Hub-Signature-256'],
  '/webhooks/leads/{formKey}': ['X-Vidriera-Timestamp', 'X-Vidriera-Signature'],
};

/** Meta reads no words; whoever sets up a form does. */
const hasPlainText = ({ method, path }: Route): boolean => method === 'GET' || path.startsWith('/webhooks/leads/');

const contentTypesOf = (route: Route): string[] => {
  const { answer, raw } = route;
  if (raw) return hasPlainText(route) ? ['text/plain; charset=utf-8'] : [];
  if (answer.html) return ['text/html; charset=utf-8'];
  return answer.schema ? ['application/json'] : [];
};

describe('every route of the manifest', () => {
  it('is in the document, and nothing else is', () => {
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      routes.map(([name]) => name).sort(),
    );
    for (const [name, route] of routes) {
      expect(document.paths[route.path]?.[route.method.toLowerCase()]?.operationId).toBe(name);
    }
  });

  it.each(routes)('%s has summary, chapter, roles and success', (name, route) => {
    const operation = operationOf(name);
    expect(operation).toMatchObject({ summary: route.summary, tags: [expect.any(String)] });
    const open = route.access === 'public';
    expect(operation.security).toEqual(open ? [] : [{ bearer: [] }]);
    expect(operation['x-roles']).toEqual(open ? undefined : route.access);
    const { content = {} } = operation.responses[String(route.answer.status)] ?? { description: '' };
    expect(Object.keys(content)).toEqual(contentTypesOf(route));
  });

  it.each(routes)(
    '%s has every parameter with its limits',
    (name, { method, path, params, query, idempotent, raw }) => {
      const parameters = parametersOf(name);
      const shape = (place: 'path' | 'query') =>
        limitsOf({
          properties: Object.fromEntries(
            parameters.filter((one) => one.in === place).map(({ name: field, schema }) => [field, schema]),
          ),
        });
      const { ':type': _, ...expectedPath } = params ? inlined(params(), 'input') : {};
      const { ':type': __, ...expectedQuery } = query ? inlined(query(), 'input') : {};
      expect(shape('path')).toEqual(expectedPath);
      expect(shape('query')).toEqual(expectedQuery);
      const headers = parameters.filter((one) => one.in === 'header').map((one) => one.name);
      const signed = raw && method === 'POST' ? signatures[path] : [];
      expect(headers).toEqual(idempotent ? ['Idempotency-Key'] : signed);
    },
  );

  it.each(routes)('%s has every field of body and answer with its limits', (name, { body, answer }) => {
    const { requestBody, responses } = operationOf(name);
    const given = requestBody?.content['application/json']?.schema;
    expect(limitsOf(whole(given))).toEqual(body ? inlined(body(), 'input') : {});
    const answered = responses[String(answer.status)]?.content?.['application/json']?.schema;
    expect(limitsOf(whole(answered))).toEqual(answer.schema ? inlined(answer.schema(), 'output') : {});
  });

  it.each(routes)('%s has a problem for each of its failures', (name, route) => {
    const { responses } = operationOf(name);
    for (const code of errorsOf(route)) {
      const { description, content } = responses[String(errorCatalogue[code].status)] ?? { description: '' };
      expect(description).toContain(`\`${code}\``);
      const { examples } = content?.['application/problem+json'] ?? {};
      expect(whole(examples?.[code])).toMatchObject({ value: { code, status: errorCatalogue[code].status } });
    }
    for (const code of route.errors ?? []) expect(errorsOf(route)).toContain(code);
  });
});

describe('limits that people ask about', () => {
  it.each<[string, string, unknown]>([
    ['createCheckout', '.lines:maxItems', 100],
    ['createCheckout', '.lines[].quantity:maximum', 1000],
    ['createCheckout', '.customerName:maxLength', 80],
    ['createCheckout', '.phone:maxLength', 30],
    ['createProduct', '.name:maxLength', 100],
    ['createProduct', '.description:maxLength', 2000],
    ['requestUpload', '.bytes:maximum', 5_000_000],
    ['adjustStock', '.change:minimum', -1_000_000],
    ['updateShop', '.holdMinutes:maximum', 10_080],
    ['updateShop', '.limits.maxHeldShare:maximum', 100],
    ['updateShop', '.whatsapp.reminderMinutes|0:maximum', 2880],
    ['createConnection', '.name:maxLength', 80],
    ['createConnection', '.messagesPerSecond:maximum', 1000],
    ['writeMessage', '.repliesTo:maxLength', 300],
  ])('%s %s is %s', (name, place, value) => {
    const schema = operationOf(name).requestBody?.content['application/json']?.schema;
    expect(limitsOf(whole(schema))[place]).toBe(value);
  });

  it('are those of lists and keys too', () => {
    const limit = parametersOf('viewProducts').find(({ name }) => name === 'limit');
    expect(limit?.schema).toMatchObject({ minimum: 1, maximum: 100, default: 48 });
    const [key] = parametersOf('sellCheckout').filter(({ name }) => name === 'Idempotency-Key');
    expect(key?.schema).toMatchObject({ minLength: 16, maxLength: 128 });
  });
});

describe('error codes', () => {
  it('are all in the document', () => {
    const problem = document.components['schemas']?.['Problem'];
    expect(problem).toMatchObject({ properties: { code: { enum: Object.keys(errorCatalogue) } } });
  });

  it('are each given by some route, or are not given by functions at all', () => {
    const given = new Set(routes.flatMap(([, route]) => errorsOf(route)));
    const never: ErrorCode[] = ['method.not-allowed', 'shop.slug-taken'];
    expect((Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => !given.has(code))).toEqual(never);
  });
});

describe('the content of a message', () => {
  const sizeOf = (name: string): number => JSON.stringify(document.components['schemas']?.[name]).length;
  const parts = Object.keys(document.components['schemas'] ?? {}).filter((name) =>
    /Content$|^Interactive|^Template|^Card/.test(name),
  );

  it('is told in parts that have names and fit on a screen or two', () => {
    expect(parts).toEqual(
      expect.arrayContaining(['OutboundContent', 'TextContent', 'InteractiveList', 'TemplateBody']),
    );
    expect(parts.filter((name) => sizeOf(name) > 3000)).toEqual([]);
  });

  it('is found by its type', () => {
    expect(document.components['schemas']?.['OutboundContent']?.['discriminator']).toMatchObject({
      propertyName: 'type',
      mapping: { text: '#/components/schemas/TextContent' },
    });
  });
});

describe('the structure', () => {
  it('is OpenAPI 3.1 with everything that it needs', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Vidriera', version: '0.0.0', license: { identifier: 'MIT' } });
    expect(document.components['securitySchemes']).toMatchObject({ bearer: { type: 'http', scheme: 'bearer' } });
  });

  it('has no reference that leads nowhere', () => {
    const references: string[] = [];
    visit(document, (one) => {
      if (typeof one['$ref'] === 'string') references.push(one['$ref']);
    });
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  it('has no component that nobody uses', () => {
    const text = JSON.stringify(document);
    const unused = (['schemas', 'parameters', 'examples'] as const).flatMap((kind) =>
      Object.keys(document.components[kind] ?? {}).filter((name) => !text.includes(`"#/components/${kind}/${name}"`)),
    );
    expect(unused).toEqual([]);
  });

  it('names components as the standard allows', () => {
    for (const names of Object.values(document.components)) {
      for (const name of Object.keys(names)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
    }
  });

  it('has unique operation ids and only chapters that it describes', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(document.tags.map(({ name }) => name));
    expect(new Set(operations.flatMap(({ operation }) => operation.tags))).toEqual(tags);
  });

  it.each(operations)('$method $path declares exactly the parameters of its path', ({ path, operation }) => {
    const declared = parametersOf(operation.operationId).filter((one) => one.in === 'path');
    expect(declared.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    for (const { required } of declared) expect(required).toBe(true);
  });

  it.each(operations)('$method $path describes every answer', ({ operation }) => {
    for (const [status, { description }] of Object.entries(operation.responses)) {
      expect(status).toMatch(/^[245]\d\d$/);
      expect(description).not.toBe('');
    }
  });

  it('has no body on GET and DELETE', () => {
    const bodies = operations.filter(({ method, operation }) => /get|delete/.test(method) && operation.requestBody);
    expect(bodies).toEqual([]);
  });
});

describe('examples', () => {
  const byName = Object.fromEntries(routes);

  it.each(Object.entries(bodyExamples))('the body of %s is one that the route takes', (name, example) => {
    expect(byName[name]?.body?.().safeParse(example).error?.issues).toBeUndefined();
  });

  it.each(Object.entries(answerExamples))('the answer of %s is one that the route gives', (name, example) => {
    expect(byName[name]?.answer.schema?.().safeParse(example).error?.issues).toBeUndefined();
  });

  it('shows an answer of every route for WhatsApp', () => {
    const chapters = ['WhatsApp numbers', 'Conversations'];
    const missing = routes.filter(
      ([name, { answer }]) =>
        answer.schema &&
        answerExamples[name] === undefined &&
        operationOf(name).tags.some((tag) => chapters.includes(tag)),
    );
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  it('shows Meta’s own bodies on the routes that Meta calls', () => {
    const { requestBody } = operationOf('receiveWebhook');
    const shown = Object.values(requestBody?.content['application/json']?.examples ?? {}) as { value: unknown }[];
    const delivery = { app: 'shared', receivedAt: '2026-11-21T15:20:12.000Z' };
    const events = shown.flatMap(({ value }) => splitWebhook(value, delivery).map(({ event }) => event.kind));
    expect(events).toEqual(['message', 'status']);
  });

  it('has a body for every route that takes one', () => {
    expect(Object.keys(bodyExamples).sort()).toEqual(
      routes
        .filter(([, { body }]) => body)
        .map(([name]) => name)
        .sort(),
    );
  });
});

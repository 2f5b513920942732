import type * as z from 'zod/mini';
import type { Caller, Role } from './actor.ts';
import type { ErrorCode } from './errors.ts';

/** A schema made at its first use: see `lazy`. */
export type LazySchema = () => z.ZodMiniType;

/** Who may call a route: anyone, or signed-in users with one of these roles. */
export type RouteAccess = 'public' | readonly Role[];

/** What may be assigned to a seller, or, like a contact, be seen through what is. */
export type Owned = 'lead' | 'conversation' | 'contact';

/**
 * One HTTP route as data. From it come the API Gateway route and authorizer, the router, the OpenAPI document,
 * the typed client of the pages and the cases of the tenancy test.
 */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: `/${string}`;
  access: RouteAccess;
  summary: string;
  params?: LazySchema;
  query?: LazySchema;
  body?: LazySchema;
  /** What success looks like; a route without a schema answers with no body, or with a page when `html`. */
  answer: { status: 200 | 201 | 204; schema?: LazySchema; html?: boolean };
  /** Failures particular to this route, beyond those any route may give. */
  errors?: readonly ErrorCode[];
  /** The route takes an `Idempotency-Key` header: a repeat with the same key and content changes nothing more. */
  idempotent?: boolean;
  /** How long a shared cache may keep the answer. */
  cacheSeconds?: number;
  /** What it concerns belongs to a seller: others of the shop see it only as far as the shop's settings let them. */
  owned?: Owned;
  /** Bytes as they came in, plain text out: for callers who sign what they send, and whose format is not ours. */
  raw?: true;
}

export type Routes = Readonly<Record<string, Route>>;

type Parsed<Schema> = Schema extends LazySchema ? z.output<ReturnType<Schema>> : undefined;

/** What a route's handler is given: parsed input, and who calls. */
export interface RouteInput<R extends Route> {
  params: Parsed<R['params']>;
  query: Parsed<R['query']>;
  body: Parsed<R['body']>;
  caller: R['access'] extends 'public' ? undefined : Caller;
  idempotencyKey: string | undefined;
  /** Scheme and host under which the caller sees us, without a trailing slash. */
  siteUrl: string;
}

/** What a route's handler gives back. */
export type RouteAnswer<R extends Route> = R['answer'] extends { schema: infer S extends LazySchema }
  ? z.input<ReturnType<S>>
  : R['answer'] extends { html: true }
    ? HtmlPage
    : undefined;

/** A page to answer with; `status` when it is not the route's own (an unknown code has a page too). */
export interface HtmlPage {
  html: string;
  status?: number;
}

/** One function for each route of a contract. */
export type RouteHandlers<Contract extends Routes> = {
  [Name in keyof Contract]: (input: RouteInput<Contract[Name]>) => Promise<RouteAnswer<Contract[Name]>>;
};

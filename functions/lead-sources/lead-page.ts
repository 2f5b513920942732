import * as z from 'zod/mini';
import { idField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';

/** Why a page's filled-in forms can't be read, or one of them. */
export const pageProblems = ['token-missing', 'token-refused', 'permission-missing', 'not-subscribed'] as const;
export type PageProblem = (typeof pageProblems)[number];

/** A Facebook page whose Lead Ads become leads of the shop. Its token is in the vault and nowhere else. */
export const LeadPage = lazy(() =>
  z.object({
    shopId: idField(),
    pageId: z.string(),
    name: z.string(),
    /** Whose Meta app tells of its forms: `shared`, or the webhook key of the shop's own app. */
    app: z.string(),
    tokenLast4: z.string(),
    /** When the token in the vault was put there: a refusal of an older one says nothing about it. */
    tokenSetAt: timeField(),
    /** Absent: all is well. */
    problem: z.optional(z.enum(pageProblems)),
    problemAt: z.optional(timeField()),
    /** Somebody lets it go: until that is done, or was given up, nobody connects it. */
    leavingAt: z.optional(timeField()),
    version: z.int(),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type LeadPage = z.infer<Lazy<typeof LeadPage>>;

/** What the vault holds for a page. */
export const PageToken = lazy(() => z.object({ token: z.string(), shopId: z.string() }));
export type PageToken = z.infer<Lazy<typeof PageToken>>;

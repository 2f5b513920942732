import * as z from 'zod/mini';
import type { Language } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { isLeadProblem, leadProblemText } from '#core/messages/lead-problems.ts';
import { formSettings, type LeadForm } from './lead-form.ts';
import type { LeadPage } from './lead-page.ts';
import { type Submission, submissionStates } from './submission.ts';

/** A form as admins see it. */
export const LeadFormView = lazy(() =>
  z.object({
    formKey: z.string(),
    kind: z.enum(['form', 'lead-ad']),
    pageId: z.nullable(z.string()),
    ...formSettings(),
    /** Where the shop's site sends it; null for a form of an advertisement. */
    url: z.nullable(z.string()),
    /** Until when the secret before the present one signs too. */
    previousSecretUntil: z.nullable(z.string()),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
);
export type LeadFormView = z.infer<Lazy<typeof LeadFormView>>;

/** A form with its secret, which is shown this once. */
export const LeadFormSecretView = lazy(() => z.object({ form: LeadFormView(), secret: z.string() }));

/** What is wrong, by a stable code and in plain words of the shop's language. */
const Problem = lazy(() => z.object({ code: z.string(), text: z.string() }));

/** A page as admins see it: without its token. */
export const LeadPageView = lazy(() =>
  z.object({
    pageId: z.string(),
    name: z.string(),
    app: z.enum(['shared', 'own']),
    token: z.object({ last4: z.string(), setAt: z.string() }),
    problem: z.nullable(Problem()),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
);
export type LeadPageView = z.infer<Lazy<typeof LeadPageView>>;

/** What somebody filled in, as admins see it. */
export const SubmissionView = lazy(() =>
  z.object({
    submissionId: z.string(),
    kind: z.enum(['form', 'lead-ad']),
    formId: z.string(),
    pageId: z.nullable(z.string()),
    receivedAt: z.string(),
    state: z.enum(submissionStates),
    /** Why there is no lead of it yet. */
    reason: z.nullable(Problem()),
    leadId: z.nullable(z.string()),
    /** JSON, as it was sent, or as Meta tells it. */
    payload: z.string(),
  }),
);
export type SubmissionView = z.infer<Lazy<typeof SubmissionView>>;

/** `siteUrl`: where whoever asks sees the site. */
export const leadFormView = (form: LeadForm, siteUrl: string): LeadFormView => {
  const { formKey, kind, pageId, name, mapping, source, tags, consent, country, previousUntil, createdAt, updatedAt } =
    form;
  return {
    ...{ formKey, kind, pageId: pageId ?? null, name, mapping, source, tags, consent, country },
    url: kind === 'form' ? `${siteUrl}/webhooks/leads/${formKey}` : null,
    previousSecretUntil: previousUntil ?? null,
    ...{ createdAt, updatedAt },
  };
};

const problemView = (code: string | undefined, language: Language) =>
  code === undefined ? null : { code, text: isLeadProblem(code) ? leadProblemText(code, language) : code };

/** A page with what is wrong with it in plain words. */
export const leadPageView = (page: LeadPage, language: Language): LeadPageView => {
  const { pageId, name, app, tokenLast4, tokenSetAt, problem, createdAt, updatedAt } = page;
  return {
    ...{ pageId, name, app: app === 'shared' ? 'shared' : 'own' },
    token: { last4: tokenLast4, setAt: tokenSetAt },
    problem: problemView(problem, language),
    ...{ createdAt, updatedAt },
  };
};

/** A submission with why it is no lead in plain words. */
export const submissionView = (submission: Submission, language: Language): SubmissionView => {
  const { submissionId, kind, formId, pageId, receivedAt, state, reason, leadId, payload } = submission;
  return {
    ...{ submissionId, kind, formId, pageId: pageId ?? null, receivedAt, state },
    reason: problemView(reason, language),
    ...{ leadId: leadId ?? null, payload },
  };
};

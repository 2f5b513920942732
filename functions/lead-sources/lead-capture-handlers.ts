import { actorOf, type Caller } from '#core/actor.ts';
import type { RouteHandlers } from '#core/contract.ts';
import type { Page, PageRequest } from '#core/page.ts';
import { crmShop } from '../leads/crm-shop.ts';
import { type FindLeadPorts, findStoredLead } from '../leads/find-lead.ts';
import { homesOf } from '../leads/lead.ts';
import type { Shop } from '../shops/shop.ts';
import {
  createLeadForm,
  deleteLeadForm,
  findLeadForm,
  type LeadFormPorts,
  mapLeadAdForm,
  rotateLeadFormSecret,
  updateLeadForm,
} from './change-lead-form.ts';
import { type ConnectPagePorts, connectPage, disconnectPage } from './connect-page.ts';
import type { leadCaptureRoutes } from './lead-capture.routes.ts';
import { leadFormView, leadPageView, submissionView } from './lead-capture-view.ts';
import type { LeadForm } from './lead-form.ts';
import type { LeadPage } from './lead-page.ts';
import { retryOfForm, retrySubmission } from './retry-submission.ts';
import type { Submission, SubmissionState } from './submission.ts';

/** Everything that forms, pages and submissions need. */
export interface LeadCapturePorts extends LeadFormPorts, ConnectPagePorts {
  forms: LeadFormPorts['forms'] & { all: (shopId: string) => Promise<LeadForm[]> };
  pages: ConnectPagePorts['pages'] & { all: (shopId: string) => Promise<LeadPage[]> };
  submissions: ConnectPagePorts['submissions'] & {
    list: (shopId: string, state: SubmissionState, page: PageRequest) => Promise<Page<Submission>>;
    /** Of these leads, which are one person. */
    listOf: (shopId: string, leadIds: readonly string[], page: PageRequest) => Promise<Page<Submission>>;
  };
  leads: FindLeadPorts['leads'];
  findShop: (shopId: string) => Promise<Shop | undefined>;
}

/** A lead with those that went on in it, whichever of them is asked for. */
const personOf = async (which: { shopId: string; leadId: string }, ports: FindLeadPorts): Promise<string[]> =>
  homesOf((await findStoredLead(which, ports)) ?? which);

type Handlers = RouteHandlers<typeof leadCaptureRoutes>;

/** The caller's shop, which must have a CRM, and who they are in it. */
const opener =
  (ports: LeadCapturePorts) =>
  async ({ caller }: { caller: Caller }) => {
    const { shopId, language } = await crmShop(ports.findShop, caller.shopId);
    return { shopId, language, by: actorOf(caller) };
  };

const formHandlers = (ports: LeadCapturePorts) => {
  const open = opener(ports);
  return {
    listLeadForms: async (input) => {
      const { shopId } = await open(input);
      return { items: (await ports.forms.all(shopId)).map((form) => leadFormView(form, input.siteUrl)) };
    },
    createLeadForm: async (input) => {
      const { shopId, by } = await open(input);
      const { body, idempotencyKey, siteUrl } = input;
      const { form, secret } = await createLeadForm({ shopId, by, input: body, idempotencyKey }, ports);
      return { form: leadFormView(form, siteUrl), secret };
    },
    getLeadForm: async (input) => {
      const { shopId } = await open(input);
      return leadFormView(await findLeadForm({ shopId, ...input.params }, ports), input.siteUrl);
    },
    updateLeadForm: async (input) => {
      const { shopId, by } = await open(input);
      const form = await updateLeadForm({ shopId, by, ...input.params, change: input.body }, ports);
      return leadFormView(form, input.siteUrl);
    },
    rotateLeadFormSecret: async (input) => {
      const { shopId, by } = await open(input);
      const { form, secret } = await rotateLeadFormSecret({ shopId, by, ...input.params }, ports);
      return { form: leadFormView(form, input.siteUrl), secret };
    },
    deleteLeadForm: async (input) => {
      const { shopId, by } = await open(input);
      await deleteLeadForm({ shopId, by, ...input.params }, ports);
      return undefined;
    },
    retryLeadForm: async (input) => {
      const { shopId } = await open(input);
      const { formKey } = await findLeadForm({ shopId, ...input.params }, ports);
      return { retried: await retryOfForm(shopId, formKey, ports) };
    },
  } satisfies Partial<Handlers>;
};

const pageHandlers = (ports: LeadCapturePorts) => {
  const open = opener(ports);
  return {
    listLeadPages: async (input) => {
      const { shopId, language } = await open(input);
      return { items: (await ports.pages.all(shopId)).map((page) => leadPageView(page, language)) };
    },
    connectLeadPage: async (input) => {
      const { shopId, by, language } = await open(input);
      return leadPageView(await connectPage({ shopId, by, ...input.body }, ports), language);
    },
    disconnectLeadPage: async (input) => {
      const { shopId, by } = await open(input);
      await disconnectPage({ shopId, by, ...input.params }, ports);
      return undefined;
    },
    mapLeadAdForm: async (input) => {
      const { shopId, by } = await open(input);
      const { pageId, formId } = input.params;
      const form = await mapLeadAdForm({ shopId, by, pageId, formKey: formId, input: input.body }, ports);
      return leadFormView(form, input.siteUrl);
    },
  } satisfies Partial<Handlers>;
};

/** What each route of {@link leadCaptureRoutes} does. */
export const leadCaptureHandlers = (ports: LeadCapturePorts): Handlers => {
  const open = opener(ports);
  return {
    ...formHandlers(ports),
    ...pageHandlers(ports),
    listSubmissions: async (input) => {
      const { shopId, language } = await open(input);
      const { state, leadId, ...page } = input.query;
      const { items, nextCursor } = await (leadId === undefined
        ? ports.submissions.list(shopId, state, page)
        : ports.submissions.listOf(shopId, await personOf({ shopId, leadId }, ports), page));
      return { items: items.map((one) => submissionView(one, language)), ...(nextCursor && { nextCursor }) };
    },
    retrySubmission: async (input) => {
      const { shopId, language } = await open(input);
      return submissionView(await retrySubmission({ shopId, ...input.params }, ports), language);
    },
  };
};

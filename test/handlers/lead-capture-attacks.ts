import { signForm } from '../../functions/lead-sources/form-signature.ts';
import { submissionStore } from '../../functions/lead-sources/submission.store.ts';
import type { TestRequest } from '../support/events.ts';
import type { startGraph } from '../support/graph-server.ts';
import type { Lambdas } from '../support/lambdas.ts';
import { aMetaId } from '../support/whatsapp-events.ts';
import type { GivenShop } from './given.ts';

/** A shop's form, page and submissions, and a cursor into these. */
export interface LeadCapture {
  formKey: string;
  formSecret: string;
  pageId: string;
  pageToken: string;
  formId: string;
  submissionId: string;
  submissionCursor: string;
}

type Attack = { what: string; request: TestRequest; status: 200 | 201 | 204 | 400 | 401 | 404 | 409 };

/** What somebody's site sends to a form's address, signed as of a moment. */
export const signedText = (
  formKey: string,
  secret: string,
  text: string,
  contentType = 'application/json',
  at = Date.now(),
): TestRequest => {
  const timestamp = String(Math.floor(at / 1000));
  const signature = signForm(secret, timestamp, Buffer.from(text));
  const signed = { 'x-vidriera-timestamp': timestamp, 'x-vidriera-signature': signature };
  return { params: { formKey }, text, headers: { 'content-type': contentType, ...signed } };
};

/** What somebody's site sends for a form, signed as of now. */
export const signedForm = (formKey: string, secret: string, fields: object, at?: number): TestRequest =>
  signedText(formKey, secret, JSON.stringify(fields), 'application/json', at);

/** A form, a page with a mapped form of its own, and two submissions that failed. */
export const openLeadCapture = async (
  lambdas: Lambdas,
  given: GivenShop,
  graph: Awaited<ReturnType<typeof startGraph>>,
): Promise<LeadCapture> => {
  const as = given.as('admin');
  const { shopId, slug } = given.shop;
  const { json } = await lambdas.call('createLeadForm', { as, body: { name: `${slug} form` } });
  const { formKey } = json['form'] as { formKey: string };
  const [pageId, formId, pageToken] = [aMetaId(), aMetaId(), `EAA-page-token-of-${slug}`];
  // of the app that all shops share, where there is one
  graph.world.tokens[pageToken] = { appId: Object.keys(graph.world.apps)[0] ?? '1' };
  graph.world.pages[pageId] = { name: `${slug} page` };
  const connected = await lambdas.call('connectLeadPage', { as, body: { pageId, token: pageToken } });
  if (connected.status >= 400) throw new Error(`the page was not connected: ${connected.body}`);
  const ofPage = { pageId, formId };
  await lambdas.call('mapLeadAdForm', { as, params: ofPage, body: { name: `${slug} ad form` } });
  const submissions = submissionStore(lambdas.table);
  const ids = [`${slug}-one`, `${slug}-two`];
  for (const submissionId of ids) {
    const at = new Date().toISOString();
    await submissions.put({
      ...{ shopId, submissionId, kind: 'form', formId: formKey, payload: `{"name":"${slug} person"}`, version: 1 },
      ...{ receivedAt: at, updatedAt: at, state: 'failed', reason: 'phone-missing' },
    });
  }
  const page = await lambdas.call('listSubmissions', { as, query: { limit: '1' } });
  return {
    ...{ formKey, formSecret: String(json['secret']), pageId, pageToken, formId },
    submissionId: ids[0] ?? '',
    submissionCursor: String(page.json['nextCursor']),
  };
};

interface Side {
  given: GivenShop;
  phoneNumberId: string;
  capture: LeadCapture;
  leads: { leadId: string };
}

const idle = { comment: 'mine' };

/** B's forms, pages and submissions named by a user of A, on every route of them. */
export const leadCaptureAttacks = (sides: () => { a: Side; b: Side }) => {
  const asAdmin = (request: TestRequest = {}): TestRequest => ({ as: sides().a.given.as('admin'), ...request });
  const theirs = () => sides().b.capture;
  const onForm = (body?: object) => (): Attack[] => {
    const params = { formKey: theirs().formKey };
    return [{ what: "B's form", request: asAdmin({ params, ...(body && { body }) }), status: 404 }];
  };
  const listing = (what: string) => (): Attack[] => [
    { what, request: asAdmin({ query: { shopId: sides().b.given.shop.shopId } }), status: 200 },
  ];
  return {
    receiveLeadForm: (): Attack[] => {
      const { a, b } = sides();
      const forged = signedForm(b.capture.formKey, a.capture.formSecret, idle);
      return [
        { what: "B's form signed with A's secret", request: forged, status: 401 },
        { what: "B's form unsigned", request: { params: { formKey: b.capture.formKey }, text: '{}' }, status: 401 },
        { what: "A's own form", request: signedForm(a.capture.formKey, a.capture.formSecret, idle), status: 200 },
      ];
    },
    listLeadForms: listing('own forms'),
    createLeadForm: (): Attack[] => [
      {
        what: "B's shop id",
        request: asAdmin({ body: { name: 'mine', shopId: sides().b.given.shop.shopId } }),
        status: 400,
      },
      { what: 'own form', request: asAdmin({ body: { name: 'mine' } }), status: 201 },
    ],
    getLeadForm: onForm(),
    updateLeadForm: onForm({ name: 'mine' }),
    rotateLeadFormSecret: onForm(),
    deleteLeadForm: onForm(),
    retryLeadForm: onForm(),
    listLeadPages: listing('own pages'),
    connectLeadPage: (): Attack[] => {
      const { a, b } = sides();
      const { pageId, pageToken } = a.capture;
      return [
        { what: "B's page", request: asAdmin({ body: { pageId: b.capture.pageId, token: pageToken } }), status: 409 },
        {
          what: "the app of B's number",
          request: asAdmin({ body: { pageId, token: pageToken, phoneNumberId: b.phoneNumberId } }),
          status: 404,
        },
      ];
    },
    disconnectLeadPage: (): Attack[] => [
      { what: "B's page", request: asAdmin({ params: { pageId: theirs().pageId } }), status: 404 },
    ],
    mapLeadAdForm: (): Attack[] => {
      const { pageId, formId } = theirs();
      return [
        { what: "B's page", request: asAdmin({ params: { pageId, formId }, body: { name: 'mine' } }), status: 404 },
      ];
    },
    listSubmissions: (): Attack[] => [
      ...listing('own submissions')(),
      { what: "B's cursor", request: asAdmin({ query: { cursor: theirs().submissionCursor } }), status: 400 },
      { what: "B's lead", request: asAdmin({ query: { leadId: sides().b.leads.leadId } }), status: 200 },
    ],
    retrySubmission: (): Attack[] => [
      { what: "B's submission", request: asAdmin({ params: { submissionId: theirs().submissionId } }), status: 404 },
    ],
  };
};

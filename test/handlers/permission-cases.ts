import type { Caller } from '#core/actor.ts';
import type { ErrorCode } from '#core/errors.ts';
import type { RouteName, TestRequest } from '../support/events.ts';
import type { Answer } from '../support/lambdas.ts';
import type { PermissionWorld, Subject } from './permission-world.ts';

/** One call that names a thing of somebody. */
interface Named {
  subject: Subject;
  /** Somebody else, whose things are the same one's. */
  other: () => Promise<Subject>;
  world: PermissionWorld;
  as: Caller;
}

/** How a route names what is somebody's, and how its answer tells that the caller may see it. */
export interface OwnedCase {
  request: (named: Named) => TestRequest | Promise<TestRequest>;
  /** What whoever may see it is answered; absent: what the contract says. */
  allowed?: ErrorCode;
  /** Sellers may do it only with what is theirs, though they see more. */
  ownOnly?: boolean;
  /** Of what always succeeds: whether the answer shows it. */
  shows?: (answer: Answer, subject: Subject) => boolean;
}

const text = { content: { type: 'text', text: { body: 'Hola' } } };
const template = { type: 'template', template: { name: 'hello_world', language: { code: 'es' } } };

const itemsOf = ({ json }: Answer): Record<string, unknown>[] => (json['items'] ?? []) as Record<string, unknown>[];

const lists = (name: 'conversationId' | 'leadId', request: TestRequest = {}): OwnedCase => ({
  request: () => ({ query: { limit: '50' }, ...request }),
  shows: (answer, subject) => itemsOf(answer).some((item) => item[name] === subject[name]),
});

const onConversation = (body?: object): OwnedCase => ({
  request: ({ subject: { conversationId } }) => ({ params: { conversationId }, ...(body && { body }) }),
});

const onMessage = (which: 'received' | 'failed'): OwnedCase => ({
  request: ({ subject }) => {
    const { at, messageId } = subject[which];
    return { params: { conversationId: subject.conversationId, messageId }, query: { at } };
  },
});

const onContact = (body?: object): OwnedCase => ({
  request: ({ subject: { contactId } }) => ({ params: { contactId }, ...(body && { body }) }),
});

const onLead = (body?: object): OwnedCase => ({
  request: ({ subject: { leadId } }) => ({ params: { leadId }, ...(body && { body }) }),
});

const onNote = (body?: object): OwnedCase => ({
  request: ({ subject: { leadId, noteId } }) => ({ params: { leadId, noteId }, ...(body && { body }) }),
});

const conversationCases = {
  listConversations: lists('conversationId'),
  startConversation: {
    request: ({ subject: { phone }, world: { phoneNumberId } }) => ({
      body: { phone, phoneNumberId, content: template },
    }),
  },
  getConversation: onConversation(),
  listMessages: onConversation(),
  writeMessage: onConversation(text),
  retryMessage: onMessage('failed'),
  linkToMedia: onMessage('received'),
  markRead: onConversation(),
  assignConversation: {
    request: ({ subject: { conversationId }, as }) => ({ params: { conversationId }, body: { userId: as.userId } }),
  },
  closeConversation: onConversation(),
  reopenConversation: onConversation(),
  takeOver: onConversation(),
  giveBack: onConversation(),
} satisfies Partial<Record<RouteName, OwnedCase>>;

const contactCases = {
  getContact: onContact(),
  updateContact: onContact({ name: 'A name' }),
  listConsents: onContact(),
  setConsent: onContact({ state: 'revoked', channel: 'phone' }),
  exportPerson: onContact(),
  erasePerson: onContact(),
  suggestSales: onContact(),
  listSaleLinks: onContact(),
  linkSale: { ...onContact({ source: 'checkouts', saleId: 'K7QM2WTX9F3AZB6C' }), allowed: 'sale.not-found' },
  unlinkSale: { request: ({ subject: { contactId, linkId } }) => ({ params: { contactId, linkId } }) },
} satisfies Partial<Record<RouteName, OwnedCase>>;

const leadCases = {
  listLeads: lists('leadId'),
  createLead: {
    // one who is a lead already: only whoever may see that lead is told which it is
    request: ({ subject: { phone } }) => ({ body: { phone } }),
    shows: ({ json }, { leadId }) => json['leadId'] === leadId,
  },
  getLead: onLead(),
  updateLead: onLead({ firstName: 'Ana' }),
  moveLead: onLead({ status: 'contacted' }),
  assignLead: {
    request: ({ subject: { leadId }, as }) => ({ params: { leadId }, body: { userId: as.userId } }),
  },
  tagLead: onLead({ add: ['vip'] }),
  showBoard: {
    request: () => ({ query: { limit: '50' } }),
    shows: ({ json }, { leadId }) => JSON.stringify(json['columns']).includes(leadId),
  },
  deleteLead: { ...onLead(), ownOnly: true },
  showTimeline: onLead(),
  listNotes: onLead(),
  addNote: onLead({ text: 'A note' }),
  editNote: onNote({ text: 'Another text' }),
  removeNote: onNote(),
  findDuplicates: onLead(),
  mergeLeads: {
    request: async ({ subject: { leadId }, other }) => ({
      params: { leadId },
      body: { otherId: (await other()).leadId, reviewed: { version: 1, otherVersion: 1 } },
    }),
  },
} satisfies Partial<Record<string, OwnedCase>>;

/** A case for every route that concerns what may be somebody's. */
export const ownedCases: Readonly<Record<string, OwnedCase>> = { ...conversationCases, ...contactCases, ...leadCases };

/** Routes whose things are the whole shop's, and why: whoever has the role may call them, whoever else has what. */
export const wholeShop: Readonly<Record<string, readonly string[]>> = {
  'the window and its stock are everybody’s': [
    ...['listCategories', 'createCategory', 'updateCategory', 'deleteCategory'],
    ...['listProducts', 'createProduct', 'getProduct', 'updateProduct', 'deleteProduct'],
    ...['requestUpload', 'attachPicture', 'orderPictures', 'removePicture'],
    ...['receiveStock', 'adjustStock', 'listMovements', 'spreadStock', 'listReconciliations'],
  ],
  'whoever is at the till sees to any checkout': [
    ...['listCheckouts', 'getCheckout', 'viewTimeline', 'viewFunnel'],
    ...['sellCheckout', 'releaseCheckout', 'extendCheckout'],
  ],
  'settings, users and numbers are the shop’s': [
    ...['getShop', 'updateShop', 'listAudit'],
    ...['listUsers', 'inviteUser', 'updateUser', 'disableUser', 'enableUser', 'removeUser'],
    ...['listConnections', 'createConnection', 'signUpConnection', 'getConnection', 'updateConnection'],
    ...['deleteConnection', 'checkConnection', 'pauseConnection', 'resumeConnection', 'rotateToken'],
    ...['setApp', 'setSharedApp', 'listAccountEvents'],
    ...['getSaleSource', 'setSaleSource', 'removeSaleSource', 'trySaleSource'],
    ...['listPipelines', 'createPipeline', 'updatePipeline', 'deletePipeline'],
  ],
  'where leads come from, and go to, is set up by admins, who see all leads': [
    ...['createImport', 'listImports', 'getImport', 'previewImport', 'startImport', 'resumeImport', 'cancelImport'],
    ...['createExport', 'listExports', 'getExport', 'cancelExport'],
    ...['listLeadForms', 'createLeadForm', 'getLeadForm', 'updateLeadForm', 'rotateLeadFormSecret'],
    ...['deleteLeadForm', 'retryLeadForm', 'listSubmissions', 'retrySubmission'],
    ...['listLeadPages', 'connectLeadPage', 'disconnectLeadPage', 'mapLeadAdForm'],
  ],
  'data rights are for admins, who see everybody': ['getPersonExport', 'getErasure', 'repeatErasure', 'listErasures'],
  'an upload is nobody’s before it is sent': ['requestMediaUpload'],
};

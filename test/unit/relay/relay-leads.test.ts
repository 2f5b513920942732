import { describe, expect, it } from 'vitest';
import { conversationWrite, readConversation } from '../../../functions/conversations/conversation.store.ts';
import { type Conversation, conversationIdOf } from '../../../functions/conversations/conversation.ts';
import { LeadWork } from '../../../functions/lead-sources/lead-work.ts';
import type { Change } from '../../../functions/relay/change.ts';
import type { Posting, RelayQueue } from '../../../functions/relay/outbox.ts';
import { relayContact } from '../../../functions/relay/relay-contact.ts';
import { relayConversation } from '../../../functions/relay/relay-conversation.ts';
import { relayJob } from '../../../functions/relay/relay-job.ts';
import { relayLead } from '../../../functions/relay/relay-lead.ts';
import { relayMessage } from '../../../functions/relay/relay-message.ts';
import { relayPipeline } from '../../../functions/relay/relay-pipeline.ts';
import { relaySubmission } from '../../../functions/relay/relay-submission.ts';
import { anId, aShop } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';
import { quickPatience } from '../../support/ports.ts';

const shop = aShop();
const { shopId } = shop;
const contactId = anId();
const conversationId = conversationIdOf('106540352242922', contactId);

const given = () => {
  const posted: [RelayQueue, Posting][] = [];
  const post = (queue: RelayQueue, posting: Posting) => void posted.push([queue, posting]);
  const record = async () => 'recorded' as const;
  const ports = { post, readConversation, timeline: { record }, patience: quickPatience(), findShop: async () => shop };
  const leadWork = () =>
    posted.map(([queue, { body, group }]) => {
      expect([queue, group]).toEqual(['leads', shopId]);
      return LeadWork().parse(body);
    });
  return { ports, posted, leadWork };
};

const aConversation = (change: Partial<Conversation>) =>
  conversationWrite({
    shopId,
    conversationId,
    phoneNumberId: '106540352242922',
    contactId,
    state: 'open',
    bot: 'on',
    unread: 1,
    lastMessageAt: NOON,
    recent: [],
    formerIds: [],
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    ...change,
  }).put;

const aLead = (change: object = {}) => ({ pk: 'p', sk: 'META', shopId, leadId: contactId, version: 1, ...change });

describe('who writes for the first time', () => {
  const relay = (before: Partial<Conversation> | undefined, after: Partial<Conversation>) => {
    const { ports, leadWork } = given();
    const change: Change = { kind: 'conversation', after: aConversation(after) };
    if (before) change.before = aConversation(before);
    relayConversation(change, ports);
    return leadWork();
  };

  it('may become a lead: in a new conversation, or in one that the shop began', () => {
    const work = [{ do: 'conversation', shopId, conversationId }];
    expect(relay(undefined, { heard: 'chat' })).toEqual(work);
    expect(relay({}, { heard: 'chat', version: 2 })).toEqual(work);
  });

  it('is not asked about again, nor by what others wrote; an advertisement’s message speaks for itself', () => {
    expect(relay({ heard: 'chat' }, { heard: 'chat', unread: 2, version: 2 })).toEqual([]);
    expect(relay(undefined, {})).toEqual([]);
    expect(relay(undefined, { heard: 'ad' })).toEqual([]);
  });
});

describe('a message that an advertisement led to', () => {
  const row = (change: object = {}) => ({
    shopId,
    conversationId,
    messageId: contactId,
    at: NOON,
    direction: 'inbound',
    origin: 'customer',
    type: 'text',
    state: 'received',
    raw: JSON.stringify({ type: 'text', referral: { source_id: '120226305854810726' } }),
    createdAt: NOON,
    updatedAt: NOON,
    ...change,
  });

  it('is told with its place, once', async () => {
    const { ports, leadWork } = given();
    await relayMessage({ kind: 'message', after: row() }, ports);
    await relayMessage({ kind: 'message', before: row(), after: row({ answeredBy: anId() }) }, ports);
    expect(leadWork()).toEqual([{ do: 'conversation', shopId, conversationId, at: NOON, messageId: contactId }]);
  });

  it.each([
    ['from history', { origin: 'history' }],
    ['of the owner', { origin: 'phone-app' }],
    ['that only speaks of one', { raw: JSON.stringify({ text: { body: '"referral":{"source_id":"1"}' } }) }],
  ])('is no news %s', async (_, change) => {
    const { ports, leadWork } = given();
    await relayMessage({ kind: 'message', after: row(change) }, ports);
    expect(leadWork()).toEqual([]);
  });
});

describe('a lead and its contact', () => {
  const contact = { pk: 'p', sk: 'META', shopId, contactId, userIds: [], version: 1, updatedAt: NOON };

  it.each([
    ['phone', { phone: '+5491161234567' }],
    ['ids', { userIds: [{ businessId: '1', userId: 'AR.1' }] }],
    ['name', { profileName: 'Ana' }],
    ['merge', { mergedInto: anId() }],
  ])('stay together when the contact’s %s changes', (_, change) => {
    const { ports, leadWork } = given();
    relayContact({ kind: 'contact', before: contact, after: { ...contact, ...change } }, ports);
    expect(leadWork()).toEqual([{ do: 'contact', shopId, contactId }]);
  });

  it('need nothing when anything else does, or the contact is new', () => {
    const { ports, leadWork } = given();
    relayContact({ kind: 'contact', before: contact, after: { ...contact, undeliverableAt: NOON } }, ports);
    relayContact({ kind: 'contact', after: contact }, ports);
    relayContact({ kind: 'contact', before: contact }, ports);
    expect(leadWork()).toEqual([]);
  });

  it('are compared once more when the lead is new', () => {
    const { ports, leadWork } = given();
    relayLead({ kind: 'lead', after: aLead() }, ports);
    expect(leadWork()).toEqual([{ do: 'contact', shopId, contactId }]);
  });
});

describe('the seller of a lead', () => {
  it.each([
    ['is given', undefined, 'ana', {}],
    ['changes', 'ana', 'bea', { from: 'ana' }],
    ['is taken away', 'ana', undefined, { from: 'ana' }],
  ])('is followed by its conversations when one %s', (_, before, after, from) => {
    const { ports, leadWork } = given();
    relayLead({ kind: 'lead', before: aLead({ assignedTo: before }), after: aLead({ assignedTo: after }) }, ports);
    expect(leadWork()).toEqual([{ do: 'assignment', shopId, leadId: contactId, ...from }]);
  });

  it('in which one goes on is followed by the conversations of the one that went', () => {
    const { ports, leadWork } = given();
    const before = aLead({ assignedTo: 'ana' });
    const after = { ...before, mergedInto: anId() };
    relayLead({ kind: 'lead', before, after }, ports);
    expect(leadWork()).toEqual([{ do: 'assignment', shopId, leadId: contactId, from: 'ana' }]);
    relayLead({ kind: 'lead', before: after, after: { ...after, version: 2 } }, ports);
    expect(leadWork()).toHaveLength(1);
  });

  it('who stays moves nothing', () => {
    const { ports, leadWork } = given();
    const before = aLead({ assignedTo: 'ana' });
    relayLead({ kind: 'lead', before, after: { ...before, stageId: 'interested' } }, ports);
    expect(leadWork()).toEqual([]);
  });
});

describe('a submission', () => {
  const submission = { pk: 'p', sk: 'META', shopId, submissionId: 's1', state: 'pending' };
  const work = [{ do: 'submission', shopId, submissionId: 's1' }];

  it('that has come, or is to be tried again, is worked on', () => {
    const first = given();
    relaySubmission({ kind: 'submission', after: submission }, first.ports);
    expect(first.leadWork()).toEqual(work);
    const again = given();
    const before = { ...submission, state: 'failed' };
    relaySubmission({ kind: 'submission', before, after: { ...submission, askedAt: NOON } }, again.ports);
    expect(again.leadWork()).toEqual(work);
  });

  it('that ends, or only notes why it waits, is left alone', () => {
    const { ports, leadWork } = given();
    const kind = 'submission';
    relaySubmission({ kind, before: submission, after: { ...submission, state: 'done' } }, ports);
    relaySubmission({ kind, before: submission, after: { ...submission, reason: 'page.token-refused' } }, ports);
    relaySubmission({ kind, before: submission }, ports);
    expect(leadWork()).toEqual([]);
  });
});

describe('a job', () => {
  const job = { pk: 'p', sk: 'META', shopId, jobId: contactId, kind: 'import', state: 'uploading' };

  it('is handed to a worker once it waits for one, and not again', () => {
    const { ports, posted } = given();
    relayJob({ kind: 'job', after: job }, ports);
    relayJob({ kind: 'job', before: job, after: { ...job, state: 'queued' } }, ports);
    relayJob({ kind: 'job', before: { ...job, state: 'queued' }, after: { ...job, state: 'queued', lease: 1 } }, ports);
    relayJob({ kind: 'job', before: { ...job, state: 'queued' }, after: { ...job, state: 'running' } }, ports);
    expect(posted).toEqual([['jobs', { body: { shopId, jobId: contactId }, group: shopId }]]);
  });

  it.each(['person-export', 'erasure'])('that is an %s waits behind no file of leads', (kind) => {
    const { ports, posted } = given();
    relayJob({ kind: 'job', after: { ...job, kind, state: 'queued' } }, ports);
    expect(posted).toEqual([['personJobs', { body: { shopId, jobId: contactId }, group: shopId }]]);
  });
});

describe('a pipeline', () => {
  const gone = (stageId: string) => ({ stageId, into: 'new' });
  const aPipeline = (change: object) => ({ pk: 'p', sk: 'PIPELINE#default', shopId, pipelineId: 'default', ...change });
  const relayed = (before: object | undefined, after: object | undefined) => {
    const { ports, leadWork } = given();
    const images = { ...(before && { before: aPipeline(before) }), ...(after && { after: aPipeline(after) }) };
    relayPipeline({ kind: 'pipeline', ...images }, ports);
    return leadWork();
  };
  const work = [{ do: 'settle', shopId, pipelineId: 'default' }];

  it('has the leads of stages moved that went with a change, and the rest of them when that is asked for', () => {
    expect(relayed({ formerStages: [gone('a')] }, { formerStages: [gone('b'), gone('a')] })).toEqual(work);
    expect(relayed(undefined, { formerStages: [gone('a')] })).toEqual(work);
    const asked = { formerStages: [gone('a')], settleAt: NOON };
    expect(relayed({ formerStages: [gone('a')] }, asked)).toEqual(work);
  });

  it('has none moved for any other change', () => {
    const asked = { formerStages: [gone('a')], settleAt: NOON };
    expect(relayed(asked, { ...asked, name: 'Another' })).toEqual([]);
    expect(relayed(asked, { formerStages: [] })).toEqual([]);
    expect(relayed({}, { name: 'Another' })).toEqual([]);
    expect(relayed({ formerStages: [gone('a')] }, undefined)).toEqual([]);
  });
});

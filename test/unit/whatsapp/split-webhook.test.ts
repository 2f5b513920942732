import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitWebhook } from '#whatsapp/split-webhook.ts';

const body = (value: string, field = 'messages') =>
  `{"object":"whatsapp_business_account","entry":[{"id":"8001","changes":[{"field":"${field}","value":${value}}]}]}`;

it('splits messages and statuses, each with its own contact', () => {
  const [one, two, status] = splitWebhook(
    body(`{"metadata":{"phone_number_id":"9001"},
      "contacts":[{"wa_id":"5491155550002"},{"wa_id":"5491155550001","user_id":"AR.1"}],
      "messages":[{"from":"5491155550001","from_user_id":"AR.1","id":"wamid.1","timestamp":"1763700000","type":"text"},
        {"from":"5491155550002","id":"wamid.2","type":"new"}],
      "statuses":[{"id":"wamid.3","status":"read","timestamp":"1763700001","recipient_user_id":"AR.2"}]}`),
  );
  expect(one).toMatchObject({ kind: 'message', dedupId: '9001:wamid.1', group: '9001:AR.1', at: 1763700000 });
  expect(one?.raw).not.toContain('5491155550002');
  expect(two).toMatchObject({ kind: 'message', phone: '5491155550002', group: '9001:5491155550002' });
  expect(status).toMatchObject({ kind: 'status', dedupId: 'wamid.3:read:1763700001:', userId: 'AR.2' });
});

it('keeps every digit of a great id', () => {
  const [event] = splitWebhook(body('{"message_template_id":90071992547409931234}', 'message_template_status_update'));
  expect(event).toMatchObject({ kind: 'other', entryId: '8001', field: 'message_template_status_update' });
  expect(event?.raw).toContain(':90071992547409931234}');
});

it('sets what it cannot read apart from its neighbours', () => {
  const kinds = splitWebhook(body('{"messages":[7,null,{"id":"wamid.1"}]}')).map(({ kind }) => kind);
  expect(kinds).toEqual(['unreadable', 'unreadable', 'message']);
  expect(splitWebhook('{')).toMatchObject([{ kind: 'unreadable', raw: '{' }]);
});

it('never throws, and splits its own events into themselves', () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), (anything, item) => {
      splitWebhook(anything);
      for (const event of splitWebhook(body(`{"messages":[${item},{"id":"w"}],"contacts":${anything}}`))) {
        expect(splitWebhook(event.raw)).toEqual([event]);
      }
    }),
  );
});

import type { ConversationView } from '../../functions/conversations/conversation-view.ts';
import type { MessageView } from '../../functions/conversations/message-view.ts';
import { eventually, newKey, type Target } from './target.ts';

type PageOf<Item> = { items: Item[]; nextCursor?: string };

/** The inbox of a shop, as a seller's page speaks to it. */
export const openInbox = (target: Target, token: string) => {
  const get = async <Body>(path: string): Promise<Body> => {
    const answer = await target.ask<Body>('GET', path, { token });
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const allOf = async <Item>(path: string): Promise<Item[]> => {
    const found: Item[] = [];
    let cursor: string | undefined;
    do {
      const next: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
      const page: PageOf<Item> = await get<PageOf<Item>>(`${path}${next}`);
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return found;
  };
  const conversations = (query = 'state=open') => allOf<ConversationView>(`/admin/conversations?${query}&limit=50`);

  return {
    conversations,
    /** The conversation with the person who has this phone, once there is one. */
    conversationWith: (phone: string | undefined) =>
      eventually(async () => (await conversations()).find(({ contact }) => contact.phone === phone)),
    /** Every message of a conversation, newest first. */
    messages: (conversationId: string) =>
      allOf<MessageView>(`/admin/conversations/${conversationId}/messages?limit=100`),
    conversation: (conversationId: string) => get<ConversationView>(`/admin/conversations/${conversationId}`),
    send: (conversationId: string, content: object, { key = newKey() }: { key?: string } = {}) =>
      target.ask<MessageView>('POST', `/admin/conversations/${conversationId}/messages`, {
        token,
        body: { content },
        headers: { 'idempotency-key': key },
      }),
    /** A change of the conversation: `read`, `assign`, `close`, `reopen`, … */
    act: (conversationId: string, action: string, body?: object) =>
      target.ask<ConversationView>('POST', `/admin/conversations/${conversationId}/${action}`, {
        token,
        ...(body && { body }),
      }),
  };
};

export type Inbox = ReturnType<typeof openInbox>;

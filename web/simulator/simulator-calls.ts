import type {
  Chat,
  ChatMessage,
  CustomerMessage,
  SimulatorState,
  TrafficRecord,
  Upload,
} from '../../local/whatsapp-simulator/simulator-api.ts';
import { SIMULATOR_API } from '../../local/whatsapp-simulator/simulator-api.ts';

const answerOf = async <Answer>(response: Response): Promise<Answer> => {
  const text = await response.text();
  if (response.ok) return (text ? JSON.parse(text) : undefined) as Answer;
  const { message } = (text.startsWith('{') ? JSON.parse(text) : {}) as { message?: string };
  throw new Error(message ?? `${response.status}`);
};

/** One call to the simulator's control API. Throws an error with the simulator's own words. */
export const ask = async <Answer = unknown>(method: string, path: string, body?: object): Promise<Answer> =>
  answerOf(
    await fetch(`${SIMULATOR_API}${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }),
  );

/** All there is, with the traffic so far. */
export const loadWorld = async (): Promise<SimulatorState & { traffic: TrafficRecord[] }> => {
  const [state, { records }] = await Promise.all([
    ask<SimulatorState>('GET', '/state'),
    ask<{ records: TrafficRecord[] }>('GET', '/traffic?limit=200'),
  ]);
  return { ...state, traffic: records };
};

/** The path of a chat. */
export const chatPath = ({ phoneId, numberId }: Pick<Chat, 'phoneId' | 'numberId'>): string =>
  `/chats/${encodeURIComponent(phoneId)}/${encodeURIComponent(numberId)}`;

/** Closes a chat on the telephone, even when the page goes away this very moment. */
export const leaveChat = (path: string): void => {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ open: false });
  void fetch(`${SIMULATOR_API}${path}`, { method: 'PATCH', headers, body, keepalive: true }).catch(() => undefined);
};

/** What a customer does in a chat. */
export const sendAsCustomer = (
  chat: Pick<Chat, 'phoneId' | 'numberId'>,
  message: CustomerMessage,
): Promise<ChatMessage> => ask('POST', `${chatPath(chat)}/messages`, message);

/** Puts a file where messages can name it. */
export const upload = async (file: File): Promise<Upload> =>
  answerOf(
    await fetch(`${SIMULATOR_API}/uploads`, {
      method: 'POST',
      headers: {
        'content-type': file.type || 'application/octet-stream',
        'x-file-name': encodeURIComponent(file.name),
      },
      body: file,
    }),
  );

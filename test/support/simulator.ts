import { defaultWorld } from '../../local/whatsapp-simulator/default-world.ts';
import {
  type Chat,
  type ChatMessage,
  type CustomerMessage,
  type Knobs,
  type Phone,
  SIMULATOR_API,
  type SimulatorState,
  type TrafficRecord,
} from '../../local/whatsapp-simulator/simulator-api.ts';
import { eventually, newPhone, type Target } from './target.ts';

type Talk = Pick<Chat, 'phoneId' | 'numberId'>;

/** The card of a message, with its buttons; throws when it is no card. */
export const cardOf = ({ content }: ChatMessage) => {
  if (content.type !== 'card') throw new Error(`a card was expected, not ${content.type}`);
  return content;
};

/** The button with this label. */
export const buttonOf = (message: ChatMessage, label: string) => {
  const button = cardOf(message).buttons.find((one) => one.label === label);
  if (button === undefined) throw new Error(`there is no button ${label}`);
  return button;
};

/** Meta and the customers' phones, played by the simulator beside the target. */
export const openSimulator = (target: Target) => {
  const call = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await target.ask<Answer>(method, `${SIMULATOR_API}${path}`, body ? { body } : {});
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const pathOf = ({ phoneId, numberId }: Talk): string => `/chats/${phoneId}/${numberId}`;
  const state = () => call<SimulatorState>('GET', '/state');
  const chat = async ({ phoneId, numberId }: Talk): Promise<ChatMessage[]> =>
    (await state()).chats.find((one) => one.phoneId === phoneId && one.numberId === numberId)?.messages ?? [];

  return {
    state,
    chat,
    /** A customer whom nobody knows yet. */
    newCustomer: (name: string, { phone = newPhone() }: { phone?: string } = {}) =>
      call<Phone>('POST', '/phones', { name, phone }),
    send: (talk: Talk, message: CustomerMessage) => call<ChatMessage>('POST', `${pathOf(talk)}/messages`, message),
    say: (talk: Talk, body: string) => call<ChatMessage>('POST', `${pathOf(talk)}/messages`, { type: 'text', body }),
    tap: (talk: Talk, message: ChatMessage, label: string) =>
      call<ChatMessage>('POST', `${pathOf(talk)}/messages`, {
        type: 'tap',
        messageId: message.messageId,
        index: buttonOf(message, label).index,
      }),
    read: (talk: Talk) => call<Chat>('POST', `${pathOf(talk)}/read`, {}),
    echo: (talk: Talk, body: string) => call<ChatMessage>('POST', `${pathOf(talk)}/echo`, { type: 'text', body }),
    /** Waits until the business has sent something that fits. */
    arrival: (talk: Talk, fits: (message: ChatMessage) => boolean, forMs = 20_000): Promise<ChatMessage> =>
      eventually(async () => (await chat(talk)).find((one) => one.from === 'business' && fits(one)), forMs),
    /** One more number of the demo's account; its id. */
    addNumber: async (number: { displayNumber: string; verifiedName: string; coexistence?: boolean }) => {
      const numbers = [{ accountId: defaultWorld.accountId, ...number }];
      const after = await call<SimulatorState>('POST', '/world', { numbers });
      return after.numbers.find(({ displayNumber }) => displayNumber === number.displayNumber)?.numberId ?? '';
    },
    turn: (knobs: Partial<Knobs>) => call<Knobs>('PATCH', '/knobs', knobs),
    calm: () => call<Knobs>('DELETE', '/knobs'),
    traffic: async () => (await call<{ records: TrafficRecord[] }>('GET', '/traffic?limit=500')).records,
    settle: () => call('POST', '/settle', {}),
  };
};

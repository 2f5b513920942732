import type { UpdateWhatsApp } from '../../functions/shops/whatsapp-settings.ts';
import type { Cloud } from '../cloud.ts';
import { defaultWorld } from '../whatsapp-simulator/default-world.ts';
import type { CustomerMessage } from '../whatsapp-simulator/simulator-api.ts';

/** Which of the simulator's numbers belongs to which demo shop. */
const lines = [
  { slug: 'demo', number: defaultWorld.numbers[0] },
  { slug: 'luz', number: defaultWorld.numbers[1] },
] as const;

const { checkoutLink, reminder } = defaultWorld.templates;

/** How the demo shop talks about checkouts: with the templates that its simulated account has. */
const settingsOf = (phoneNumberId: string): UpdateWhatsApp => ({
  phoneNumberId,
  reminderMinutes: 120,
  templates: {
    created: {
      name: checkoutLink,
      language: defaultWorld.language,
      body: [{ value: 'customerName' }, { value: 'shopName' }],
      urlButton: { index: 2, suffix: 'code' },
      quickReplies: [
        { index: 0, act: 'confirm' },
        { index: 1, act: 'cancel' },
      ],
    },
    reminder: {
      name: reminder,
      language: defaultWorld.language,
      body: [{ value: 'customerName' }, { value: 'until' }],
      urlButton: { index: 0, suffix: 'code' },
    },
  },
});

/** What the demo's customers have written. */
const chats: readonly { phoneId: string; numberId: string; messages: readonly CustomerMessage[] }[] = [
  {
    phoneId: 'ana',
    numberId: defaultWorld.numbers[0].numberId,
    messages: [
      { type: 'text', body: '¡Hola! ¿Tienen velas de vainilla?', secondsAgo: 420 },
      { type: 'text', body: 'Es para un regalo 🎁', secondsAgo: 400 },
    ],
  },
  {
    phoneId: 'bruno',
    numberId: defaultWorld.numbers[0].numberId,
    messages: [
      {
        type: 'text',
        body: 'Vi el anuncio de las lámparas. ¿Hacen envíos a Córdoba?',
        secondsAgo: 3600,
        referral: {
          sourceUrl: 'https://fb.me/lamparas',
          sourceId: '120210000000000001',
          sourceType: 'ad',
          headline: 'Lámparas que abrigan',
          clickId: 'ARAkDemoBruno',
        },
      },
    ],
  },
  {
    phoneId: 'cami',
    numberId: defaultWorld.numbers[1].numberId,
    messages: [{ type: 'text', body: 'Oi! O abajur cogumelo vem com a lâmpada?', secondsAgo: 900 }],
  },
];

/** Asks the cloud over HTTP, as a page would. Throws with the answer's words. */
const ask = async (cloud: Cloud, method: string, path: string, body: object, token?: string): Promise<void> => {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`${cloud.url}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
};

const connect = async (cloud: Cloud, { slug, number }: (typeof lines)[number]): Promise<void> => {
  const admin = await cloud.directory.pick(slug, 'admin', undefined);
  if (admin === undefined) throw new Error(`the demo shop ${slug} has no admin`);
  const token = await cloud.issueToken(admin);
  const connection = {
    name: number.verifiedName,
    phoneNumberId: number.numberId,
    wabaId: defaultWorld.accountId,
    token: defaultWorld.token,
    pin: defaultWorld.pin,
  };
  await ask(cloud, 'POST', '/admin/whatsapp/connections', connection, token);
  const whatsapp = settingsOf(number.numberId);
  await ask(cloud, 'PATCH', '/admin/shop', { whatsappNumber: number.displayNumber, whatsapp }, token);
};

/** Connects the demo shops to the simulator's numbers, and lets its customers write to them. */
export const seedWhatsApp = async (cloud: Cloud): Promise<void> => {
  for (const line of lines) await connect(cloud, line);
  for (const { phoneId, numberId, messages } of chats) {
    for (const message of messages)
      await ask(cloud, 'POST', `/simulator/api/chats/${phoneId}/${numberId}/messages`, message);
  }
};

import { useState } from 'preact/hooks';
import type { Chat, CustomerMessage } from '../../local/whatsapp-simulator/simulator-api.ts';
import type { IconName } from '../ui/icons.tsx';
import { useDesk } from './desk.ts';
import { type FormField, FormSheet } from './form-sheet.tsx';
import { Menu, type MenuItem } from './menu.tsx';
import { samplePicture } from './sample-picture.ts';
import { sendAsCustomer, upload } from './simulator-calls.ts';
import type { Words } from './words.ts';

/** A message that needs a few words first. */
interface Asked {
  title: string;
  icon: IconName;
  fields: readonly FormField[];
  toMessage: (values: Record<string, string>) => CustomerMessage;
}

type FileType = 'image' | 'video' | 'audio' | 'document' | 'sticker';

const icons: Record<FileType, IconName> = {
  image: 'picture',
  video: 'film',
  audio: 'sound',
  document: 'file',
  sticker: 'smile',
};

const accepts: Record<FileType, string> = {
  image: 'image/jpeg,image/png',
  video: 'video/mp4,video/3gpp',
  audio: 'audio/aac,audio/amr,audio/mpeg,audio/mp4,audio/ogg',
  document: '.pdf,.txt,.doc,.docx,.xls,.xlsx,.ppt,.pptx',
  sticker: 'image/webp',
};

const pickFile = (accept: string): Promise<File | undefined> =>
  new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.onchange = () => resolve(input.files?.[0]);
    input.oncancel = () => resolve(undefined);
    input.click();
  });

const field = (name: string, label: string, value = '', type: FormField['type'] = 'text'): FormField => ({
  name,
  label,
  value,
  type,
  required: value !== '',
});

const placeAsked = (words: Words): Asked => ({
  title: words.send_.location,
  icon: 'place',
  fields: [
    field('latitude', words.fields.latitude, '-34.6037', 'number'),
    field('longitude', words.fields.longitude, '-58.3816', 'number'),
    field('name', words.fields.place),
  ],
  toMessage: ({ latitude, longitude, name }) => ({
    type: 'location',
    latitude: Number(latitude),
    longitude: Number(longitude),
    ...(name && { name }),
  }),
});

const contactAsked = (words: Words): Asked => ({
  title: words.send_.contact,
  icon: 'person',
  fields: [
    field('name', words.fields.contactName, 'Luz Peralta'),
    field('phone', words.fields.contactPhone, '+5491144445555', 'tel'),
  ],
  toMessage: ({ name = '', phone = '' }) => ({ type: 'contacts', contacts: [{ name, phones: [phone] }] }),
});

const orderAsked = (words: Words): Asked => ({
  title: words.send_.order,
  icon: 'bag',
  fields: [
    field('productId', words.fields.productId, 'VELA-01'),
    field('quantity', words.fields.quantity, '2', 'number'),
    field('price', words.fields.price, '4500', 'number'),
  ],
  toMessage: ({ productId = '', quantity, price }) => ({
    type: 'order',
    catalogId: '111222333444555',
    items: [{ productId, quantity: Number(quantity), price: Number(price), currency: 'ARS' }],
  }),
});

const adAsked = (words: Words): Asked => ({
  title: words.send_.ad,
  icon: 'horn',
  fields: [
    field('headline', words.fields.headline, 'Velas para el invierno'),
    field('body', words.fields.text, 'Hola, vi el anuncio'),
  ],
  toMessage: ({ headline, body = '' }) => ({
    type: 'text',
    body,
    referral: {
      sourceUrl: 'https://fb.me/anuncio',
      sourceId: '120210000000000001',
      sourceType: 'ad',
      ...(headline && { headline }),
      clickId: `ARA${crypto.randomUUID().replaceAll('-', '')}`,
    },
  }),
});

const productAsked = (words: Words): Asked => ({
  title: words.send_.product,
  icon: 'question',
  fields: [field('productId', words.fields.productId, 'VELA-01'), field('body', words.fields.text, '¿Queda?')],
  toMessage: ({ productId = '', body = '' }) => ({
    type: 'text',
    body,
    referredProduct: { catalogId: '111222333444555', productId },
  }),
});

const callAsked = (words: Words): Asked => ({
  title: words.send_.call,
  icon: 'call',
  fields: [field('seconds', words.fields.seconds, '42', 'number')],
  toMessage: ({ seconds }) => ({ type: 'call', seconds: Number(seconds) }),
});

const forms = [placeAsked, contactAsked, orderAsked, adAsked, productAsked, callAsked];

/** Everything else that a customer can send. */
export const AttachMenu = ({ chat, onClose }: { chat: Chat; onClose: () => void }) => {
  const { words, run } = useDesk();
  const [asked, setAsked] = useState<Asked>();
  const [isPicking, setIsPicking] = useState(true);
  const send = (message: CustomerMessage) => run(() => sendAsCustomer(chat, message));
  const sendFile = async (type: FileType, file: File | undefined) => {
    const stored = file && (await run(() => upload(file)));
    const fileName = type === 'document' && file ? { fileName: file.name } : {};
    if (stored) await send({ type, mediaId: stored.mediaId, ...fileName });
    onClose();
  };
  const file = (type: FileType, label: string): MenuItem => ({
    label,
    icon: icons[type],
    act: () => void pickFile(accepts[type]).then((picked) => sendFile(type, picked)),
  });
  const direct = (label: string, icon: IconName, message: CustomerMessage): MenuItem => ({
    label,
    icon,
    act: () => void send(message).then(onClose),
  });
  const items: MenuItem[] = [
    file('image', words.send_.photo),
    {
      label: words.send_.sample,
      icon: 'picture',
      act: () => void samplePicture().then((drawn) => sendFile('image', drawn)),
    },
    file('video', words.send_.video),
    file('audio', words.send_.audio),
    file('document', words.send_.document),
    file('sticker', words.send_.sticker),
    ...forms.map((make) => make(words)).map((one) => ({ label: one.title, icon: one.icon, act: () => setAsked(one) })),
    direct(words.send_.welcome, 'chat', { type: 'request_welcome' }),
    direct(words.send_.unsupported, 'unknown', { type: 'unsupported', what: 'poll' }),
    direct(words.send_.unknown, 'unknown', { type: 'unknown', name: 'hologram', payload: { depth: 3 } }),
  ];
  if (asked) {
    const submit = (values: Record<string, string>) => sendAsCustomer(chat, asked.toMessage(values)).then(onClose);
    return (
      <FormSheet title={asked.title} action={words.send} fields={asked.fields} onSubmit={submit} onClose={onClose} />
    );
  }
  return isPicking ? (
    <Menu title={words.attach} items={items} onClose={onClose} onPick={() => setIsPicking(false)} />
  ) : null;
};

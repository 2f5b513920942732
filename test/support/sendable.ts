/** Parts of messages as sellers' pages and bots make them. */
export const interactive = (change: object) => ({ type: 'interactive', interactive: change });
export const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
export const buttons = (...list: object[]) =>
  interactive({ type: 'button', body: { text: '¿Confirmás?' }, action: { buttons: list } });
export const rows = (count: number, prefix = 'r') =>
  Array.from({ length: count }, (_, number) => ({ id: `${prefix}${number}`, title: `Fila ${number}` }));
export const list = (sections: object[], more: object = {}) =>
  interactive({ type: 'list', body: { text: 'Elegí' }, action: { button: 'Ver', sections }, ...more });
export const template = (components: object[], more: object = {}) => ({
  type: 'template',
  template: { name: 'carrito_pendiente', language: { code: 'es_AR' }, components, ...more },
});
export const bodyOf = (...parameters: object[]) => ({ type: 'body', parameters });
export const named = (parameter_name: string, text: string) => ({ type: 'text', parameter_name, text });
export const card = (card_index: number) => ({
  card_index,
  components: [
    { type: 'header', parameters: [{ type: 'image', image: { id: '1' } }] },
    bodyOf({ type: 'text', text: 'Jarrón' }),
    { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'more' }] },
  ],
});

/** One of each type that may be sent, by a name for it. */
export const sendable: Record<string, unknown> = {
  text: { type: 'text', text: { body: 'Hola', preview_url: true } },
  image: { type: 'image', image: { media_key: 'media/x.jpg', caption: 'Esta' } },
  video: { type: 'video', video: { id: '123' } },
  audio: { type: 'audio', audio: { id: '123', voice: true } },
  document: { type: 'document', document: { link: 'https://example.com/a.pdf', filename: 'a.pdf', caption: 'Lista' } },
  sticker: { type: 'sticker', sticker: { id: '123' } },
  location: {
    type: 'location',
    location: { latitude: -34.6, longitude: -58.4, name: 'Local', address: 'Av. Corrientes 1' },
  },
  contacts: {
    type: 'contacts',
    contacts: [
      { name: { formatted_name: 'Ana Paz', first_name: 'Ana' }, phones: [{ phone: '+5491161234567', type: 'CELL' }] },
    ],
  },
  reaction: { type: 'reaction', reaction: { message_id: 'wamid.X', emoji: '👍🏽' } },
  'reaction taken away': { type: 'reaction', reaction: { message_id: 'wamid.X', emoji: '' } },
  buttons: buttons(reply('yes', 'Sí'), reply('no', 'No')),
  list: list([{ rows: rows(10) }], { header: { type: 'text', text: 'Menú' }, footer: { text: 'Gracias' } }),
  cta_url: interactive({
    type: 'cta_url',
    header: { type: 'image', image: { media_key: 'media/y.png' } },
    body: { text: 'Tu reserva' },
    action: { name: 'cta_url', parameters: { display_text: 'Ver reserva', url: 'https://example.com/c/K7QM' } },
  }),
  product: interactive({ type: 'product', action: { catalog_id: '1', product_retailer_id: 'SKU-1' } }),
  product_list: interactive({
    type: 'product_list',
    header: { type: 'text', text: 'Novedades' },
    body: { text: 'Mirá' },
    action: { catalog_id: '1', sections: [{ title: 'Velas', product_items: [{ product_retailer_id: 'SKU-1' }] }] },
  }),
  catalog_message: interactive({
    type: 'catalog_message',
    body: { text: 'Todo' },
    action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'SKU-1' } },
  }),
  location_request: interactive({
    type: 'location_request_message',
    body: { text: '¿Dónde estás?' },
    action: { name: 'send_location' },
  }),
  flow: interactive({
    type: 'flow',
    body: { text: 'Completá' },
    action: {
      name: 'flow',
      parameters: {
        flow_message_version: '3',
        flow_token: 't',
        flow_id: '12',
        flow_cta: 'Abrir',
        flow_action: 'navigate',
        flow_action_payload: { screen: 'FIRST', data: { a: 1 } },
      },
    },
  }),
  request_contact_info: interactive({
    type: 'request_contact_info',
    body: { text: '¿Tu teléfono?' },
    action: { name: 'request_contact_info' },
  }),
  'template with all its parts': template([
    { type: 'header', parameters: [{ type: 'document', document: { media_key: 'media/z.pdf', filename: 'z.pdf' } }] },
    bodyOf(named('nombre', 'Ana'), {
      type: 'currency',
      parameter_name: 'total',
      currency: { fallback_value: '$ 10', code: 'ARS', amount_1000: 10000 },
    }),
    { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'k7Qm2xT9' }] },
    { type: 'button', sub_type: 'quick_reply', index: 1, parameters: [{ type: 'payload', payload: 'OPTOUT:mkt' }] },
    {
      type: 'button',
      sub_type: 'copy_code',
      index: '2',
      parameters: [{ type: 'coupon_code', coupon_code: 'VELAS20' }],
    },
    { type: 'button', sub_type: 'flow', index: '3', parameters: [{ type: 'action', action: { flow_token: 't' } }] },
    { type: 'button', sub_type: 'catalog', index: '4', parameters: [{ type: 'action', action: {} }] },
  ]),
  'template with an offer': template([
    {
      type: 'limited_time_offer',
      parameters: [{ type: 'limited_time_offer', limited_time_offer: { expiration_time_ms: 1764300000000 } }],
    },
  ]),
  'template with cards': template([{ type: 'carousel', cards: [card(0), card(1)] }]),
  'template with products': template([
    {
      type: 'button',
      sub_type: 'mpm',
      index: '0',
      parameters: [
        { type: 'action', action: { sections: [{ title: 'A', product_items: [{ product_retailer_id: '1' }] }] } },
      ],
    },
  ]),
  'template without components': { type: 'template', template: { name: 'hola', language: { code: 'pt_BR' } } },
};

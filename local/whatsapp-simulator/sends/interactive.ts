import { GraphRefusal } from '../graph-refusal.ts';
import type { CardButton, CardContent, CardHeader } from '../simulator-api.ts';
import { judgeMedia, type Later, mediaKeys, type Surroundings } from './media-part.ts';
import {
  addressOf,
  assertDistinct,
  invalid,
  maybePartOf,
  maybeTextOf,
  type Part,
  partOf,
  partsOf,
  textOf,
  wordOf,
} from './part.ts';

/** A card as it will look, and what its buttons send. */
export interface JudgedCard {
  content: CardContent;
  payloads: Record<number, string>;
}

type HeaderKind = 'text' | 'image' | 'video' | 'document';

/** What may be told of a type of interactive message. Source: Meta, the pages of "Send messages". */
interface Rules {
  headers: readonly HeaderKind[];
  body: number | 'none' | 'optional';
  judge: (
    action: Part,
    around: Surroundings,
    later: Later,
  ) => Partial<CardContent> & { payloads?: Record<number, string> };
  actionKeys: readonly string[];
}

const BODY = 1024;
const FOOTER = 60;
const HEADER = 60;
const allHeaders: readonly HeaderKind[] = ['text', 'image', 'video', 'document'];

const judgeHeader = (
  part: Part | undefined,
  rules: Rules,
  around: Surroundings,
  later: Later,
): CardHeader | undefined => {
  if (!part) return undefined;
  const kind = wordOf(part, 'type', rules.headers);
  const stranger = Object.keys(part.members).find((key) => key !== 'type' && key !== kind && key !== 'sub_text');
  if (stranger) throw new GraphRefusal(100, `Unexpected key "${stranger}" on param "${part.path}".`);
  if (kind === 'text') return { type: 'text', text: textOf(part, 'text', { most: HEADER }) };
  return judgeMedia(partOf(part, kind, mediaKeys(kind)), kind, around, later);
};

const judgeReplies = (action: Part) => {
  const items = partsOf(action, 'buttons', ['type', 'reply'], { least: 1, most: 3 });
  const replies = items.map((item) => {
    wordOf(item, 'type', ['reply']);
    const reply = partOf(item, 'reply', ['id', 'title']);
    return { id: textOf(reply, 'id', { most: 256 }), label: textOf(reply, 'title', { most: 20 }) };
  });
  assertDistinct(
    replies.map(({ id }) => id),
    'button id',
  );
  assertDistinct(
    replies.map(({ label }) => label),
    'button title',
  );
  const buttons = replies.map(({ label }, index): CardButton => ({ index, kind: 'reply', label }));
  return { buttons, payloads: Object.fromEntries(replies.map(({ id }, index) => [index, id])) };
};

const judgeRow = (row: Part) => ({
  id: textOf(row, 'id', { most: 200 }),
  title: textOf(row, 'title', { most: 24 }),
  description: maybeTextOf(row, 'description', { most: 72 }),
});

const judgeList = (action: Part) => {
  const label = textOf(action, 'button', { most: 20 });
  const parts = partsOf(action, 'sections', ['title', 'rows'], { least: 1, most: 10 });
  const sections = parts.map((section) => ({
    title: parts.length > 1 ? textOf(section, 'title', { most: 24 }) : maybeTextOf(section, 'title', { most: 24 }),
    rows: partsOf(section, 'rows', ['id', 'title', 'description'], { least: 1, most: 10 }).map(judgeRow),
  }));
  const rows = sections.flatMap((section) => section.rows);
  if (rows.length > 10) throw invalid(`Total row count exceed max allowed count: 10, not ${rows.length}.`);
  assertDistinct(
    rows.map(({ id }) => id),
    'row id',
  );
  return { list: { label, sections } };
};

const named = (action: Part, name: string): void => {
  wordOf(action, 'name', [name]);
};

const judgeLink = (action: Part) => {
  named(action, 'cta_url');
  const parameters = partOf(action, 'parameters', ['display_text', 'url']);
  const label = textOf(parameters, 'display_text', { most: 20 });
  return { buttons: [{ index: 0, kind: 'url', label, url: addressOf(parameters, 'url') } satisfies CardButton] };
};

const flowKeys = [
  'mode',
  'flow_message_version',
  'flow_token',
  'flow_id',
  'flow_name',
  'flow_cta',
  'flow_action',
  'flow_action_payload',
];

const judgeFlow = (action: Part) => {
  named(action, 'flow');
  const parameters = partOf(action, 'parameters', flowKeys);
  wordOf(parameters, 'flow_message_version', ['3']);
  const { flow_id: id, flow_name: name } = parameters.members;
  if ((id === undefined) === (name === undefined))
    throw invalid(`${parameters.path} needs one of flow_id and flow_name.`);
  const label = textOf(parameters, 'flow_cta', { most: 30 });
  maybeTextOf(parameters, 'flow_token', { most: 1000 });
  const kind =
    parameters.members['flow_action'] === undefined
      ? 'navigate'
      : wordOf(parameters, 'flow_action', ['navigate', 'data_exchange']);
  const payload = maybePartOf(parameters, 'flow_action_payload', ['screen', 'data']);
  if (payload && kind === 'navigate') textOf(payload, 'screen', { most: 200 });
  return { buttons: [{ index: 0, kind: 'flow', label } satisfies CardButton] };
};

const judgeProduct = (action: Part) => {
  const catalogId = textOf(action, 'catalog_id', { most: 100 });
  const productId = textOf(action, 'product_retailer_id', { most: 100 });
  const buttons: CardButton[] = [{ index: 0, kind: 'product', label: 'Ver' }];
  return { buttons, products: { catalogId, sections: [{ productIds: [productId] }] } };
};

const judgeProducts = (action: Part) => {
  const catalogId = textOf(action, 'catalog_id', { most: 100 });
  const parts = partsOf(action, 'sections', ['title', 'product_items'], { least: 1, most: 10 });
  const sections = parts.map((section) => ({
    title: parts.length > 1 ? textOf(section, 'title', { most: 24 }) : maybeTextOf(section, 'title', { most: 24 }),
    productIds: partsOf(section, 'product_items', ['product_retailer_id'], { least: 1, most: 30 }).map((item) =>
      textOf(item, 'product_retailer_id', { most: 100 }),
    ),
  }));
  const count = sections.reduce((sum, { productIds }) => sum + productIds.length, 0);
  if (count > 30) throw invalid(`At most 30 products are allowed, not ${count}.`);
  return { products: { catalogId, sections } };
};

const judgeCatalog = (action: Part) => {
  named(action, 'catalog_message');
  const parameters = maybePartOf(action, 'parameters', ['thumbnail_product_retailer_id']);
  if (parameters) maybeTextOf(parameters, 'thumbnail_product_retailer_id', { most: 100 });
  return { buttons: [{ index: 0, kind: 'catalog', label: 'Ver catálogo' } satisfies CardButton] };
};

const judgeLocationRequest = (action: Part) => {
  named(action, 'send_location');
  return { buttons: [{ index: 0, kind: 'send_location', label: 'Enviar ubicación' } satisfies CardButton] };
};

const judgeContactRequest = (action: Part) => {
  named(action, 'request_contact_info');
  return { buttons: [{ index: 0, kind: 'request_contact_info', label: 'Compartir mi número' } satisfies CardButton] };
};

const cardKeys = ['card_index', 'type', 'header', 'body', 'action'];

const judgeCard = (card: Part, place: number, around: Surroundings, later: Later) => {
  if (Number(card.members['card_index']) !== place) throw invalid(`${card.path}['card_index'] must be ${place}.`);
  const type = wordOf(card, 'type', ['cta_url', 'product']);
  const body = maybePartOf(card, 'body', ['text']);
  const text = body && textOf(body, 'text', { most: 160 });
  if (type === 'product') {
    const { products } = judgeProduct(partOf(card, 'action', ['catalog_id', 'product_retailer_id']));
    return { body: text ?? products.sections[0]?.productIds[0], buttons: [] };
  }
  const header = partOf(card, 'header', ['type', 'image', 'video']);
  const kind = wordOf(header, 'type', ['image', 'video']);
  const media = judgeMedia(partOf(header, kind, ['id', 'link']), kind, around, later);
  const [button] = judgeLink(partOf(card, 'action', ['name', 'parameters'])).buttons;
  return { header: media, body: text, buttons: button ? [{ ...button, index: place }] : [] };
};

const judgeCarousel = (action: Part, around: Surroundings, later: Later) => {
  const cards = partsOf(action, 'cards', cardKeys, { least: 2, most: 10 });
  if (new Set(cards.map(({ members }) => members['type'])).size > 1) throw invalid('All cards must be of one type.');
  return { cards: cards.map((card, place) => judgeCard(card, place, around, later)) };
};

const rulesOf: Readonly<Record<string, Rules>> = {
  button: { headers: allHeaders, body: BODY, judge: judgeReplies, actionKeys: ['buttons'] },
  list: { headers: ['text'], body: 4096, judge: judgeList, actionKeys: ['button', 'sections'] },
  cta_url: { headers: allHeaders, body: BODY, judge: judgeLink, actionKeys: ['name', 'parameters'] },
  flow: { headers: allHeaders, body: BODY, judge: judgeFlow, actionKeys: ['name', 'parameters'] },
  product: { headers: [], body: 'optional', judge: judgeProduct, actionKeys: ['catalog_id', 'product_retailer_id'] },
  product_list: { headers: ['text'], body: BODY, judge: judgeProducts, actionKeys: ['catalog_id', 'sections'] },
  catalog_message: { headers: [], body: BODY, judge: judgeCatalog, actionKeys: ['name', 'parameters'] },
  location_request_message: { headers: [], body: BODY, judge: judgeLocationRequest, actionKeys: ['name'] },
  request_contact_info: { headers: [], body: BODY, judge: judgeContactRequest, actionKeys: ['name'] },
  carousel: { headers: [], body: BODY, judge: judgeCarousel, actionKeys: ['cards'] },
};

/** Types that take a footer. */
const withFooter = ['button', 'list', 'cta_url', 'flow', 'product', 'product_list', 'catalog_message'];

const judgeBody = (part: Part, { body }: Rules): string | undefined => {
  if (body === 'none') return undefined;
  const given = body === 'optional' ? maybePartOf(part, 'body', ['text']) : partOf(part, 'body', ['text']);
  return given && textOf(given, 'text', { most: typeof body === 'number' ? body : BODY });
};

/** Judges `interactive` and says how it looks. Throws what Meta answers. */
export const judgeInteractive = (message: Part, around: Surroundings, later: Later): JudgedCard => {
  const part = partOf(message, 'interactive', ['type', 'header', 'body', 'footer', 'action']);
  const kind = wordOf(part, 'type', Object.keys(rulesOf));
  const rules = rulesOf[kind] as Rules;
  if (rules.headers.length === 0 && part.members['header'] !== undefined) throw invalid(`${kind} takes no header.`);
  if (!withFooter.includes(kind) && part.members['footer'] !== undefined) throw invalid(`${kind} takes no footer.`);
  if (kind === 'product_list') partOf(part, 'header', ['type', 'text']);
  const header = judgeHeader(maybePartOf(part, 'header', ['type', 'sub_text', ...allHeaders]), rules, around, later);
  const body = judgeBody(part, rules);
  const footer = maybePartOf(part, 'footer', ['text']);
  const action = partOf(part, 'action', rules.actionKeys);
  const { payloads = {}, ...looks } = rules.judge(action, around, later);
  const footerText = footer && textOf(footer, 'text', { most: FOOTER });
  return { content: { type: 'card', kind, header, body, footer: footerText, buttons: [], ...looks }, payloads };
};

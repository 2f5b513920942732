import { maybeFlagOf, type Part, partOf, partsOf, textOf, wordOf } from './sends/part.ts';
import { buttonsOf, componentKeys, judgeBody, judgeButtons, judgeHeader, refuse } from './template-component-rules.ts';

type Typed = { component: Part; type: string };

const OFFER_TEXT = 16;
const OFFER_BODY = 600;
const CARD_BODY = 160;
const CARD_BUTTONS = 2;
const CARDS = { least: 2, most: 10 };

/** A limited-time offer has a short text, and says whether it ends. */
export const judgeOffer = (component: Part): void => {
  const offer = partOf(component, 'limited_time_offer', ['text', 'has_expiration']);
  textOf(offer, 'text', { most: OFFER_TEXT });
  maybeFlagOf(offer, 'has_expiration');
};

/** What an offer asks of the rest of its template: a shorter body; a code to copy is the first button, a link follows. */
export const judgeOfferAround = (components: readonly Typed[]): void => {
  for (const { component, type } of components) {
    if (type === 'BODY') textOf(component, 'text', { most: OFFER_BODY });
    if (type === 'BUTTONS') judgeOfferButtons(component);
  }
};

const judgeOfferButtons = (part: Part): void => {
  const types = buttonsOf(part).map(({ type }) => type);
  const isInOrder = !types.includes('COPY_CODE') || (types[0] === 'COPY_CODE' && types[1] === 'URL');
  if (!isInOrder)
    throw refuse('Invalid parameter', 'The code of an offer is its first button, and its link the second.');
};

const judgeCardHeader = (header: Part, format: 'POSITIONAL' | 'NAMED'): void => {
  if (wordOf(header, 'format', ['IMAGE', 'VIDEO', 'PRODUCT']) !== 'PRODUCT') judgeHeader(header, format);
};

/** Judges a card and gives what all cards must have in common. */
const judgeCard = (card: Part, format: 'POSITIONAL' | 'NAMED'): string => {
  const parts = partsOf(card, 'components', componentKeys, { least: 1, most: 3 });
  const typed = parts.map((component) => ({
    component,
    type: wordOf(component, 'type', ['HEADER', 'BODY', 'BUTTONS']),
  }));
  const types = typed.map(({ type }) => type);
  if (new Set(types).size !== types.length || !types.includes('HEADER') || !types.includes('BUTTONS')) {
    throw refuse('Invalid parameter', 'A card has one header, one list of buttons and at most one body.');
  }
  const shapes = typed.map(({ component, type }) => {
    if (type === 'BODY') judgeBody(component, format, CARD_BODY);
    if (type === 'HEADER') judgeCardHeader(component, format);
    if (type !== 'BUTTONS') return `${type} ${String(component.members['format'])}`;
    judgeButtons(component);
    return buttonsOf(component, CARD_BUTTONS)
      .map((button) => button.type)
      .join(' ');
  });
  return shapes.join(', ');
};

/** Two to ten cards, each with media and buttons, all of the same build. */
export const judgeCarousel = (component: Part, format: 'POSITIONAL' | 'NAMED'): void => {
  const cards = partsOf(component, 'cards', ['components'], CARDS);
  const builds = new Set(cards.map((card) => judgeCard(card, format)));
  if (builds.size > 1) throw refuse('Invalid parameter', 'All cards of a carousel have the same components.');
};

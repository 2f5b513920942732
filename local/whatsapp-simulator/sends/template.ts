import { GraphRefusal } from '../graph-refusal.ts';
import type { CardButton, CardContent } from '../simulator-api.ts';
import type { TemplateRow } from '../world-rows.ts';
import type { JudgedCard } from './interactive.ts';
import type { Later, Surroundings } from './media-part.ts';
import { listOf, numberOf, openPart, type Part, partOf, partsOf, textOf, wordOf } from './part.ts';
import { fillButtons } from './template-buttons.ts';
import { type Filling, fillBody, fillHeader, judgeOffer, parameterKeys } from './template-parameters.ts';
import { isNamed, type Shape, shapeOf } from './template-shape.ts';

/** Finds a template of the sender's account. */
export type FindTemplate = (name: string, language: string) => TemplateRow | undefined;

const componentKeys = ['type', 'parameters', 'sub_type', 'index', 'cards'];
const componentTypes = ['header', 'body', 'button', 'limited_time_offer', 'carousel'] as const;
type ComponentType = (typeof componentTypes)[number];

/** Only APPROVED may be sent; a paused and a disabled one have their own codes, the rest does not exist. */
const assertSendable = (template: TemplateRow | undefined, name: string, language: string): TemplateRow => {
  if (template?.status === 'PAUSED') throw new GraphRefusal(132015, `template ${name} is paused due to low quality`);
  if (template?.status === 'DISABLED')
    throw new GraphRefusal(132016, `template ${name} is disabled due to low quality`);
  if (template?.status !== 'APPROVED') {
    throw new GraphRefusal(132001, `template name (${name}) does not exist in ${language}`, {
      message: '(#132001) Template name does not exist in the translation',
    });
  }
  return template;
};

const byType = (components: readonly Part[]) => {
  const typed = components.map((component) => ({ component, type: wordOf(component, 'type', componentTypes) }));
  const all = (type: ComponentType) => typed.filter((one) => one.type === type).map(({ component }) => component);
  const one = (type: ComponentType): Part | undefined => {
    const [first, second] = all(type);
    if (second) throw new GraphRefusal(131009, `components: ${type} is given twice`);
    return first;
  };
  return { all, one };
};

const parametersOf = (component: Part | undefined): Part[] =>
  component?.members['parameters'] === undefined
    ? []
    : partsOf(component, 'parameters', parameterKeys, { least: 0, most: 100 });

const fillShape = (shape: Shape, components: readonly Part[], filling: Filling) => {
  const { all, one } = byType(components);
  judgeOffer(one('limited_time_offer'), shape.hasOffer);
  const header = fillHeader(shape.header, parametersOf(one('header')), filling);
  const body = fillBody(shape.body, parametersOf(one('body')), filling);
  const filled = fillButtons(shape.buttons, all('button'));
  return { header, body, filled, carousel: one('carousel') };
};

type Filled = ReturnType<typeof fillShape>['filled'];

const numbered = (filled: Filled, from: number) => ({
  buttons: filled.map(({ button }, place): CardButton => ({ ...button, index: from + place })),
  payloads: Object.fromEntries(
    filled.flatMap(({ payload }, place) => (payload === undefined ? [] : [[from + place, payload] as const])),
  ),
});

const fillCards = (shape: Shape, carousel: Part | undefined, filling: Filling, from: number) => {
  const given = carousel ? partsOf(carousel, 'cards', ['card_index', 'components'], { least: 1, most: 10 }) : [];
  if (given.length !== shape.cards.length) {
    throw new GraphRefusal(132000, `carousel: ${given.length} cards do not match the expected ${shape.cards.length}`);
  }
  let next = from;
  const payloads: Record<number, string> = {};
  const cards = given.map((card, place) => {
    const cardShape = shape.cards[numberOf(card, 'card_index', place, place)] as Shape;
    const items = listOf(card, 'components', { least: 0, most: 20 });
    const parts = items.map((item, index) => openPart(item, `${card.path}['components'][${index}]`, componentKeys));
    const { header, body, filled } = fillShape(cardShape, parts, filling);
    const { buttons, payloads: mine } = numbered(filled, next);
    next += buttons.length;
    Object.assign(payloads, mine);
    return { header, body, buttons };
  });
  return { cards, payloads };
};

const componentsOf = (part: Part): Part[] =>
  part.members['components'] === undefined ? [] : partsOf(part, 'components', componentKeys, { least: 0, most: 30 });

/** Judges `template` against the approved one and says how it looks. Throws what Meta answers. */
export const judgeTemplate = (
  message: Part,
  findTemplate: FindTemplate,
  around: Surroundings,
  later: Later,
): JudgedCard & { template: TemplateRow } => {
  const part = partOf(message, 'template', ['name', 'language', 'components', 'namespace']);
  const name = textOf(part, 'name', { most: 512 });
  const language = textOf(partOf(part, 'language', ['code', 'policy']), 'code', { most: 20 });
  const components = componentsOf(part);
  const template = assertSendable(findTemplate(name, language), name, language);
  const shape = shapeOf(template.components);
  const filling = { named: isNamed(template), around, later };
  const { header, body, filled, carousel } = fillShape(shape, components, filling);
  const own = numbered(filled, 0);
  const { cards, payloads } = fillCards(shape, carousel, filling, own.buttons.length);
  const content: CardContent = {
    type: 'card',
    kind: 'template',
    template: { name, language, category: template.category },
    header,
    body,
    footer: shape.footer,
    buttons: own.buttons,
    ...(cards.length > 0 && { cards }),
  };
  return { template, content, payloads: { ...own.payloads, ...payloads } };
};

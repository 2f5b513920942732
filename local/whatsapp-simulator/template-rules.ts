import { GraphRefusal } from './graph-refusal.ts';
import { maybeTextOf, openPart, type Part, partsOf, textOf, wordOf } from './sends/part.ts';
import { componentKeys, judgeBody, judgeButtons, judgeFooter, judgeHeader } from './template-component-rules.ts';
import { judgeCarousel, judgeOffer, judgeOfferAround } from './template-kind-rules.ts';

/** What is asked of a new template. */
export interface TemplateWish {
  name: string;
  language: string;
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION';
  parameterFormat: 'POSITIONAL' | 'NAMED';
  components: Record<string, unknown>[];
  ttlSeconds?: number;
}

export const categories = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const;

const languages =
  'af ar bn bg ca zh_CN zh_HK zh_TW hr cs da nl en en_GB en_US et fil fi fr de el he hi hu id ga it ja ko lv lt mk ms nb pl pt_BR pt_PT ro ru sr sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_ES es_HN es_MX es_PA es_PE es_UY sv th tr uk ur uz vi'.split(
    ' ',
  );

type Format = TemplateWish['parameterFormat'];

const componentJudges: Readonly<Record<string, (part: Part, format: Format) => void>> = {
  BODY: judgeBody,
  HEADER: judgeHeader,
  FOOTER: judgeFooter,
  BUTTONS: judgeButtons,
  CAROUSEL: judgeCarousel,
  LIMITED_TIME_OFFER: judgeOffer,
};

/** Body and footer of an authentication template are Meta's own. */
const isJudged = (type: string, category: string): boolean =>
  category !== 'AUTHENTICATION' || (type !== 'BODY' && type !== 'FOOTER');

const componentTypes = Object.keys(componentJudges);

const judgeComponents = (body: Part, format: Format, category: string): void => {
  const components = partsOf(body, 'components', componentKeys, { least: 1, most: 10 });
  const typed = components.map((component) => ({ component, type: wordOf(component, 'type', componentTypes) }));
  const types = typed.map(({ type }) => type);
  if (new Set(types).size !== types.length) throw new GraphRefusal(100, 'A component is there twice.');
  if (!types.includes('BODY')) throw new GraphRefusal(100, 'A template needs a BODY.');
  for (const { component, type } of typed) {
    if (isJudged(type, category)) componentJudges[type]?.(component, format);
  }
  if (types.includes('LIMITED_TIME_OFFER')) judgeOfferAround(typed);
};

/** What sends say by codes of their own, calls about templates say by 100. */
const asInvalidParameter = <Result>(judge: () => Result): Result => {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof GraphRefusal) || error.code === 100) throw error;
    throw new GraphRefusal(100, error.details, { message: 'Invalid parameter', userTitle: 'Invalid parameter' });
  }
};

const times: Readonly<Record<TemplateWish['category'], [number, number]>> = {
  AUTHENTICATION: [30, 900],
  UTILITY: [30, 43_200],
  MARKETING: [43_200, 2_592_000],
};

const ttlOf = (part: Part, category: TemplateWish['category']): number | undefined => {
  const ttl = part.members['message_send_ttl_seconds'];
  if (ttl === undefined || (ttl === -1 && category !== 'MARKETING')) return ttl;
  const [least, most] = times[category];
  if (typeof ttl !== 'number' || ttl < least || ttl > most) {
    throw new GraphRefusal(100, `message_send_ttl_seconds must be from ${least} to ${most}.`);
  }
  return ttl;
};

const keys = [
  'name',
  'language',
  'category',
  'parameter_format',
  'components',
  'message_send_ttl_seconds',
  'allow_category_change',
  'sub_category',
];

const readNewTemplate = (body: unknown): TemplateWish => {
  const part: Part = { ...openPart(body, 'body', keys), path: '' };
  const name = textOf(part, 'name', { most: 512 });
  if (!/^[a-z0-9_]+$/.test(name))
    throw new GraphRefusal(100, 'name may hold only lower-case letters, digits and underscores.');
  const language = wordOf(part, 'language', languages);
  const category = wordOf(part, 'category', categories);
  const format =
    maybeTextOf(part, 'parameter_format', { most: 20 })?.toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL';
  judgeComponents(part, format, category);
  const components = part.members['components'] as Record<string, unknown>[];
  return { name, language, category, parameterFormat: format, components, ttlSeconds: ttlOf(part, category) };
};

/** Judges `POST /{account}/message_templates`. Source: Meta, "Templates", components and limits. */
export const judgeNewTemplate = (body: unknown): TemplateWish => asInvalidParameter(() => readNewTemplate(body));

const readNewComponents = (body: unknown, format: Format, category: string) => {
  const part: Part = {
    ...openPart(body, 'body', ['components', 'category', 'message_send_ttl_seconds', 'parameter_format']),
    path: '',
  };
  if (part.members['components'] !== undefined) judgeComponents(part, format, category);
  return part.members as { components?: Record<string, unknown>[]; category?: string };
};

/** Judges what an edit brings: all components anew. */
export const judgeNewComponents = (body: unknown, format: Format, category: string) =>
  asInvalidParameter(() => readNewComponents(body, format, category));

import * as z from 'zod/mini';

type Schema = z.ZodMiniType;

/** The schema within what is optional or a list. */
const within = (schema: Schema): Schema => {
  const { def } = schema as z.ZodMiniOptional<Schema> | z.ZodMiniArray<Schema>;
  if (def.type === 'optional') return within(def.innerType);
  return def.type === 'array' ? within(def.element) : schema;
};

/** The schema at a place below an object, and undefined where there is none. */
const at = (schema: Schema | undefined, ...[name, ...rest]: string[]): Schema | undefined => {
  if (name === undefined || schema === undefined) return schema;
  const { def } = schema as z.ZodMiniObject<Record<string, Schema>>;
  const member = def.type === 'object' ? def.shape[name] : undefined;
  return at(member && within(member), ...rest);
};

const literalOf = (schema: Schema | undefined): string[] => {
  const def = (schema as z.ZodMiniLiteral<string> | undefined)?.def;
  return def?.type === 'literal' ? [...def.values] : [];
};

const optionsOf = (schema: Schema | undefined): readonly Schema[] => {
  const def = (schema as z.ZodMiniUnion<readonly Schema[]> | undefined)?.def;
  return def?.type === 'union' ? def.options : [];
};

/** The choices of a union, by the word in their member `tag`. */
const choicesOf = (schema: Schema | undefined, tag: string): Map<string, Schema> =>
  new Map(optionsOf(schema).flatMap((option) => literalOf(at(option, tag)).map((word) => [word, option] as const)));

const pascalCase = (word: string): string =>
  word
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

const name = (schema: Schema | undefined, id: string): void => {
  if (schema) z.globalRegistry.add(schema, { id });
};

const nameChoices = (choices: Map<string, Schema>, nameOf: (word: string) => string): void => {
  for (const [word, schema] of choices) name(schema, nameOf(pascalCase(word)));
};

/** The components of a template or of a card in it: one of each type, and buttons, which are of several kinds. */
const nameComponents = (components: Schema | undefined, owner: string): void => {
  nameChoices(choicesOf(components, 'type'), (type) => `${owner}${type}`);
  for (const buttons of optionsOf(components).filter((option) => optionsOf(option).length > 0)) {
    name(buttons, `${owner}Button`);
    nameChoices(choicesOf(buttons, 'sub_type'), (kind) => `${owner}${kind}Button`);
  }
};

/**
 * Gives the parts of a message's content names of their own in the document: its types, the kinds of interactive messages
 * and the components of a template. Without them it would be one schema of a thousand lines, and that in each place.
 */
export const nameContent = (content: Schema): void => {
  const types = choicesOf(content, 'type');
  nameChoices(types, (type) => `${type}Content`);
  name(at(types.get('contacts'), 'contacts'), 'ContactCard');
  nameChoices(choicesOf(at(types.get('interactive'), 'interactive'), 'type'), (kind) => `Interactive${kind}`);
  const components = at(types.get('template'), 'template', 'components');
  nameComponents(components, 'Template');
  const card = at(choicesOf(components, 'type').get('carousel'), 'cards');
  name(card, 'TemplateCard');
  nameComponents(at(card, 'components'), 'Card');
};

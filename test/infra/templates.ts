import { type CloudFormationTemplate, type StackName, synthesize, type TemplateResource } from '../../lib/app.ts';

export type Templates = Record<StackName, CloudFormationTemplate>;

const made = new Map<string, Templates>();

/** The templates of a stage, made once per test file. */
export const templatesOf = (stage: string, context?: Record<string, unknown>): Templates => {
  const name = JSON.stringify([stage, context]);
  const templates = made.get(name) ?? synthesize({ stage, ...(context && { context }) });
  made.set(name, templates);
  return templates;
};

/** Logical ids without the hash that the CDK puts behind. */
const bare = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');

const exportsOf = (templates: Templates): Map<unknown, unknown> =>
  new Map(
    Object.values(templates)
      .flatMap(({ Outputs = {} }) => Object.values(Outputs))
      .map(({ Value, Export }) => [Export?.Name, Value]),
  );

/**
 * A template's value in words: `<Table.Arn>/index/gsi1` instead of intrinsic functions within one another, imports
 * followed to what they are.
 */
export const inWords = (templates: Templates, value: unknown): unknown => {
  const imports = exportsOf(templates);
  const say = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(say);
    if (typeof part !== 'object' || part === null) return part;
    const [[name, argument] = [], ...more] = Object.entries(part);
    if (more.length > 0) return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, say(inner)]));
    if (name === 'Ref') return `<${bare(String(argument))}>`;
    if (name === 'Fn::GetAtt') return `<${bare(argument[0])}.${argument[1]}>`;
    if (name === 'Fn::ImportValue') return say(imports.get(argument));
    if (name === 'Fn::Join') return argument[1].map(say).join(argument[0]);
    return name === undefined ? part : { [name]: say(argument) };
  };
  return say(value);
};

/** All resources of one type, by logical id. */
export const resourcesOf = (template: CloudFormationTemplate, type: string): [string, TemplateResource][] =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

/** The properties of the only resource of a type; with a part of its id, of the only one that has it. */
export const only = (
  template: CloudFormationTemplate,
  type: string,
  idPart = '',
): NonNullable<TemplateResource['Properties']> => {
  const some = resourcesOf(template, type).filter(([id]) => id.includes(idPart));
  // a part of an id may be the whole of another, but for its hash
  const whole = some.filter(([id]) => id.replace(/[0-9A-F]{8}$/, '') === idPart);
  const found = whole.length > 0 ? whole : some;
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} resources of type ${type} ${idPart}`);
  return first[1].Properties ?? {};
};

/** One statement as the tests write it. */
export interface Statement {
  actions: string[];
  resources: unknown[];
  condition?: unknown;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** What the role behind a reference may do, in words. */
export const statementsOf = (templates: Templates, stack: StackName, roleId: string): Statement[] =>
  resourcesOf(templates[stack], 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => Properties?.['Roles'].some((role: { Ref: string }) => role.Ref === roleId))
    .flatMap(([, { Properties }]) => Properties?.['PolicyDocument'].Statement)
    .map(({ Effect, Action, Resource, Condition }) => {
      if (Effect !== 'Allow') throw new Error(`an identity policy that says ${Effect}`);
      return {
        actions: list(Action).map(String).sort(),
        resources: list(inWords(templates, Resource)).sort(),
        ...(Condition && { condition: inWords(templates, Condition) }),
      };
    });

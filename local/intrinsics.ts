import { attributeOf, type Named, namePropertyOf, type Place, refOf } from './identities.ts';

/** A resource of a synthesized stack. */
export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
  Condition?: string;
  Metadata?: Record<string, unknown>;
}

/** A stack as CDK synthesizes it: what the local cloud reads of it. */
interface CloudFormationTemplate {
  Resources?: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
  Parameters?: Record<string, unknown>;
  Conditions?: Record<string, unknown>;
  Mappings?: Record<string, unknown>;
}

/** Templates by the short name of their stack. */
export type Templates = Readonly<Record<string, CloudFormationTemplate>>;

/** Resolves values of one stack; other stacks are reached through their exports. */
export interface Resolver {
  resolve: (stack: string, value: unknown) => unknown;
  /** Does the resource exist under its condition? */
  exists: (stack: string, logicalId: string) => boolean;
}

interface Scope extends Place {
  stack: string;
  template: CloudFormationTemplate;
  resolve: (value: unknown) => unknown;
  importValue: (name: string) => unknown;
}

const NO_VALUE = Symbol('AWS::NoValue');

const pseudoParameters: Readonly<Record<string, (scope: Scope) => unknown>> = {
  'AWS::Region': ({ region }) => region,
  'AWS::AccountId': ({ accountId }) => accountId,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackName': ({ stack }) => stack,
  'AWS::StackId': ({ stack, region, accountId }) =>
    `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/00000000-0000-0000-0000-000000000000`,
  'AWS::NoValue': () => NO_VALUE,
};

const refuse = (scope: Scope, problem: string): never => {
  throw new Error(`the template of the stack ${scope.stack} cannot be read: ${problem}`);
};

const text = (value: unknown, scope: Scope, what: string): string =>
  typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : refuse(scope, `${what} is not text but ${JSON.stringify(value)}`);

const list = (value: unknown, scope: Scope, what: string): unknown[] => {
  const resolved = scope.resolve(value);
  return Array.isArray(resolved) ? resolved : refuse(scope, `${what} takes a list, not ${JSON.stringify(value)}`);
};

/** As CloudFormation makes a name up: of a FIFO queue it has to end so. */
const madeUpName = (logicalId: string, { Type, Properties }: TemplateResource, { stack }: Scope): string =>
  `${stack}-${logicalId}${Type === 'AWS::SQS::Queue' && Properties?.FifoQueue === true ? '.fifo' : ''}`;

const namedOf = (logicalId: string, resource: TemplateResource, scope: Scope): Named => {
  const nameProperty = namePropertyOf(resource.Type);
  const given = nameProperty && resource.Properties?.[nameProperty];
  const name = given
    ? text(scope.resolve(given), scope, `${logicalId}.${nameProperty}`)
    : madeUpName(logicalId, resource, scope);
  const { region, accountId, url, secretArns } = scope;
  return { region, accountId, url, secretArns, logicalId, name };
};

const resourceOf = (logicalId: string, scope: Scope): TemplateResource =>
  scope.template.Resources?.[logicalId] ?? refuse(scope, `there is no resource ${logicalId}`);

const ref = (argument: unknown, scope: Scope): unknown => {
  const name = text(argument, scope, 'Ref');
  const pseudo = pseudoParameters[name];
  if (pseudo) return pseudo(scope);
  const parameter = scope.template.Parameters?.[name] as { Default?: unknown } | undefined;
  if (parameter) return parameter.Default ?? refuse(scope, `the parameter ${name} has no default`);
  const resource = resourceOf(name, scope);
  return refOf(resource.Type, namedOf(name, resource, scope));
};

const getAttribute = (argument: unknown, scope: Scope): string => {
  const [logicalId = '', ...rest] =
    typeof argument === 'string' ? argument.split('.') : list(argument, scope, 'Fn::GetAtt');
  const resource = resourceOf(text(logicalId, scope, 'Fn::GetAtt'), scope);
  return attributeOf(resource.Type, rest.join('.'), namedOf(String(logicalId), resource, scope));
};

const join = (argument: unknown, scope: Scope): string => {
  const [separator, parts] = list(argument, scope, 'Fn::Join');
  return list(parts, scope, 'Fn::Join')
    .map((part) => text(part, scope, 'a part of Fn::Join'))
    .join(String(separator));
};

const substitute = (argument: unknown, scope: Scope): string => {
  const [pattern, values] = Array.isArray(argument) ? argument : [argument, {}];
  const given = scope.resolve(values) as Record<string, unknown>;
  return text(pattern, scope, 'Fn::Sub').replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const value = given[name] ?? (name.includes('.') ? getAttribute(name, scope) : ref(name, scope));
    return text(value, scope, `\${${name}}`);
  });
};

const select = (argument: unknown, scope: Scope): unknown => {
  const [index, values] = list(argument, scope, 'Fn::Select');
  return list(values, scope, 'Fn::Select')[Number(index)] ?? refuse(scope, `Fn::Select has no element ${index}`);
};

const split = (argument: unknown, scope: Scope): string[] => {
  const [separator, value] = list(argument, scope, 'Fn::Split');
  return text(value, scope, 'Fn::Split').split(String(separator));
};

const condition = (argument: unknown, scope: Scope): boolean => {
  const name = text(argument, scope, 'Condition');
  const definition = scope.template.Conditions?.[name] ?? refuse(scope, `there is no condition ${name}`);
  return Boolean(scope.resolve(definition));
};

const choose = (argument: unknown, scope: Scope): unknown => {
  const [name, yes, no] = Array.isArray(argument) ? argument : refuse(scope, 'Fn::If takes a list');
  return scope.resolve(condition(name, scope) ? yes : no);
};

const memberOf = (value: unknown, name: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[String(name)] : undefined;

const findInMap = (argument: unknown, scope: Scope): unknown => {
  const path = list(argument, scope, 'Fn::FindInMap');
  const found = path.reduce(memberOf, scope.template.Mappings);
  return found ?? refuse(scope, `there is no mapping ${path.join('.')}`);
};

const intrinsics: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: ref,
  Condition: condition,
  'Fn::GetAtt': getAttribute,
  'Fn::Join': join,
  'Fn::Sub': substitute,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(scope.resolve(argument), scope, 'Fn::ImportValue')),
  'Fn::If': choose,
  'Fn::FindInMap': findInMap,
  'Fn::Equals': (argument, scope) => {
    const [first, second] = list(argument, scope, 'Fn::Equals');
    return first === second;
  },
  'Fn::And': (argument, scope) => list(argument, scope, 'Fn::And').every(Boolean),
  'Fn::Or': (argument, scope) => list(argument, scope, 'Fn::Or').some(Boolean),
  'Fn::Not': (argument, scope) => !list(argument, scope, 'Fn::Not')[0],
};

/** `{ "Condition": … }` is an intrinsic only with the name of a condition; policies have a member of that name. */
const intrinsicName = (value: Record<string, unknown>): string | undefined => {
  const [name = '', ...others] = Object.keys(value);
  if (others.length > 0) return undefined;
  if (name === 'Ref' || name.startsWith('Fn::')) return name;
  return name === 'Condition' && typeof value[name] === 'string' ? name : undefined;
};

const resolveObject = (value: Record<string, unknown>, scope: Scope): unknown => {
  const name = intrinsicName(value);
  if (name === undefined) {
    const members = Object.entries(value).map(([key, member]) => [key, scope.resolve(member)] as const);
    return Object.fromEntries(members.filter(([, member]) => member !== NO_VALUE));
  }
  const intrinsic = intrinsics[name] ?? refuse(scope, `the intrinsic ${name} is not known to the local cloud`);
  return intrinsic(value[name], scope);
};

const resolveValue = (value: unknown, scope: Scope): unknown => {
  if (Array.isArray(value)) return value.map(scope.resolve).filter((element) => element !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  return resolveObject(value as Record<string, unknown>, scope);
};

/**
 * Evaluates the intrinsic functions of synthesized templates as CloudFormation would, with local names and addresses.
 * Throws on any function, attribute or reference that it does not know.
 */
export const createResolver = (templates: Templates, place: Place): Resolver => {
  const scopes = new Map<string, Scope>();
  const importValue = (name: string): unknown => {
    for (const [stack, { Outputs = {} }] of Object.entries(templates)) {
      const output = Object.values(Outputs).find((one) => one.Export && resolve(stack, one.Export.Name) === name);
      if (output) return resolve(stack, output.Value);
    }
    throw new Error(`no stack exports ${name}`);
  };
  const scopeOf = (stack: string): Scope => {
    const known = scopes.get(stack);
    if (known) return known;
    const template = templates[stack];
    if (!template) throw new Error(`there is no stack ${stack}`);
    const scope: Scope = { ...place, stack, template, importValue, resolve: (value) => resolveValue(value, scope) };
    scopes.set(stack, scope);
    return scope;
  };
  const resolve = (stack: string, value: unknown): unknown => scopeOf(stack).resolve(value);
  const exists = (stack: string, logicalId: string): boolean => {
    const name = templates[stack]?.Resources?.[logicalId]?.Condition;
    return name === undefined || condition(name, scopeOf(stack));
  };
  return { resolve, exists };
};

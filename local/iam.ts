import type { Access } from './engines/engine.ts';

type OneOrMore<Value> = Value | readonly Value[];

/** A statement of an identity policy, in the forms that our own constructs emit. */
export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: OneOrMore<string>;
  Resource: OneOrMore<string>;
  Condition?: Record<string, Record<string, OneOrMore<string | boolean>>>;
}

/** An identity policy with every reference resolved to a literal. */
export interface PolicyDocument {
  Version?: string;
  Statement: OneOrMore<PolicyStatement>;
}

/** How a question was answered: explicit deny wins, and what nobody allowed is denied. */
export type Decision = 'allowed' | 'explicitly-denied' | 'implicitly-denied';

type Test = (access: Access) => boolean;

const toList = <Value>(value: OneOrMore<Value>): Value[] => (Array.isArray(value) ? [...value] : [value as Value]);

const unsupported = (what: string, statement: object): Error =>
  new Error(`the local policy evaluator does not know ${what}: ${JSON.stringify(statement)}`);

/** A pattern of IAM, `*` for any text and `?` for one character, as a test of the whole text. */
const wildcard = (pattern: string, flags = ''): ((text: string) => boolean) => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, `s${flags}`);
  return (text) => expression.test(text);
};

const splitArn = (arn: string): string[] => {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/** In an ARN condition a wildcard stays within its part between the colons. */
const arnPattern = (pattern: string): ((text: string) => boolean) => {
  const parts = splitArn(pattern).map((part) => wildcard(part));
  return (text) => {
    const given = splitArn(text);
    return parts.every((matches, place) => matches(given[place] ?? ''));
  };
};

type Matcher = (pattern: string) => (text: string) => boolean;

const equals: Matcher = (expected) => (text) => text === expected;

const singleValued: Record<string, Matcher> = {
  StringEquals: equals,
  StringLike: (pattern) => wildcard(pattern),
  ArnEquals: arnPattern,
  ArnLike: arnPattern,
  Bool: (expected) => (text) => text.toLowerCase() === expected.toLowerCase(),
};

const forAllValues: Record<string, Matcher> = {
  'ForAllValues:StringEquals': equals,
  'ForAllValues:StringLike': (pattern) => wildcard(pattern),
};

/** Condition keys are compared without regard to case. */
const valuesOf = (access: Access, key: string): string[] | undefined => {
  const wanted = key.toLowerCase();
  const found = Object.entries(access.context ?? {}).find(([name]) => name.toLowerCase() === wanted);
  return found && toList<string>(found[1]);
};

const compileCondition = (operator: string, key: string, expected: string[], statement: object): Test => {
  if (operator === 'Null') {
    const absent = expected.includes('true');
    return (access) => (valuesOf(access, key) === undefined) === absent;
  }
  const every = forAllValues[operator];
  const matcher = every ?? singleValued[operator];
  if (!matcher) throw unsupported(`the condition operator ${operator}`, statement);
  const tests = expected.map(matcher);
  const matches = (value: string) => tests.some((test) => test(value));
  if (every) return (access) => (valuesOf(access, key) ?? []).every(matches);
  return (access) => (valuesOf(access, key) ?? []).some(matches);
};

const compileConditions = (statement: PolicyStatement): Test[] =>
  Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, expected]) =>
      compileCondition(operator, key, toList<string | boolean>(expected).map(String), statement),
    ),
  );

const knownFields = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition']);

const literals = (statement: PolicyStatement, field: 'Action' | 'Resource'): string[] => {
  const values = toList<unknown>(statement[field]);
  for (const value of values) {
    if (typeof value !== 'string') throw unsupported(`a ${field} that is not text`, statement);
    if (value.includes('${')) throw unsupported(`policy variables in ${field}`, statement);
  }
  return values as string[];
};

const compileStatement = (statement: PolicyStatement): { effect: 'Allow' | 'Deny'; applies: Test } => {
  const foreign = Object.keys(statement).find((field) => !knownFields.has(field));
  if (foreign) throw unsupported(`the statement element ${foreign}`, statement);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw unsupported('this Effect', statement);
  const actions = literals(statement, 'Action').map((pattern) => wildcard(pattern, 'i'));
  const resources = literals(statement, 'Resource').map((pattern) => wildcard(pattern));
  const conditions = compileConditions(statement);
  return {
    effect: statement.Effect,
    applies: (access) =>
      actions.some((matches) => matches(access.action)) &&
      resources.some((matches) => matches(access.resource)) &&
      conditions.every((holds) => holds(access)),
  };
};

/**
 * Reads identity policies once, for many questions. Throws an error naming any statement form that it does not know
 * (NotAction, NotResource, Principal, another condition operator, an unresolved reference), so that a policy is never
 * taken for less or more than AWS would take it for.
 */
export function compilePolicies(policies: readonly PolicyDocument[]): (access: Access) => Decision {
  const statements = policies.flatMap((policy) => toList<PolicyStatement>(policy.Statement)).map(compileStatement);
  return (access) => {
    const applying = statements.filter((statement) => statement.applies(access));
    if (applying.some((statement) => statement.effect === 'Deny')) return 'explicitly-denied';
    return applying.length > 0 ? 'allowed' : 'implicitly-denied';
  };
}

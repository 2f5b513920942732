/** A plain value of an item. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value | undefined };

type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** One condition on an item's attributes. */
export type Condition =
  | { attribute: string; is: Comparison; value: Value }
  | { attribute: string; exists: boolean }
  | { anyOf: readonly Condition[] };

export const exists: Condition = { attribute: 'pk', exists: true };
export const missing: Condition = { attribute: 'pk', exists: false };
export const where = (attribute: string, is: Comparison, value: Value): Condition => ({ attribute, is, value });

/** Changes to one item: absolute values, differences, attributes to drop. */
export interface Change {
  set?: { readonly [attribute: string]: Value | undefined };
  add?: { readonly [attribute: string]: number };
  remove?: readonly string[];
}

interface Expression {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value>;
}

/** Collects names and values behind short aliases, so that no attribute name meets a reserved word. */
const aliases = () => {
  const names = new Map<string, string>();
  const values: Record<string, Value> = {};
  return {
    name: (attribute: string) => {
      const alias = names.get(attribute) ?? `#${names.size}`;
      names.set(attribute, alias);
      return alias;
    },
    value: (value: Value) => {
      const alias = `:${Object.keys(values).length}`;
      values[alias] = value;
      return alias;
    },
    expression: (): Expression => ({
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...names].map(([attribute, alias]) => [alias, attribute])),
      }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  };
};

type Aliases = ReturnType<typeof aliases>;

const conditionText = (condition: Condition, alias: Aliases): string => {
  if ('anyOf' in condition) return `(${condition.anyOf.map((one) => conditionText(one, alias)).join(' OR ')})`;
  const name = alias.name(condition.attribute);
  if ('exists' in condition) return condition.exists ? `attribute_exists(${name})` : `attribute_not_exists(${name})`;
  return `${name} ${condition.is} ${alias.value(condition.value)}`;
};

const conditionsText = (conditions: readonly Condition[], alias: Aliases) =>
  conditions.length > 0 && {
    ConditionExpression: conditions.map((condition) => conditionText(condition, alias)).join(' AND '),
  };

const isDefined = <V>(entry: [string, V | undefined]): entry is [string, V] => entry[1] !== undefined;

const updateText = ({ set = {}, add = {}, remove = [] }: Change, alias: Aliases): string => {
  const clause = (word: string, parts: string[]) => (parts.length > 0 ? [`${word} ${parts.join(', ')}`] : []);
  const sets = Object.entries(set).filter(isDefined);
  return [
    ...clause(
      'SET',
      sets.map(([name, value]) => `${alias.name(name)} = ${alias.value(value)}`),
    ),
    ...clause(
      'ADD',
      Object.entries(add).map(([name, value]) => `${alias.name(name)} ${alias.value(value)}`),
    ),
    ...clause(
      'REMOVE',
      remove.map((name) => alias.name(name)),
    ),
  ].join(' ');
};

/** The expression members of a conditional put, delete or check. */
export const conditionExpression = (conditions: readonly Condition[] = []) => {
  const alias = aliases();
  const text = conditionsText(conditions, alias);
  return { ...text, ...alias.expression() };
};

/** The expression members of a conditional update. */
export const updateExpression = (change: Change, conditions: readonly Condition[] = []) => {
  const alias = aliases();
  const UpdateExpression = updateText(change, alias);
  const text = conditionsText(conditions, alias);
  return { UpdateExpression, ...text, ...alias.expression() };
};

/** The expression members of a query: one partition, and a range of its sort keys. */
export const rangeExpression = (
  keyNames: { partitionKey: string; sortKey: string },
  range: { partition: string; prefix?: string; between?: readonly [first: string, last: string] },
) => {
  const alias = aliases();
  const sortKey = () => alias.name(keyNames.sortKey);
  const parts = [`${alias.name(keyNames.partitionKey)} = ${alias.value(range.partition)}`];
  if (range.prefix !== undefined) parts.push(`begins_with(${sortKey()}, ${alias.value(range.prefix)})`);
  if (range.between !== undefined) {
    const [first, last] = range.between;
    parts.push(`${sortKey()} BETWEEN ${alias.value(first)} AND ${alias.value(last)}`);
  }
  return { KeyConditionExpression: parts.join(' AND '), ...alias.expression() };
};

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '#core/errors.ts';
import { fromCursor, toCursor } from '#platform/cursor.ts';
import {
  conditionExpression,
  exists,
  missing,
  rangeExpression,
  updateExpression,
  where,
} from '#platform/expression.ts';

const refusal = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return isAppError(error) ? error.code : error;
  }
};

describe('a cursor', () => {
  const scope = { attribute: 'pk', value: 'S#mine', attributes: ['pk', 'sk'] };
  const position = { pk: 'S#mine', sk: 'CATEGORY#ñandú' };

  it('comes back as the position it was made of', () => {
    expect(fromCursor(toCursor(position), scope)).toEqual(position);
    expect(fromCursor(undefined, scope)).toBeUndefined();
    expect(toCursor(position)).toMatch(/^[\w-]+$/);
  });

  it.each([
    ['another partition', { pk: 'S#theirs', sk: 'x' }],
    ['a partition that begins like it', { pk: 'S#mine#PRODUCTS', sk: 'x' }],
    ['no partition', { sk: 'x' }],
    ['attributes beyond the keys', { ...position, gsi1pk: 'x' }],
    ['a key missing', { pk: 'S#mine' }],
    ['values that are no texts', { pk: 'S#mine', sk: 7 }],
    ['an empty key', { pk: 'S#mine', sk: '' }],
    ['a list', ['S#mine']],
  ])('with %s is refused', (_, given) => {
    expect(refusal(() => fromCursor(toCursor(given as Record<string, unknown>), scope))).toBe('request.invalid');
  });

  it('outside of the list is refused', () => {
    const holds = ({ sk = '' }: Record<string, string>) => sk.startsWith('USER#');
    expect(refusal(() => fromCursor(toCursor(position), { ...scope, holds }))).toBe('request.invalid');
    const within = { pk: 'S#mine', sk: 'USER#1' };
    expect(fromCursor(toCursor(within), { ...scope, holds })).toEqual(within);
  });

  it('of garbage is refused, and never anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.json().map((json) => Buffer.from(json).toString('base64url')),
        ),
        (text) => {
          expect(refusal(() => fromCursor(text, scope))).toBe('request.invalid');
        },
      ),
    );
  });
});

describe('expressions', () => {
  it('of conditions hide every name and value behind an alias', () => {
    expect(conditionExpression([where('state', '=', 'active'), where('expiresAt', '>', 'x'), missing, exists])).toEqual(
      {
        ConditionExpression: '#0 = :0 AND #1 > :1 AND attribute_not_exists(#2) AND attribute_exists(#2)',
        ExpressionAttributeNames: { '#0': 'state', '#1': 'expiresAt', '#2': 'pk' },
        ExpressionAttributeValues: { ':0': 'active', ':1': 'x' },
      },
    );
    expect(conditionExpression()).toEqual({});
  });

  it('of alternatives stand in brackets', () => {
    const { ConditionExpression } = conditionExpression([
      { anyOf: [missing, where('version', '=', 1)] },
      where('a', '<>', 2),
    ]) as {
      ConditionExpression: string;
    };
    expect(ConditionExpression).toBe('(attribute_not_exists(#0) OR #1 = :0) AND #2 <> :1');
  });

  it('of updates set, add and remove, and leave out what is undefined', () => {
    expect(
      updateExpression({ set: { a: 1, b: undefined, c: null }, add: { n: -2 }, remove: ['x', 'a'] }, [exists]),
    ).toEqual({
      UpdateExpression: 'SET #0 = :0, #1 = :1 ADD #2 :2 REMOVE #3, #0',
      ConditionExpression: 'attribute_exists(#4)',
      ExpressionAttributeNames: { '#0': 'a', '#1': 'c', '#2': 'n', '#3': 'x', '#4': 'pk' },
      ExpressionAttributeValues: { ':0': 1, ':1': null, ':2': -2 },
    });
  });

  it('of ranges name one partition and what part of it', () => {
    const names = { partitionKey: 'pk', sortKey: 'sk' };
    expect(rangeExpression(names, { partition: 'p' }).KeyConditionExpression).toBe('#0 = :0');
    expect(rangeExpression(names, { partition: 'p', prefix: 'a' }).KeyConditionExpression).toBe(
      '#0 = :0 AND begins_with(#1, :1)',
    );
    expect(rangeExpression(names, { partition: 'p', between: ['a', 'b'] })).toEqual({
      KeyConditionExpression: '#0 = :0 AND #1 BETWEEN :1 AND :2',
      ExpressionAttributeNames: { '#0': 'pk', '#1': 'sk' },
      ExpressionAttributeValues: { ':0': 'p', ':1': 'a', ':2': 'b' },
    });
  });

  it('use every alias they define and define every alias they use, whatever the names', () => {
    const name = fc.string({ minLength: 1, maxLength: 12 });
    const set = fc.dictionary(name, fc.oneof(fc.integer(), fc.string(), fc.constant(undefined)), {
      maxKeys: 6,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(
        set,
        fc.array(name, { maxLength: 3 }),
        fc.array(fc.tuple(name, fc.integer()), { maxLength: 4 }),
        (values, remove, wheres) => {
          const built = updateExpression(
            { set: values, remove },
            wheres.map(([attribute, value]) => where(attribute, '>=', value)),
          );
          const text = `${built.UpdateExpression} ${'ConditionExpression' in built ? built.ConditionExpression : ''}`;
          const used = new Set(text.match(/[#:]\d+/g));
          const defined = [
            ...Object.keys(built.ExpressionAttributeNames ?? {}),
            ...Object.keys(built.ExpressionAttributeValues ?? {}),
          ];
          expect(used).toEqual(new Set(defined));
        },
      ),
    );
  });
});

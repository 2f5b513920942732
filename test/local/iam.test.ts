import { describe, expect, it } from 'vitest';
import type { Access } from '../../local/engines/engine.ts';
import { compilePolicies, type PolicyStatement } from '../../local/iam.ts';

const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Shop';
const decide = (statements: PolicyStatement | PolicyStatement[], access: Partial<Access>) =>
  compilePolicies([{ Version: '2012-10-17', Statement: statements }])({
    action: 'dynamodb:PutItem',
    resource: table,
    ...access,
  });
const allow = (more: Partial<PolicyStatement> = {}): PolicyStatement => ({
  Effect: 'Allow',
  Action: 'dynamodb:PutItem',
  Resource: table,
  ...more,
});

describe('what a statement covers', () => {
  it.each([
    ['an action it names', allow(), {}, 'allowed'],
    ['no other action', allow(), { action: 'dynamodb:GetItem' }, 'implicitly-denied'],
    ['no other table', allow(), { resource: `${table}2` }, 'implicitly-denied'],
    ['no index of the table unless named', allow(), { resource: `${table}/index/gsi1` }, 'implicitly-denied'],
    [
      'indexes by a star',
      allow({ Resource: [table, `${table}/index/*`] }),
      { resource: `${table}/index/gsi1` },
      'allowed',
    ],
    ['actions in any case', allow({ Action: 'DynamoDB:putitem' }), {}, 'allowed'],
    ['resources in their own case only', allow({ Resource: table.toUpperCase() }), {}, 'implicitly-denied'],
    ['actions by a star', allow({ Action: ['dynamodb:Put*'] }), {}, 'allowed'],
    ['one character by a question mark', allow({ Resource: `${table.slice(0, -1)}?` }), {}, 'allowed'],
    ['not two characters by one question mark', allow({ Resource: `${table.slice(0, -2)}?` }), {}, 'implicitly-denied'],
    ['a dot as a dot', allow({ Resource: table.replace('Shop', 'S.op') }), {}, 'implicitly-denied'],
    ['everything by a star', allow({ Action: '*', Resource: '*' }), { resource: '*' }, 'allowed'],
  ] as const)('covers %s', (_, statement, access, decision) => {
    expect(decide(statement as PolicyStatement, access)).toBe(decision);
  });

  it('denies what nobody allows', () => {
    expect(compilePolicies([])({ action: 's3:GetObject', resource: 'arn:aws:s3:::a/b' })).toBe('implicitly-denied');
  });

  it('lets an explicit deny win over any allow, in whatever order', () => {
    const deny: PolicyStatement = { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' };
    expect(decide([deny, allow()], {})).toBe('explicitly-denied');
    expect(decide([allow(), deny], {})).toBe('explicitly-denied');
  });

  it('adds up the statements of several policies', () => {
    const decideBoth = compilePolicies([
      { Statement: allow() },
      { Statement: [allow({ Action: 'dynamodb:GetItem' })] },
    ]);
    expect(decideBoth({ action: 'dynamodb:GetItem', resource: table })).toBe('allowed');
    expect(decideBoth({ action: 'dynamodb:PutItem', resource: table })).toBe('allowed');
  });
});

describe('conditions', () => {
  const keys = (...values: string[]) => ({ context: { 'dynamodb:LeadingKeys': values } });
  const role = 'arn:aws:iam::123456789012:role/Expiry';
  it.each([
    ['StringEquals on the value', 'StringEquals', 'a:b', 'x', { context: { 'a:b': 'x' } }, true],
    ['StringEquals on another value', 'StringEquals', 'a:b', 'x', { context: { 'a:b': 'X' } }, false],
    ['StringEquals on an absent key', 'StringEquals', 'a:b', 'x', {}, false],
    ['StringEquals on one of several', 'StringEquals', 'a:b', ['x', 'y'], { context: { 'a:b': 'y' } }, true],
    ['a key in another case', 'StringEquals', 'A:B', 'x', { context: { 'a:b': 'x' } }, true],
    ['StringLike by a star', 'StringLike', 'a:b', 'x*', { context: { 'a:b': 'xyz' } }, true],
    ['StringLike that does not fit', 'StringLike', 'a:b', 'x*', { context: { 'a:b': 'yx' } }, false],
    ['ArnEquals on the ARN', 'ArnEquals', 'a:b', role, { context: { 'a:b': role } }, true],
    ['ArnLike by a star in one part', 'ArnLike', 'a:b', 'arn:aws:iam::*:role/E*', { context: { 'a:b': role } }, true],
    [
      'ArnLike, a star that would span parts',
      'ArnLike',
      'a:b',
      'arn:*:role/Expiry',
      { context: { 'a:b': role } },
      false,
    ],
    ['Bool as text', 'Bool', 'aws:SecureTransport', 'false', { context: { 'aws:SecureTransport': 'false' } }, true],
    ['Bool as a literal', 'Bool', 'aws:SecureTransport', true, { context: { 'aws:SecureTransport': 'true' } }, true],
    ['Bool on an absent key', 'Bool', 'aws:SecureTransport', 'false', {}, false],
    ['Null on an absent key', 'Null', 'a:b', 'true', {}, true],
    ['Null on a present key', 'Null', 'a:b', 'true', { context: { 'a:b': 'x' } }, false],
    ['Null false on a present key', 'Null', 'a:b', 'false', { context: { 'a:b': 'x' } }, true],
    ['ForAllValues on all', 'ForAllValues:StringEquals', 'dynamodb:LeadingKeys', ['a', 'b'], keys('a', 'b'), true],
    ['ForAllValues on all but one', 'ForAllValues:StringEquals', 'dynamodb:LeadingKeys', ['a'], keys('a', 'b'), false],
    ['ForAllValues by stars', 'ForAllValues:StringLike', 'dynamodb:LeadingKeys', 'S#1*', keys('S#1', 'S#1#P'), true],
    [
      'ForAllValues by stars, one foreign',
      'ForAllValues:StringLike',
      'dynamodb:LeadingKeys',
      'S#1*',
      keys('S#2'),
      false,
    ],
    ['ForAllValues on an absent key', 'ForAllValues:StringLike', 'dynamodb:LeadingKeys', 'S#1*', {}, true],
  ] as const)('%s', (_, operator, key, value, access, holds) => {
    const statement = allow({ Condition: { [operator]: { [key]: value } } });
    expect(decide(statement, access as Partial<Access>)).toBe(holds ? 'allowed' : 'implicitly-denied');
  });

  it('must hold all at once', () => {
    const statement = allow({ Condition: { StringEquals: { 'a:b': 'x', 'c:d': 'y' } } });
    expect(decide(statement, { context: { 'a:b': 'x' } })).toBe('implicitly-denied');
    expect(decide(statement, { context: { 'a:b': 'x', 'c:d': 'y' } })).toBe('allowed');
  });
});

describe('forms that it does not know', () => {
  it.each([
    ['NotAction', { Effect: 'Allow', NotAction: 's3:*', Resource: '*' }],
    ['NotResource', { Effect: 'Allow', Action: 's3:*', NotResource: '*' }],
    ['Principal', { Effect: 'Allow', Action: 's3:*', Resource: '*', Principal: '*' }],
    ['NumericLessThan', allow({ Condition: { NumericLessThan: { 'a:b': '1' } } })],
    ['StringEqualsIfExists', allow({ Condition: { StringEqualsIfExists: { 'a:b': '1' } } })],
    ['ForAnyValue:StringEquals', allow({ Condition: { 'ForAnyValue:StringEquals': { 'a:b': '1' } } })],
    ['a Resource that is not text', { Effect: 'Allow', Action: 's3:*', Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable is written so
    ['policy variables', allow({ Resource: 'arn:aws:s3:::bucket/${aws:username}' })],
  ])('are refused by name: %s', (name, statement) => {
    expect(() => compilePolicies([{ Statement: statement as unknown as PolicyStatement }])).toThrow(name);
  });
});

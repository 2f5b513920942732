import { describe, expect, it } from 'vitest';
import { auditEntry, changesOf } from '../../../functions/audit/audit-change.ts';
import { AuditEntry } from '../../../functions/audit/audit-entry.ts';
import { anId } from '../../support/builders.ts';
import { NOON } from '../../support/clock.ts';

const now = new Date(NOON);
const note = { shopId: anId(), subject: { kind: 'shop', id: 'x' }, by: 'user:ana', action: 'shop.changed' } as const;

describe('what an entry says of a change', () => {
  it('is from what to what, member by member', () => {
    const before = { name: 'Luz', limits: { lines: 3, units: 5 }, tags: ['a'], version: 1, updatedAt: 'x' };
    const after = { name: 'Luz', limits: { lines: 4, units: 5 }, tags: ['a', 'b'], version: 2, updatedAt: 'y' };
    expect(changesOf(before, after, { shown: ['limits', 'tags'] })).toEqual({
      'limits.lines': { from: 3, to: 4 },
      tags: { from: ['a'], to: ['a', 'b'] },
    });
  });

  it('is of personal fields only that they changed', () => {
    const changes = changesOf({ name: 'Ana', phone: '1' }, { name: 'Bea', email: 'x' }, { shown: ['role'] });
    expect(changes).toEqual({ name: {}, phone: {}, email: {} });
  });

  it('tells the beginning and the end of a thing, and of a field', () => {
    expect(changesOf({}, { role: 'admin' }, { shown: ['role'] })).toEqual({ role: { to: 'admin' } });
    expect(changesOf({ role: 'admin' }, {}, { shown: ['role'] })).toEqual({ role: { from: 'admin' } });
    expect(changesOf({ use: { name: 'x' } }, { use: null }, { shown: ['use'] })).toEqual({
      'use.name': { from: 'x' },
      use: { to: null },
    });
  });

  it('leaves out bookkeeping, and what only stands in another order', () => {
    const before = { a: { x: 1, y: [{ p: 1, q: 2 }] }, stock: 1, version: 1 };
    const after = { a: { y: [{ q: 2, p: 1 }], x: 1 }, stock: 2, version: 2 };
    expect(changesOf(before, after, { shown: ['a'], ignored: ['stock'] })).toEqual({});
  });

  it('is short, whatever the values are', () => {
    const long = `${'x'.repeat(199)}😀${'y'.repeat(3000)}`;
    const { text, list } = changesOf({}, { text: long, list: [long] }, { shown: ['text', 'list'] });
    expect(String(text?.to)).toHaveLength(201);
    expect(String(text?.to).isWellFormed()).toBe(true);
    expect(String(list?.to)).toHaveLength(201);
  });
});

describe('an entry', () => {
  it('has an id of its own and the moment, and no empty members', () => {
    const entry = auditEntry({ ...note, changes: {} }, now);
    expect(AuditEntry().parse(entry)).toEqual({ ...note, entryId: expect.any(String), at: NOON });
    expect(auditEntry(note, now).entryId).not.toBe(entry.entryId);
    expect(auditEntry({ ...note, changes: { role: { to: 'admin' } }, reason: 'new' }, now)).toMatchObject({
      changes: { role: { to: 'admin' } },
      reason: 'new',
    });
  });
});

import type { Actor } from '#core/actor.ts';
import { auditEntry, changesOf } from '../audit/audit-change.ts';
import type { AuditEntry } from '../audit/audit-entry.ts';
import type { Category } from './category.ts';
import type { Product } from './product.ts';

interface Change<Thing> {
  /** Absent: it is new. */
  before?: Thing;
  /** Absent: it is gone. */
  after?: Thing;
  by: Actor;
}

const whatHappened = ({ before, after }: Change<object>): 'created' | 'changed' | 'deleted' => {
  if (before === undefined) return 'created';
  return after === undefined ? 'deleted' : 'changed';
};

const productFields = {
  shown: ['categoryId', 'name', 'description', 'price', 'active', 'position', 'hot', 'pictures'],
  // of stock the ledger tells
  ignored: ['productId', 'stockBuckets', 'soldOut'],
};

const categoryFields = { shown: ['name', 'position'], ignored: ['categoryId', 'products'] };

/** What stands in the audit trail of a change of a product: nothing when nothing changed that people see. */
export const productEntries = (change: Change<Product>, now: Date): AuditEntry[] => {
  const { before, after, by } = change;
  const product = after ?? before;
  const changes = changesOf(before ?? {}, after ?? {}, productFields);
  if (product === undefined || Object.keys(changes).length === 0) return [];
  const { shopId, productId: id } = product;
  const action = `product.${whatHappened(change)}`;
  return [auditEntry({ shopId, subject: { kind: 'product', id }, by, action, changes }, now)];
};

/** What stands in the audit trail of a change of a category: nothing when nothing changed. */
export const categoryEntries = (change: Change<Category>, now: Date): AuditEntry[] => {
  const { before, after, by } = change;
  const category = after ?? before;
  const changes = changesOf(before ?? {}, after ?? {}, categoryFields);
  if (category === undefined || Object.keys(changes).length === 0) return [];
  const { shopId, categoryId: id } = category;
  const action = `category.${whatHappened(change)}`;
  return [auditEntry({ shopId, subject: { kind: 'category', id }, by, action, changes }, now)];
};

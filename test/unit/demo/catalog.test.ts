import { describe, expect, it } from 'vitest';
import { CreateCategory } from '../../../functions/catalog/category.ts';
import { CreateProduct } from '../../../functions/catalog/product.ts';
import { newId } from '../../../functions/core/ids.ts';
import { parsePhone } from '../../../functions/core/phone.ts';
import { CreateShop } from '../../../functions/shops/create-shop.ts';
import { User } from '../../../functions/shops/user.ts';
import { type DemoShop, demoShops } from '../../../local/demo/catalog.ts';
import { drawingNames } from '../../../local/demo/pictures.ts';

const now = new Date('2026-11-21T12:00:00.000Z');
const productsOf = (shop: DemoShop) => shop.categories.flatMap(({ products }) => products);
const shopNamed = (slug: string): DemoShop => {
  const shop = demoShops.find(({ settings }) => settings.slug === slug);
  if (shop === undefined) throw new Error(`no demo shop ${slug}`);
  return shop;
};

describe.each(demoShops)('the demo shop $settings.slug', (shop) => {
  it('opens: its settings are what a new shop takes', () => {
    expect(CreateShop().parse(shop.settings)).toEqual(shop.settings);
    expect(shop.users[0].role).toBe('admin');
  });

  it('has users that may sign in, each with an own id and e-mail', () => {
    for (const user of shop.users) User().parse({ ...user, shopId: newId(now), createdAt: now.toISOString() });
    expect(new Set(shop.users.flatMap(({ userId, email }) => [userId, email])).size).toBe(shop.users.length * 2);
    expect(shop.users.every(({ email }) => email.endsWith('@example.com'))).toBe(true);
  });

  it('has categories and products as sellers may create them', () => {
    const categoryId = newId(now);
    for (const { name } of shop.categories) expect(CreateCategory().parse({ name, position: 0 }).name).toBe(name);
    for (const { name, description, price } of productsOf(shop)) {
      const product = CreateProduct().parse({ categoryId, name, description, price });
      expect(product).toMatchObject({ name, description, price });
      expect(product.description).not.toBe('');
    }
  });

  it('names each product once, and draws it', () => {
    const names = productsOf(shop).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { drawing } of productsOf(shop)) expect(drawingNames).toContain(drawing);
  });

  it('has checkouts of what it sells, by people who can be reached, and never more than there is', () => {
    const left = new Map(productsOf(shop).map(({ name, stock }) => [name, stock]));
    for (const { phone, lines } of shop.checkouts) {
      expect(parsePhone(phone, shop.settings.country ?? 'AR')).toBe(`+${phone.replace(/\D/g, '')}`);
      for (const [name, quantity] of lines) left.set(name, (left.get(name) ?? Number.NaN) - quantity);
    }
    expect([...left.values()].every((units) => units >= 0)).toBe(true);
  });

  it('has checkouts old enough for what became of them', () => {
    for (const { hoursAgo, outcome } of shop.checkouts) {
      if (outcome === 'active') expect(hoursAgo).toBeLessThan(24);
      if (outcome === 'expired') expect(hoursAgo).toBeGreaterThan(24);
    }
  });
});

describe('the demo shops together', () => {
  it('show a full window: 24 products in 5 categories, some few, two sold out, one hot', () => {
    const products = productsOf(shopNamed('demo'));
    expect(shopNamed('demo').categories).toHaveLength(5);
    expect(products).toHaveLength(24);
    expect(products.filter(({ stock }) => stock === 0)).toHaveLength(2);
    expect(products.filter(({ stock }) => stock > 0 && stock <= 5).length).toBeGreaterThanOrEqual(4);
    expect(products.filter(({ hot }) => hot)).toHaveLength(1);
    expect(Math.max(...products.map(({ stock }) => stock))).toBe(40);
  });

  it('show every state of a checkout, and two shops that share nothing', () => {
    const states = new Set(shopNamed('demo').checkouts.map(({ outcome }) => outcome));
    expect([...states].sort()).toEqual(['active', 'cancelled', 'confirmed', 'expired']);
    const [demo, luz] = [shopNamed('demo').settings, shopNamed('luz').settings];
    expect(demo.currency).not.toBe(luz.currency);
    expect(demo.language).not.toBe(luz.language);
    const people = demoShops.flatMap(({ users }) => users.map(({ userId }) => userId));
    expect(new Set(people).size).toBe(people.length);
  });

  it('draw each product in its own way', () => {
    const drawings = demoShops.flatMap(productsOf).map(({ drawing }) => drawing);
    expect(new Set(drawings).size).toBe(drawings.length);
    expect(drawings.length).toBe(drawingNames.length);
  });
});

import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../functions/audit/audit-entry.ts';
import { createShop } from '../../../functions/shops/create-shop.ts';
import {
  changeShop,
  defaultSettings,
  type Shop,
  Shop as ShopSchema,
  shopView,
  UpdateShop,
} from '../../../functions/shops/shop.ts';
import { tokenClaims } from '../../../functions/shops/token-claims.ts';
import { updateShop } from '../../../functions/shops/update-shop.ts';
import type { User } from '../../../functions/shops/user.ts';
import { defaultWhatsApp } from '../../../functions/shops/whatsapp-settings.ts';
import { aShop, aUser } from '../../support/builders.ts';
import { movedClock, NOON } from '../../support/clock.ts';
import { failureOf } from '../../support/ports.ts';

describe('a new shop', () => {
  it('has every setting that was not given, and one admin', async () => {
    const created: [Shop, User][] = [];
    const shops = { create: async (shop: Shop, admin: User) => void created.push([shop, admin]) };
    const admin = { userId: 'sub-1', name: 'Ana', email: 'ana@example.com' };
    const input = { slug: 'nube', name: 'Nube', country: 'BR' as const, language: undefined };
    const shop = await createShop(input, admin, { shops, clock: movedClock() });
    expect(shop).toMatchObject({ ...defaultSettings, slug: 'nube', country: 'BR', version: 1, createdAt: NOON });
    expect(ShopSchema().parse(shop)).toEqual(shop);
    expect(created).toEqual([
      [shop, { ...admin, shopId: shop.shopId, role: 'admin', state: 'active', createdAt: NOON }],
    ]);
  });
});

describe('a change of settings', () => {
  const now = new Date('2026-11-22T00:00:00.000Z');

  it('keeps what it does not name, limits one by one', () => {
    const shop = aShop({ tagline: 'Cosas raras' });
    const changed = changeShop(shop, UpdateShop().parse({ name: 'Otra', limits: { maxLines: 3 } }), now);
    expect(changed).toEqual({
      ...shop,
      name: 'Otra',
      limits: { ...shop.limits, maxLines: 3 },
      version: 2,
      updatedAt: now.toISOString(),
    });
  });

  it.each([
    ['a limit that does not exist', { limits: { maxFun: 1 } }],
    ['a limit beyond its bounds', { limits: { maxHeldShare: 0 } }],
    ['a hold of no length', { holdMinutes: 0 }],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }],
    ['a slug, which never changes', { slug: 'otra' }],
    ['a niche nobody knows', { nicheType: 'bakery' }],
    ['a sight nobody knows', { sellerSees: 'some' }],
    ['a switch nobody knows', { features: { moon: true } }],
    ['a number that is not E.164', { whatsappNumber: '011 15 2345' }],
  ])('is not taken with %s', (_, change) => {
    expect(UpdateShop().safeParse(change).success).toBe(false);
  });

  it('of switches keeps those it does not name', () => {
    const start = aShop({ nicheType: 'crm_sales' });
    const one = changeShop(start, UpdateShop().parse({ sellerSees: 'own', features: { saleLinks: true } }), now);
    expect(one).toMatchObject({ nicheType: 'crm_sales', sellerSees: 'own' });
    expect(one.features).toEqual({ captureLeads: true, saleLinks: true });
    const two = changeShop(one, UpdateShop().parse({ features: { captureLeads: false } }), now);
    expect(two.features).toEqual({ captureLeads: false, saleLinks: true });
    expect(changeShop(two, UpdateShop().parse({ name: 'Otra' }), now)).toMatchObject({
      nicheType: 'crm_sales',
      sellerSees: 'own',
      features: { captureLeads: false, saleLinks: true },
    });
  });

  it('of WhatsApp keeps what it does not name, notices and templates one by one', () => {
    const template = { name: 'tu_reserva', language: 'es_AR', body: [{ value: 'customerName' as const }] };
    const start = aShop();
    const one = changeShop(
      start,
      UpdateShop().parse({ whatsapp: { phoneNumberId: '106540352242922', templates: { created: template } } }),
      now,
    );
    const two = changeShop(
      one,
      UpdateShop().parse({ whatsapp: { reminderMinutes: 60, notices: { expired: false } } }),
      now,
    );
    expect(two.whatsapp).toEqual({
      ...defaultWhatsApp,
      phoneNumberId: '106540352242922',
      reminderMinutes: 60,
      notices: { ...defaultWhatsApp.notices, expired: false },
      templates: { ...defaultWhatsApp.templates, created: template },
    });
    const none = changeShop(two, UpdateShop().parse({ whatsapp: { templates: { created: null } } }), now);
    expect(none.whatsapp.templates.created).toBeNull();
    expect(changeShop(two, { name: 'Otra' }, now).whatsapp).toEqual(two.whatsapp);
  });

  it('of WhatsApp learns where links lead from the admin who makes it, unless they say', () => {
    const site = (shop: Shop, change: object, seen?: string) =>
      changeShop(shop, UpdateShop().parse(change), now, seen).whatsapp.siteUrl;
    const seen = 'https://tienda.example';
    expect(site(aShop(), { whatsapp: {} }, seen)).toBe(seen);
    expect(site(aShop(), { name: 'Otra' }, seen)).toBeNull();
    expect(site(aShop(), { whatsapp: { siteUrl: 'https://otra.example' } }, seen)).toBe('https://otra.example');
    const known = aShop({ whatsapp: { ...defaultWhatsApp, siteUrl: 'https://mia.example' } });
    expect(site(known, { whatsapp: {} }, seen)).toBe('https://mia.example');
    expect(site(known, { whatsapp: { siteUrl: null } }, seen)).toBeNull();
  });

  it.each([
    ['a template that is no name', { templates: { created: { name: 'Tu Reserva', language: 'es', body: [] } } }],
    [
      'variables of which some have names',
      {
        templates: {
          created: { name: 'r', language: 'es', body: [{ value: 'total', name: 'a' }, { value: 'until' }] },
        },
      },
    ],
    [
      'a value that nobody knows',
      { templates: { created: { name: 'r', language: 'es', body: [{ value: 'phone' }] } } },
    ],
    ['a reminder at once', { reminderMinutes: 0 }],
    ['a number that is none of Meta’s', { phoneNumberId: '+5491123456789' }],
    ['a site with a path', { siteUrl: 'https://tienda.example/s/mia' }],
    ['a site that is a script', { siteUrl: 'javascript:alert(1)' }],
  ])('of WhatsApp is not taken with %s', (_, whatsapp) => {
    expect(UpdateShop().safeParse({ whatsapp }).success).toBe(false);
  });

  it('is saved, or not found', async () => {
    const shop = aShop();
    const saved: Shop[] = [];
    const shops = {
      find: async (shopId: string) => (shopId === shop.shopId ? shop : undefined),
      save: async (changed: Shop) => void saved.push(changed),
    };
    const ports = { shops, clock: () => now };
    const change = { name: 'Otra' };
    const changed = await updateShop({ shopId: shop.shopId, change, by: 'user:ana' }, ports);
    expect(saved).toEqual([changed]);
    const unknown = updateShop({ shopId: 'none', change, by: 'user:ana' }, ports);
    expect(await failureOf(unknown)).toMatchObject({ code: 'not-found' });
  });

  it('is saved with who changed what; of a phone only that it changed', async () => {
    const shop = aShop({ whatsappNumber: '+5491123456789' });
    const trail: AuditEntry[] = [];
    const shops = {
      find: async () => shop,
      save: async (_: Shop, entries: readonly AuditEntry[]) => void trail.push(...entries),
    };
    const save = (change: Partial<UpdateShop>) =>
      updateShop({ shopId: shop.shopId, change, by: 'user:ana' }, { shops, clock: () => now });
    await save({ whatsappNumber: '+5491187654321', holdMinutes: 60, limits: { maxLines: 7 }, sellerSees: 'own' });
    await save({ name: shop.name });
    expect(trail).toMatchObject([
      {
        shopId: shop.shopId,
        subject: { kind: 'shop', id: shop.shopId },
        by: 'user:ana',
        action: 'shop.changed',
        changes: {
          holdMinutes: { from: shop.holdMinutes, to: 60 },
          'limits.maxLines': { from: shop.limits.maxLines, to: 7 },
          sellerSees: { to: 'own' },
          whatsappNumber: {},
        },
      },
    ]);
    expect(JSON.stringify(trail)).not.toContain('54911');
  });
});

describe('a shop from before it talked on WhatsApp', () => {
  it('reads as one that does not', () => {
    const { whatsapp: _, ...former } = aShop();
    expect(ShopSchema().parse(former).whatsapp).toEqual(defaultWhatsApp);
  });
});

describe('a shop from before it had a pipeline', () => {
  it('reads as a window whose sellers see what is theirs and what is nobody’s', () => {
    const { nicheType: _, sellerSees: __, features: ___, ...former } = aShop();
    expect(ShopSchema().parse(former)).toMatchObject({
      nicheType: 'storefront',
      sellerSees: 'own-and-unassigned',
      features: { captureLeads: true, saleLinks: false },
    });
    expect(ShopSchema().parse({ ...former, features: { saleLinks: true } }).features).toEqual({
      captureLeads: true,
      saleLinks: true,
    });
  });
});

describe('what others learn', () => {
  it('shoppers: how long they will hold at first and how much they may take, but no id and no other limit', () => {
    const shop = aShop({ firstHoldMinutes: 15 });
    expect(shopView(shop)).toMatchObject({ holdMinutes: 15, maxLines: 20, maxUnitsPerLine: 20 });
    expect(shopView(aShop()).holdMinutes).toBe(1440);
    const text = JSON.stringify(shopView(shop));
    for (const hidden of [shop.shopId, 'maxActivePerShop', 'maxHeldShare', 'version'])
      expect(text).not.toContain(hidden);
  });

  it('a token: shop and role of a user, nothing for a stranger or who was sent away', () => {
    const user = aUser({ role: 'seller' });
    expect(tokenClaims(user)).toEqual({ shop_id: user.shopId, role: 'seller' });
    expect(tokenClaims(undefined)).toEqual({});
    for (const state of ['disabled', 'removed'] as const) expect(tokenClaims(aUser({ state }))).toEqual({});
  });
});

import type { Routes } from '#core/contract.ts';
import { Shop, UpdateShop } from './shop.ts';

export const shopRoutes = {
  getShop: {
    method: 'GET',
    path: '/admin/shop',
    access: ['admin', 'seller'],
    summary: 'The settings of your shop',
    answer: { status: 200, schema: Shop },
  },
  updateShop: {
    method: 'PATCH',
    path: '/admin/shop',
    access: ['admin'],
    summary: 'Change settings: hold length, limits, language, currency, time zone and the rest',
    body: UpdateShop,
    answer: { status: 200, schema: Shop },
    errors: ['change.conflict'],
  },
} as const satisfies Routes;

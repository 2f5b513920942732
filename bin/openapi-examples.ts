import type { ErrorCode } from '../functions/core/errors.ts';
import { auditAnswers } from './openapi-audit-examples.ts';
import { contactAnswers, contactBodies } from './openapi-contact-examples.ts';
import { leadCaptureAnswers, leadCaptureBodies } from './openapi-lead-capture-examples.ts';
import { leadAnswers, leadBodies } from './openapi-lead-examples.ts';
import { leadFileAnswers, leadFileBodies } from './openapi-lead-file-examples.ts';
import { leadLifeAnswers, leadLifeBodies } from './openapi-lead-life-examples.ts';
import { saleAnswers, saleBodies } from './openapi-sale-examples.ts';
import { userAnswers, userBodies } from './openapi-user-examples.ts';
import { tieExample, whatsAppAnswers, whatsAppBodies, whatsAppExample } from './openapi-whatsapp-examples.ts';

const productId = '01JD3V9Q2M8ZK4T7N5R6W0XHYC';
const categoryId = '01JD3V8AZ1B2C3D4E5F6G7H8J9';
const shopId = '01JD3V7K0PQRSTVWXYZ0123456';
const pictureId = '01JD3VB7C9EFGHJKMNPQRSTVWX';
const code = 'K7QM2WTX9F3AZB6C';

const shopView = {
  slug: 'rara-y-magica',
  name: 'Rara y Mágica',
  tagline: 'Objetos con alma',
  language: 'es',
  currency: 'ARS',
  country: 'AR',
  timeZone: 'America/Argentina/Buenos_Aires',
  whatsappNumber: '+5491123456789',
  holdMinutes: 1440,
  maxLines: 20,
  maxUnitsPerLine: 20,
};

const line = { productId, name: 'Vela de soja', unitPrice: 1_230_000, quantity: 2, amount: 2_460_000 };

const productView = {
  productId,
  categoryId,
  name: 'Vela de soja',
  description: 'Cera de soja y lavanda, 40 horas',
  price: 1_230_000,
  currency: 'ARS',
  available: 7,
  pictures: [{ url: `/media/shops/${shopId}/products/${productId}/${pictureId}.jpg`, alt: 'Vela de soja' }],
};

const times = { createdAt: '2026-11-21T15:04:05.000Z', expiresAt: '2026-11-22T15:04:05.000Z' };

const checkoutView = {
  code,
  displayCode: 'K7QM-2WTX-9F3A-ZB6C',
  state: 'active',
  lines: [{ ...line, pictureUrl: `/media/shops/${shopId}/products/${productId}/${pictureId}.jpg` }],
  currency: 'ARS',
  total: 2_460_000,
  ...times,
  endedAt: null,
  secondsLeft: 86_400,
  url: `https://tienda.example/c/${code}`,
  whatsappUrl: 'https://wa.me/5491123456789?text=Hola',
  shopperConfirms: true,
  language: 'es',
  shop: shopView,
};

const checkoutForSeller = {
  code,
  displayCode: 'K7QM-2WTX-9F3A-ZB6C',
  state: 'active',
  lines: [{ ...line, holds: [{ bucket: 0, quantity: 2 }] }],
  currency: 'ARS',
  total: 2_460_000,
  customerName: 'Ana Pérez',
  phone: '+5491145678901',
  language: 'es',
  ...times,
  fullHoldUntil: null,
  ...tieExample,
  endedAt: null,
  endedBy: null,
  endReason: null,
  secondsLeft: 86_400,
  url: `https://tienda.example/c/${code}`,
};

const confirmed = { state: 'confirmed', endedAt: '2026-11-21T18:00:00.000Z', secondsLeft: 0 };

const product = {
  productId,
  shopId,
  categoryId,
  name: 'Vela de soja',
  description: 'Cera de soja y lavanda, 40 horas',
  price: 1_230_000,
  active: true,
  position: 0,
  pictures: [],
  hot: false,
  stockBuckets: 1,
  soldOut: false,
  version: 3,
  createdAt: '2026-11-01T12:00:00.000Z',
  updatedAt: '2026-11-20T12:00:00.000Z',
  stock: { onHand: 9, reserved: 2, available: 7, sold: 31 },
};

/** Bodies as people send them, by route. A test holds them against the routes' schemas. */
export const bodyExamples: Readonly<Record<string, unknown>> = {
  createCheckout: {
    shop: 'rara-y-magica',
    lines: [{ productId, quantity: 2 }],
    customerName: 'Ana Pérez',
    phone: '11 4567-8901',
    language: 'es',
  },
  releaseCheckout: { reason: 'La clienta cambió de idea' },
  createCategory: { name: 'Velas y aromas', position: 0 },
  updateCategory: { name: 'Velas' },
  createProduct: { categoryId, name: 'Vela de soja', description: 'Cera de soja y lavanda', price: 1_230_000 },
  updateProduct: { price: 1_350_000 },
  requestUpload: { contentType: 'image/jpeg', bytes: 184_213 },
  attachPicture: { pictureId, contentType: 'image/jpeg', alt: 'Vela de soja' },
  orderPictures: { pictureIds: [pictureId] },
  receiveStock: { quantity: 24, reason: 'Pedido 118' },
  adjustStock: { change: -1, reason: 'Se rompió una' },
  spreadStock: { hot: true },
  updateShop: {
    holdMinutes: 720,
    sellerSees: 'own',
    features: { saleLinks: true },
    limits: { maxActivePerPhone: 2 },
    whatsapp: whatsAppExample,
  },
  ...contactBodies,
  ...leadBodies,
  ...leadCaptureBodies,
  ...leadFileBodies,
  ...leadLifeBodies,
  ...saleBodies,
  ...userBodies,
  ...whatsAppBodies,
};

/** Answers as they come, by route. */
export const answerExamples: Readonly<Record<string, unknown>> = {
  ...auditAnswers,
  ...contactAnswers,
  ...leadAnswers,
  ...leadCaptureAnswers,
  ...leadFileAnswers,
  ...leadLifeAnswers,
  ...saleAnswers,
  ...userAnswers,
  ...whatsAppAnswers,
  viewShop: shopView,
  viewCategories: { items: [{ categoryId, name: 'Velas y aromas', position: 0 }] },
  viewProducts: { items: [productView], nextCursor: 'eyJnc2kycGsiOiJT…' },
  viewProduct: productView,
  createCheckout: checkoutView,
  viewCheckout: checkoutView,
  confirmCheckout: { ...checkoutView, ...confirmed },
  listCheckouts: { items: [checkoutForSeller] },
  getCheckout: checkoutForSeller,
  sellCheckout: { ...checkoutForSeller, ...confirmed, endedBy: 'user:7c9e6679' },
  getProduct: product,
  createProduct: { ...product, soldOut: true, version: 1, stock: { onHand: 0, reserved: 0, available: 0, sold: 0 } },
  receiveStock: { ...product, stock: { onHand: 33, reserved: 2, available: 31, sold: 31 } },
  listMovements: {
    items: [
      {
        movementId: `2026-11-21T15:04:05.000Z#${code}#reserve#0`,
        shopId,
        productId,
        bucket: 0,
        kind: 'reserve',
        quantity: 2,
        at: '2026-11-21T15:04:05.000Z',
        by: 'shopper',
        code,
      },
    ],
  },
};

/** What particular failures say, beyond what every problem document has. */
export const problemExamples: Readonly<Partial<Record<ErrorCode, { detail?: string; [member: string]: unknown }>>> = {
  'request.invalid': {
    detail: 'not valid: lines.0.quantity',
    errors: [{ field: 'lines.0.quantity', code: 'too_small', message: 'Too small: expected number to be >=1' }],
  },
  'not-found': { detail: 'there is nothing here' },
  'stock.short': {
    detail: 'not enough of: Vela de soja',
    short: [{ productId, name: 'Vela de soja', requested: 9, available: 7 }],
  },
  'stock.below-reserved': {
    detail: 'only 7 of 9 are free; 2 are reserved',
    onHand: 9,
    reserved: 2,
    available: 7,
  },
  'checkout.ended': { detail: 'the checkout is expired', state: 'expired' },
  'checkout.phone-limit': { detail: 'this phone has 3 active checkouts already', limit: 3 },
  'connection.refused': { detail: 'Meta does not confirm it: number.not-listed', reason: 'number.not-listed' },
  'connection.stopped': { detail: 'the connection is reauth', state: 'reauth', stateReason: 'token.expired' },
  'consent.revoked': { detail: 'this person asked for no marketing', since: '2026-11-21T15:20:11.000Z' },
  'conversation.window-closed': { detail: 'only a template may be sent now', windowEndsAt: '2026-11-21T15:20:11.000Z' },
  'sale-source.unavailable': {
    detail: 'the source of sales does not answer',
    reason: 'paused',
    retryAt: '2026-11-21T15:20:30.000Z',
  },
  'checkout.product-limit': { detail: 'too much of Vela de soja is on hold', productId, maxHeldShare: 50 },
};

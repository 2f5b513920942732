import * as z from 'zod/mini';
import { Category, CategoryView, CreateCategory, UpdateCategory } from '../functions/catalog/category.ts';
import { AttachPicture, RequestUpload, Upload } from '../functions/catalog/picture.ts';
import { CreateProduct, ProductView, ProductWithStock, UpdateProduct } from '../functions/catalog/product.ts';
import {
  CancelCheckout,
  CheckoutForSeller,
  CheckoutLine,
  CheckoutView,
  CreateCheckout,
} from '../functions/checkouts/checkout.ts';
import { Funnel } from '../functions/checkouts/funnel.ts';
import { Timeline } from '../functions/checkouts/timeline.ts';
import { CreateConnection, SignUpConnection, UpdateConnection } from '../functions/connections/connection-draft.ts';
import { ConnectionView } from '../functions/connections/connection-view.ts';
import { GivenApp } from '../functions/connections/meta-app.ts';
import { ContactView } from '../functions/contacts/contact-view.ts';
import { ConversationView } from '../functions/conversations/conversation-view.ts';
import { StartConversation, WriteMessage } from '../functions/conversations/conversations.routes.ts';
import { MediaLink, MediaUpload, RequestMediaUpload } from '../functions/conversations/media-file.ts';
import { MessageView } from '../functions/conversations/message-view.ts';
import type { LazySchema } from '../functions/core/contract.ts';
import { errorCatalogue } from '../functions/core/errors.ts';
import { PreviousSales } from '../functions/sale-links/previous-sales.ts';
import { SaleLinkView, SaleSourceView } from '../functions/sale-links/sale-views.ts';
import { HoldLimits, Shop, ShopView, UpdateShop } from '../functions/shops/shop.ts';
import { TemplateUse, UpdateWhatsApp, WhatsAppSettings } from '../functions/shops/whatsapp-settings.ts';
import { AdjustStock, ReceiveStock, StockMovement } from '../functions/stock/stock.ts';
import { OutboundContent } from '../functions/whatsapp/outbound-content.ts';
import { nameContent } from './openapi-content.ts';

/** Schemas that have a name of their own in the document. Run-time bundles know nothing of it. */
const named = {
  AdjustStock,
  AttachPicture,
  CancelCheckout,
  Category,
  CategoryView,
  CheckoutForSeller,
  CheckoutLine,
  CheckoutView,
  ConnectionView,
  ContactView,
  ConversationView,
  CreateCategory,
  CreateCheckout,
  CreateConnection,
  CreateProduct,
  Funnel,
  GivenApp,
  HoldLimits,
  MediaLink,
  MediaUpload,
  MessageView,
  OutboundContent,
  PreviousSales,
  ProductView,
  ProductWithStock,
  ReceiveStock,
  RequestMediaUpload,
  RequestUpload,
  SaleLinkView,
  SaleSourceView,
  Shop,
  ShopView,
  SignUpConnection,
  StartConversation,
  StockMovement,
  TemplateUse,
  Timeline,
  UpdateCategory,
  UpdateConnection,
  UpdateProduct,
  UpdateShop,
  UpdateWhatsApp,
  Upload,
  WhatsAppSettings,
  WriteMessage,
} as const satisfies Readonly<Record<string, LazySchema>>;

/** What every failure is told with. */
export const problemSchema = {
  type: 'object' as const,
  description: 'A problem document (RFC 9457). Some codes add members: see the examples of each route.',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' as const, description: 'Where this kind of failure is described' },
    title: { type: 'string' as const, description: 'The same for every failure of this code' },
    status: { type: 'integer' as const },
    detail: { type: 'string' as const, description: 'What was wrong this time, for people' },
    code: { type: 'string' as const, enum: Object.keys(errorCatalogue), description: 'Stable: decide by it' },
    errors: {
      type: 'array' as const,
      description: 'With `request.invalid`: every field that is not valid',
      items: {
        type: 'object' as const,
        required: ['field', 'code', 'message'],
        properties: {
          field: { type: 'string' as const, description: 'Its place, as in `lines.0.quantity`' },
          code: { type: 'string' as const },
          message: { type: 'string' as const },
        },
      },
    },
    short: {
      type: 'array' as const,
      description: 'With `stock.short`: every product that is short',
      items: {
        type: 'object' as const,
        required: ['productId', 'name', 'requested', 'available'],
        properties: {
          productId: { type: 'string' as const },
          name: { type: 'string' as const },
          requested: { type: 'integer' as const },
          available: { type: 'integer' as const, description: 'What is left of it' },
        },
      },
    },
    state: {
      type: 'string' as const,
      description: 'With `checkout.ended`: the state it is in. With `connection.stopped`: that of the number',
    },
    stateReason: { type: 'string' as const, description: 'With `connection.stopped`: what brought it about' },
    reason: {
      type: 'string' as const,
      description: 'With `connection.refused` and `connection.check-failed`: the finding that stands against it',
    },
    metaCode: { type: 'integer' as const, description: 'With `connection.refused`: the code that Meta answered' },
    windowEndsAt: {
      type: 'string' as const,
      description: 'With `conversation.window-closed`: when the 24 hours of the customer’s last message were over',
    },
    limit: { type: 'integer' as const, description: 'With `checkout.phone-limit`: the limit that it would break' },
  },
};

/** The header of a request that may be repeated. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description: 'Of your choice, new for each intention. The same key with the same content changes nothing more.',
  schema: { type: 'string' as const, minLength: 16, maxLength: 128, pattern: '^[\\x21-\\x7e]{16,128}$' },
  example: '5f0c6f0e-4a39-4c3e-9d0b-1f4c6f2b7a11',
};

/** The header of a webhook. */
export const hubSignature = {
  name: 'X-Hub-Signature-256',
  in: 'header' as const,
  required: true,
  description: '`sha256=` and the HMAC-SHA256 of the body’s bytes, in hexadecimal, under the secret of the Meta app',
  schema: { type: 'string' as const },
  example: 'sha256=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
};

/** The headers of a form that a shop's own site sends. */
export const formTimestamp = {
  name: 'X-Vidriera-Timestamp',
  in: 'header' as const,
  required: true,
  description: 'When it is sent, in seconds since 1970; it may be five minutes old, or as far ahead',
  schema: { type: 'string' as const, pattern: '^\\d{10}$' },
  example: '1795274411',
};
export const formSignature = {
  name: 'X-Vidriera-Signature',
  in: 'header' as const,
  required: true,
  description: '`sha256=` and the HMAC-SHA256 of timestamp, dot and body, in hexadecimal, under the secret of the form',
  schema: { type: 'string' as const },
  example: 'sha256=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
};

/** What a schema cannot say. */
const descriptions: Readonly<Partial<Record<keyof typeof named, string>>> = {
  ConnectionView: 'A WhatsApp number of the shop. Only admins get `setUp`.',
  ContactView: 'A person on WhatsApp. One whom Meta shows only by an id has no `phone`.',
  Funnel: 'Each stage once for each checkout, on the day on which it was reached. Days without any are left out.',
  GivenApp: 'A Meta app of the shop’s own. Its secrets go in and never come out.',
  MessageView: 'A message of either direction. `content` is by its `type`: Meta’s JSON of one that went out.',
  OutboundContent:
    'A message as Meta’s own JSON has it, without addressing. A file is named by `media_key` (uploaded before), ' +
    'by Meta’s `id`, or by a `link`: exactly one of them.',
  RequestMediaUpload:
    'Pictures up to 5 MB, sound and video up to 16 MB, documents up to 100 MB, stickers (`image/webp`) up to 500 KB, ' +
    'of which Meta takes those that do not move up to 100 KB only.',
  SignUpConnection: 'With the code that Embedded Signup gave, which lives for thirty seconds.',
  TemplateUse:
    'An approved template, and what stands in each of its variables. The address of `urlButton` must have been ' +
    'approved as `…/c/{{1}}` for `code`, as `…/s/{{1}}` for `shop`.',
  Timeline: 'What happened to a checkout, oldest first.',
};

/** Tells the schemas' names to whoever writes them down. */
export const nameSchemas = (): void => {
  for (const [id, schema] of Object.entries(named)) {
    const description = descriptions[id as keyof typeof named];
    z.globalRegistry.add(schema(), { id, ...(description && { description }) });
  }
  nameContent(OutboundContent());
};

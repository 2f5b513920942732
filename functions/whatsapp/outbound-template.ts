import * as z from 'zod/mini';
import { lineText, metaText, replyId, retailerId } from './outbound-fields.ts';
import { productSections } from './outbound-interactive.ts';
import { bareMedia, namedMedia } from './outbound-media.ts';

/** What fills a place in a template: Meta refuses line breaks, tabs and more than four spaces in a row. */
const parameterText = (most: number) =>
  metaText(most).check(
    z.refine((text) => !/[\r\n\t]/.test(text), 'must not have line breaks or tabs'),
    z.refine((text) => !/ {5}/.test(text), 'must not have more than four spaces in a row'),
  );

const parameterName = () =>
  z.optional(z.string().check(z.regex(/^[a-z][a-z0-9_]{0,99}$/, 'must be a parameter’s name')));

const textParameter = (most: number) =>
  z.strictObject({ type: z.literal('text'), parameter_name: parameterName(), text: parameterText(most) });

const locationParameter = () =>
  z.strictObject({
    type: z.literal('location'),
    location: z.strictObject({
      latitude: z.union([z.number(), lineText(20)]),
      longitude: z.union([z.number(), lineText(20)]),
      name: z.optional(lineText(1000)),
      address: z.optional(lineText(1000)),
    }),
  });

const HEADER = 60;
const BODY = 1024;

const header = () =>
  z.strictObject({
    type: z.literal('header'),
    parameters: z
      .array(
        z.discriminatedUnion('type', [
          textParameter(HEADER),
          z.strictObject({ type: z.literal('image'), image: bareMedia() }),
          z.strictObject({ type: z.literal('video'), video: bareMedia() }),
          z.strictObject({ type: z.literal('document'), document: namedMedia() }),
          locationParameter(),
        ]),
      )
      .check(z.length(1)),
  });

const currency = () =>
  z.strictObject({
    type: z.literal('currency'),
    parameter_name: parameterName(),
    currency: z.strictObject({
      fallback_value: parameterText(BODY),
      code: z.string().check(z.regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217')),
      amount_1000: z.int(),
    }),
  });

const dateTime = () =>
  z.strictObject({
    type: z.literal('date_time'),
    parameter_name: parameterName(),
    date_time: z.strictObject({ fallback_value: parameterText(BODY) }),
  });

interface Named {
  parameter_name?: string | undefined;
}

/** A template counts its places or names them. */
const allOrNoneNamed = (parameters: readonly Named[]): boolean => {
  const names = parameters.flatMap(({ parameter_name: name }) => name ?? []);
  return names.length === 0 || (names.length === parameters.length && new Set(names).size === names.length);
};

const body = () =>
  z.strictObject({
    type: z.literal('body'),
    parameters: z
      .array(z.discriminatedUnion('type', [textParameter(BODY), currency(), dateTime()]))
      .check(z.refine(allOrNoneNamed, 'name all parameters, each differently, or none')),
  });

const thumbnail = () => z.optional(retailerId());
const index = () =>
  z.union([z.string().check(z.regex(/^\d$/, 'must be a digit')), z.int().check(z.minimum(0), z.maximum(9))]);

const buttonOf = <Kind extends string, Parameter extends z.ZodMiniType>(kind: Kind, parameter: Parameter) =>
  z.strictObject({
    type: z.literal('button'),
    sub_type: z.literal(kind),
    index: index(),
    parameters: z.array(parameter).check(z.length(1)),
  });

const action = <Action extends z.ZodMiniType>(kind: Action) =>
  z.strictObject({ type: z.literal('action'), action: kind });

const flowAction = () =>
  z.strictObject({
    flow_token: z.optional(lineText(256)),
    flow_action_data: z.optional(z.record(z.string(), z.unknown())),
  });

const url = () => buttonOf('url', z.strictObject({ type: z.literal('text'), text: parameterText(2000) }));
const quickReply = () => buttonOf('quick_reply', z.strictObject({ type: z.literal('payload'), payload: replyId(256) }));
/** Meta's pages say 15 and 20: the smaller is safe. */
const copyCode = () =>
  buttonOf('copy_code', z.strictObject({ type: z.literal('coupon_code'), coupon_code: lineText(15) }));
const flow = () => buttonOf('flow', action(flowAction()));
const catalog = () => buttonOf('catalog', action(z.strictObject({ thumbnail_product_retailer_id: thumbnail() })));
const multiProduct = () =>
  buttonOf('mpm', action(z.strictObject({ thumbnail_product_retailer_id: thumbnail(), sections: productSections() })));

const button = () =>
  z.discriminatedUnion('sub_type', [url(), quickReply(), copyCode(), flow(), catalog(), multiProduct()]);

const limitedTimeOffer = () =>
  z.strictObject({
    type: z.literal('limited_time_offer'),
    parameters: z
      .array(
        z.strictObject({
          type: z.literal('limited_time_offer'),
          limited_time_offer: z.strictObject({ expiration_time_ms: z.int().check(z.minimum(0)) }),
        }),
      )
      .check(z.length(1)),
  });

const cardHeader = () =>
  z.strictObject({
    type: z.literal('header'),
    parameters: z
      .array(
        z.discriminatedUnion('type', [
          z.strictObject({ type: z.literal('image'), image: bareMedia() }),
          z.strictObject({ type: z.literal('video'), video: bareMedia() }),
          z.strictObject({
            type: z.literal('product'),
            product: z.strictObject({ product_retailer_id: retailerId(), catalog_id: lineText(40) }),
          }),
        ]),
      )
      .check(z.length(1)),
  });

const card = () =>
  z.strictObject({
    card_index: z.int().check(z.minimum(0), z.maximum(9)),
    components: z.array(z.union([cardHeader(), body(), button()])).check(z.minLength(1)),
  });

const carousel = () =>
  z.strictObject({
    type: z.literal('carousel'),
    cards: z.array(card()).check(
      z.minLength(2),
      z.maxLength(10),
      z.refine(
        (cards) => cards.every(({ card_index }, place) => card_index === place),
        'cards are numbered from 0 in order',
      ),
    ),
  });

interface Component {
  type: string;
  index?: string | number;
}

/** One of each kind, and one button in each place. */
const areDistinct = (components: readonly Component[]): boolean =>
  new Set(components.map(({ type, index: place }) => `${type} ${place ?? ''}`)).size === components.length;

const components = () =>
  z
    .array(z.discriminatedUnion('type', [header(), body(), button(), limitedTimeOffer(), carousel()]))
    .check(z.refine(areDistinct, 'a component of this kind, or a button in this place, is there twice'));

/** An approved template, filled. Source: Meta, "Template components". */
export const templateContent = () =>
  z.strictObject({
    name: z.string().check(z.regex(/^[a-z0-9_]{1,512}$/, 'must be lower-case letters, digits and underscores')),
    language: z.strictObject({
      code: z.string().check(z.regex(/^[a-z]{2,3}(_[A-Z]{2,4})?$/, 'must be a language like es or es_AR')),
    }),
    components: z.optional(components()),
  });

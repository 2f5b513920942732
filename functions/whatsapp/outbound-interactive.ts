import * as z from 'zod/mini';
import { lineText, metaText, objectId, replyId, retailerId, unique, webAddress } from './outbound-fields.ts';
import { bareMedia, namedMedia } from './outbound-media.ts';

const LONG_BODY = 4096;
const BODY = 1024;

const bodyOf = (most: number) => z.strictObject({ text: metaText(most) });
const body = () => bodyOf(BODY);
const footer = () => z.optional(z.strictObject({ text: lineText(60) }));
const textHeader = () => z.strictObject({ type: z.literal('text'), text: lineText(60) });
const header = () =>
  z.optional(
    z.discriminatedUnion('type', [
      textHeader(),
      z.strictObject({ type: z.literal('image'), image: bareMedia() }),
      z.strictObject({ type: z.literal('video'), video: bareMedia() }),
      z.strictObject({ type: z.literal('document'), document: namedMedia() }),
    ]),
  );

const replyButton = () =>
  z.strictObject({ type: z.literal('reply'), reply: z.strictObject({ id: replyId(256), title: lineText(20) }) });

const buttons = () =>
  z.array(replyButton()).check(
    z.minLength(1),
    z.maxLength(3),
    unique(({ reply }) => reply.id, 'buttons need different ids'),
    unique(({ reply }) => reply.title.trim(), 'buttons need different titles'),
  );

const button = () =>
  z.strictObject({
    type: z.literal('button'),
    header: header(),
    body: body(),
    footer: footer(),
    action: z.strictObject({ buttons: buttons() }),
  });

const MOST_ROWS = 10;

const row = () => z.strictObject({ id: replyId(200), title: lineText(24), description: z.optional(lineText(72)) });
const section = () =>
  z.strictObject({
    title: z.optional(lineText(24)),
    rows: z.array(row()).check(z.minLength(1), z.maxLength(MOST_ROWS)),
  });

interface Section {
  title?: string | undefined;
  rows: readonly { id: string }[];
}
const rowsOf = (sections: readonly Section[]) => sections.flatMap(({ rows }) => rows);
const areTitled = (sections: readonly { title?: string | undefined }[]) =>
  sections.length === 1 || sections.every(({ title }) => title !== undefined);
const TITLES_NEEDED = 'every section needs a title when there are several';

const list = () =>
  z.strictObject({
    type: z.literal('list'),
    header: z.optional(textHeader()),
    body: bodyOf(LONG_BODY),
    footer: footer(),
    action: z.strictObject({
      button: lineText(20),
      sections: z.array(section()).check(
        z.minLength(1),
        z.maxLength(10),
        z.refine((sections) => rowsOf(sections).length <= MOST_ROWS, `a list has at most ${MOST_ROWS} rows in all`),
        z.refine(
          (sections) => new Set(rowsOf(sections).map(({ id }) => id)).size === rowsOf(sections).length,
          'rows need different ids',
        ),
        z.refine(areTitled, TITLES_NEEDED),
      ),
    }),
  });

const ctaUrl = () =>
  z.strictObject({
    type: z.literal('cta_url'),
    header: header(),
    body: body(),
    footer: footer(),
    action: z.strictObject({
      name: z.literal('cta_url'),
      parameters: z.strictObject({ display_text: lineText(20), url: webAddress() }),
    }),
  });

const product = () =>
  z.strictObject({
    type: z.literal('product'),
    body: z.optional(body()),
    footer: footer(),
    action: z.strictObject({ catalog_id: objectId(), product_retailer_id: retailerId() }),
  });

const MOST_PRODUCTS = 30;

/** Products of a Meta catalogue, in sections: in a message, and in a template's button. */
export const productSections = () =>
  z
    .array(
      z.strictObject({
        title: z.optional(lineText(24)),
        product_items: z.array(z.strictObject({ product_retailer_id: retailerId() })).check(z.minLength(1)),
      }),
    )
    .check(
      z.minLength(1),
      z.maxLength(10),
      z.refine(
        (sections) => sections.flatMap(({ product_items }) => product_items).length <= MOST_PRODUCTS,
        `at most ${MOST_PRODUCTS} products in all`,
      ),
      z.refine(areTitled, TITLES_NEEDED),
    );

const productList = () =>
  z.strictObject({
    type: z.literal('product_list'),
    header: textHeader(),
    body: body(),
    footer: footer(),
    action: z.strictObject({ catalog_id: objectId(), sections: productSections() }),
  });

const catalogMessage = () =>
  z.strictObject({
    type: z.literal('catalog_message'),
    body: body(),
    footer: footer(),
    action: z.strictObject({
      name: z.literal('catalog_message'),
      parameters: z.optional(z.strictObject({ thumbnail_product_retailer_id: retailerId() })),
    }),
  });

const locationRequest = () =>
  z.strictObject({
    type: z.literal('location_request_message'),
    body: body(),
    action: z.strictObject({ name: z.literal('send_location') }),
  });

const flowParameters = () =>
  z
    .strictObject({
      flow_message_version: z.literal('3'),
      flow_token: z.optional(lineText(256)),
      flow_id: z.optional(objectId()),
      flow_name: z.optional(lineText(200)),
      flow_cta: lineText(30),
      flow_action: z.optional(z.enum(['navigate', 'data_exchange'])),
      flow_action_payload: z.optional(
        z.strictObject({ screen: lineText(200), data: z.optional(z.record(z.string(), z.unknown())) }),
      ),
      mode: z.optional(z.enum(['draft', 'published'])),
    })
    .check(
      z.refine(
        ({ flow_id, flow_name }) => (flow_id === undefined) !== (flow_name === undefined),
        'needs exactly one of flow_id and flow_name',
      ),
    );

const flow = () =>
  z.strictObject({
    type: z.literal('flow'),
    header: header(),
    body: body(),
    footer: footer(),
    action: z.strictObject({ name: z.literal('flow'), parameters: flowParameters() }),
  });

const contactRequest = () =>
  z.strictObject({
    type: z.literal('request_contact_info'),
    body: body(),
    action: z.strictObject({ name: z.literal('request_contact_info') }),
  });

/** Messages with something to tap. Limits: Meta, "Interactive messages" and the page of each kind. */
export const interactiveContent = () =>
  z.discriminatedUnion('type', [
    button(),
    list(),
    ctaUrl(),
    product(),
    productList(),
    catalogMessage(),
    locationRequest(),
    flow(),
    contactRequest(),
  ]);

import * as z from 'zod/mini';
import { AppError, type FieldError } from '#core/errors.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { lineText, metaText, webAddress } from './outbound-fields.ts';
import { interactiveContent } from './outbound-interactive.ts';
import { audioMedia, bareMedia, captionedMedia, documentMedia } from './outbound-media.ts';
import { templateContent } from './outbound-template.ts';

const metaId = () => lineText(300);

const location = () =>
  z.strictObject({
    latitude: z.number().check(z.minimum(-90), z.maximum(90)),
    longitude: z.number().check(z.minimum(-180), z.maximum(180)),
    name: z.optional(lineText(1000)),
    address: z.optional(lineText(1000)),
  });

const word = () => z.optional(lineText(500));
const kind = () => z.optional(lineText(40));

const contactName = () =>
  z
    .strictObject({
      formatted_name: lineText(500),
      first_name: word(),
      last_name: word(),
      middle_name: word(),
      suffix: word(),
      prefix: word(),
    })
    .check(z.refine((name) => Object.keys(name).length > 1, 'needs one more part beside formatted_name'));

const contactCard = () =>
  z.strictObject({
    name: contactName(),
    birthday: z.optional(z.iso.date()),
    addresses: z.optional(
      z.array(
        z.strictObject({
          street: word(),
          city: word(),
          state: word(),
          zip: word(),
          country: word(),
          country_code: word(),
          type: kind(),
        }),
      ),
    ),
    emails: z.optional(z.array(z.strictObject({ email: lineText(500), type: kind() }))),
    org: z.optional(z.strictObject({ company: word(), department: word(), title: word() })),
    phones: z.optional(z.array(z.strictObject({ phone: word(), wa_id: word(), type: kind() }))),
    urls: z.optional(z.array(z.strictObject({ url: webAddress(), type: kind() }))),
  });

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;

const isOneEmoji = (text: string): boolean =>
  text === '' || (EMOJI.test(text) && [...new Intl.Segmenter().segment(text)].length === 1);

const reaction = () =>
  z.strictObject({
    message_id: metaId(),
    emoji: z.string().check(z.refine(isOneEmoji, 'must be one emoji, or empty to take it away')),
  });

/**
 * A message as Meta's JSON has it, without addressing: every type that a shop can send, with Meta's limits, so that what
 * passes is refused only for reasons that nobody could know before. Our only extension: a file may be named by
 * `media_key`, its key in the media bucket, and is uploaded before sending.
 * Source: Meta, "Cloud API: Messages" and the page of each type.
 */
export const OutboundContent = lazy(() =>
  z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('text'),
      text: z.strictObject({ body: metaText(4096), preview_url: z.optional(z.boolean()) }),
    }),
    z.strictObject({ type: z.literal('image'), image: captionedMedia() }),
    z.strictObject({ type: z.literal('video'), video: captionedMedia() }),
    z.strictObject({ type: z.literal('audio'), audio: audioMedia() }),
    z.strictObject({ type: z.literal('document'), document: documentMedia() }),
    z.strictObject({ type: z.literal('sticker'), sticker: bareMedia() }),
    z.strictObject({ type: z.literal('location'), location: location() }),
    z.strictObject({
      type: z.literal('contacts'),
      contacts: z.array(contactCard()).check(z.minLength(1), z.maxLength(257)),
    }),
    z.strictObject({ type: z.literal('reaction'), reaction: reaction() }),
    z.strictObject({ type: z.literal('interactive'), interactive: interactiveContent() }),
    z.strictObject({ type: z.literal('template'), template: templateContent() }),
  ]),
);
export type OutboundContent = z.infer<Lazy<typeof OutboundContent>>;

/** Whom a message goes to: by phone in E.164, or by the id that the sender's business portfolio knows them by. */
export type Recipient = { phone: string } | { userId: string };

/**
 * The body of Meta's send call. The phone keeps its `+`: without it Meta puts the business's country code in front. An
 * id goes in `recipient`: in `to` Meta takes it and drops it. A reaction says itself what it belongs to.
 */
export const toGraphBody = (
  content: OutboundContent,
  { to, context, callbackData }: { to: Recipient; context?: string | undefined; callbackData: string },
): Record<string, unknown> => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  ...('phone' in to ? { to: `+${to.phone.replace(/\D/g, '')}` } : { recipient: to.userId }),
  ...(context !== undefined && content.type !== 'reaction' && { context: { message_id: context } }),
  biz_opaque_callback_data: callbackData,
  ...content,
});

/** Only a template may be sent while the customer service window is closed. */
export const isTemplate = ({ type }: Pick<OutboundContent, 'type'>): boolean => type === 'template';

interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const fieldError = ({ path, code, message }: Issue): FieldError => ({
  field: ['content', ...path].map(String).join('.'),
  code: code ?? 'invalid',
  message,
});

/** Reads content that did not come through a contract. Throws `request.invalid` with every field that is wrong. */
export const readContent = (content: unknown): OutboundContent => {
  const { success, data, error } = OutboundContent().safeParse(content);
  if (success) return data;
  const errors = error.issues.map(fieldError);
  throw new AppError('request.invalid', `not valid: ${errors.map(({ field }) => field).join(', ')}`, {
    details: { errors },
  });
};

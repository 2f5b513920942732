import * as z from 'zod/mini';
import { languageField, timeField } from '#core/fields.ts';
import { type Lazy, lazy } from '#core/lazy.ts';
import { Consent, type Contact, nameOf } from './contact.ts';

/** A contact as sellers see it. */
export const ContactView = lazy(() =>
  z.object({
    contactId: z.string(),
    /** The shop's name for them, else their own; absent when neither is known. */
    name: z.optional(z.string()),
    /** E.164 as it reached us; absent for one whom Meta shows only by an id. */
    phone: z.optional(z.string()),
    profileName: z.optional(z.string()),
    username: z.optional(z.string()),
    language: z.optional(languageField()),
    marketing: Consent(),
    undeliverableAt: z.optional(timeField()),
    /** `identity`: two contacts contradict each other about who has this number or id; somebody should look. */
    review: z.optional(z.string()),
    createdAt: timeField(),
    updatedAt: timeField(),
  }),
);
export type ContactView = z.infer<Lazy<typeof ContactView>>;

/** A contact as sellers see it. */
export const contactView = (contact: Contact): ContactView => {
  const { phone, profileName, username, language, undeliverableAt, review } = contact;
  return {
    contactId: contact.contactId,
    name: nameOf(contact),
    phone,
    profileName,
    username,
    language,
    marketing: contact.marketing,
    undeliverableAt,
    review,
    createdAt: contact.createdAt,
    updatedAt: contact.updatedAt,
  };
};

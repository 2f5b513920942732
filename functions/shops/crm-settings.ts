import * as z from 'zod/mini';
import { type Lazy, lazy } from '#core/lazy.ts';
import { sellerSight } from './visibility.ts';

/** What a shop uses Vidriera for: the window alone, or the sales pipeline beside it. */
export const nicheTypes = ['storefront', 'crm_sales'] as const;

const features = () => ({
  /** Whoever writes, sends a form or reserves becomes a lead by themself. */
  captureLeads: z.boolean(),
  /** Contacts may be linked to sales of an outside system. */
  saleLinks: z.boolean(),
});

export const defaultCrm = {
  nicheType: 'storefront',
  sellerSees: 'own-and-unassigned',
  features: { captureLeads: true, saleLinks: false },
} as const;

/** These settings as a change names them: none has a default, for that would undo what was set before. */
export const crmFields = () => ({
  nicheType: z.enum(nicheTypes),
  /** Which leads, conversations and contacts sellers see and change. The till is shared: checkouts are the shop's. */
  sellerSees: z.enum(sellerSight),
});

/** These settings as they are stored: shops from before they were there have none. */
export const storedCrmFields = () => {
  const { captureLeads, saleLinks } = features();
  const switches = z.object({
    captureLeads: z._default(captureLeads, defaultCrm.features.captureLeads),
    saleLinks: z._default(saleLinks, defaultCrm.features.saleLinks),
  });
  return {
    nicheType: z._default(crmFields().nicheType, defaultCrm.nicheType),
    sellerSees: z._default(crmFields().sellerSees, defaultCrm.sellerSees),
    features: z._default(switches, defaultCrm.features),
  };
};

/** A change of switches: only those it names. */
export const UpdateFeatures = lazy(() => z.partial(z.strictObject(features())));
export type UpdateFeatures = z.infer<Lazy<typeof UpdateFeatures>>;

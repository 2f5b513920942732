import type { Shop } from '../shops/shop.ts';

/** Whether people become leads of a shop by themselves, by what they do. */
export const mayCapture = ({ nicheType, features }: Pick<Shop, 'nicheType' | 'features'>): boolean =>
  nicheType === 'crm_sales' && features.captureLeads;

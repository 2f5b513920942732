const REMEMBERED_MS = 1500;
const MOST_PRODUCTS = 1000;

/**
 * Remembers for a moment, in this environment, which products were too short for a buyer, so that a rush on a sold-out
 * product is answered from memory instead of costing a failed write each time.
 */
export const soldOutGate = () => {
  const seen = new Map<string, { available: number; until: number }>();
  return {
    remember: (productId: string, available: number, now: Date): void => {
      if (seen.size >= MOST_PRODUCTS) seen.clear();
      seen.set(productId, { available, until: now.getTime() + REMEMBERED_MS });
    },

    /** How many were left when it was last too short, if that was a moment ago. */
    recall: (productId: string, now: Date): number | undefined => {
      const entry = seen.get(productId);
      return entry && now.getTime() < entry.until ? entry.available : undefined;
    },
  };
};

export type SoldOutGate = ReturnType<typeof soldOutGate>;

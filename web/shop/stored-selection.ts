import { parseSelection, type Selection } from './selection.ts';

const keyOf = (slug: string): string => `vidriera:selection:${slug}`;

/** What was picked in this shop, in this tab, before a reload. */
export const loadSelection = (slug: string): Selection => {
  try {
    return parseSelection(sessionStorage.getItem(keyOf(slug)));
  } catch {
    return [];
  }
};

/** Keeps what is picked in this shop for as long as the tab lives; nothing is kept of an empty selection. */
export const saveSelection = (slug: string, selection: Selection): void => {
  try {
    if (selection.length === 0) sessionStorage.removeItem(keyOf(slug));
    else sessionStorage.setItem(keyOf(slug), JSON.stringify(selection));
  } catch {
    // A browser that keeps nothing still sells.
  }
};

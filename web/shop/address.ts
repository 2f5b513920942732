/** The shop of this page: the part of the address after `/s/`. */
export const slugInAddress = (): string => decodeURIComponent(location.pathname.match(/^\/s\/([^/]+)/)?.[1] ?? '');

/** The category that the address names; `''` when it names none. */
export const categoryInAddress = (): string => new URLSearchParams(location.search).get('category') ?? '';

/** Puts a category into the address as a step that «back» undoes. */
export const rememberCategory = (category: string): void => {
  const url = new URL(location.href);
  if (category) url.searchParams.set('category', category);
  else url.searchParams.delete('category');
  history.pushState(null, '', url.pathname + url.search);
};

/** What the server put into the page; undefined when the page was served without it. */
export const readPageData = <Data>(): Data | undefined => {
  const text = document.getElementById('page-data')?.textContent;
  return text ? (JSON.parse(text) as Data) : undefined;
};

/** The element that the page draws into, emptied of what stood there while loading. */
export const pageRoot = (): HTMLElement => {
  const root = document.getElementById('app') ?? document.body;
  root.replaceChildren();
  return root;
};

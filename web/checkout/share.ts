/** Copies text; false when the browser does not let us. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
};

/** The old way, for pages served without TLS. */
const copyBySelection = (text: string): boolean => {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
};

/** Offers a link by the phone's own sheet, or copies it where there is none. */
export const shareLink = async (title: string, url: string): Promise<'shared' | 'copied' | 'failed'> => {
  if (typeof navigator.share !== 'function') return (await copyText(url)) ? 'copied' : 'failed';
  // Whoever closes the sheet has changed their mind: nothing has failed.
  await navigator.share({ title, url }).catch(() => undefined);
  return 'shared';
};

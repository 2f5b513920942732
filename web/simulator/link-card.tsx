import { useEffect, useState } from 'preact/hooks';

interface Preview {
  title: string;
  description: string;
  image: string | undefined;
}

const metaOf = (page: Document, name: string): string | undefined =>
  page.querySelector(`meta[property="og:${name}"]`)?.getAttribute('content') ?? undefined;

/** Reads a page of this machine as a chat's crawler does: one GET, nothing run. */
const fetchPreview = async (url: string): Promise<Preview | undefined> => {
  if (new URL(url).origin !== location.origin) return undefined;
  const answer = await fetch(url);
  if (!answer.ok) return undefined;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const title = metaOf(page, 'title') ?? page.title;
  return { title, description: metaOf(page, 'description') ?? '', image: metaOf(page, 'image') };
};

/** A link with its page's title and picture. */
export const LinkCard = ({ url }: { url: string }) => {
  const [preview, setPreview] = useState<Preview>();
  useEffect(() => {
    fetchPreview(url).then(setPreview, () => undefined);
  }, [url]);
  return (
    <a class="link-card" href={url} target="_blank" rel="noreferrer">
      {preview?.image && <img src={preview.image} alt="" loading="lazy" />}
      <strong>{preview?.title ?? URL.parse(url)?.host ?? url}</strong>
      {preview?.description && <span class="soft small">{preview.description}</span>}
    </a>
  );
};

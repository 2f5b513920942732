import { useState } from 'preact/hooks';

interface PictureProps {
  url: string | null | undefined;
  alt: string;
  /** Whose first letter stands in while there is no picture. */
  name: string;
  /** In the first view: fetched at once. */
  eager?: boolean;
}

/** A picture in a place of fixed shape: a soft letter until it has arrived, and when it never does. */
export const Picture = ({ url, alt, name, eager = false }: PictureProps) => {
  const [here, setHere] = useState<string>();
  const arrived = (image: HTMLImageElement | null): void => {
    if (image?.complete && image.naturalWidth > 0) setHere(image.getAttribute('src') ?? undefined);
  };
  return (
    <span class="picture">
      <span aria-hidden="true">{[...name][0]?.toUpperCase()}</span>
      {url && (
        <img
          key={url}
          ref={arrived}
          src={url}
          alt={alt}
          width={400}
          height={500}
          loading={eager ? 'eager' : 'lazy'}
          decoding="async"
          class={here === url ? 'is-here' : ''}
          onLoad={() => setHere(url)}
        />
      )}
    </span>
  );
};

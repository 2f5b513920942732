/** A round with the first letters of a name, in its colour. */
export const Avatar = ({ name, colour }: { name: string; colour: string }) => (
  <span class="avatar" aria-hidden="true" style={{ '--own': colour }}>
    {name
      .split(/\s+/)
      .slice(0, 2)
      .map((word) => [...word][0] ?? '')
      .join('')
      .toUpperCase()}
  </span>
);

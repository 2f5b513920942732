import type { ComponentChildren } from 'preact';

/** Addresses, and the chat's own marks for bold, italic, struck out and fixed width. */
const MARKS = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])|\*([^*\n]+)\*|_([^_\n]+)_|~([^~\n]+)~|```([^`]+)```/g;

const marked = ([whole, url, bold, italic, struck, fixed]: RegExpExecArray): ComponentChildren => {
  if (url) {
    return (
      <a href={url} target="_blank" rel="noreferrer">
        {url}
      </a>
    );
  }
  if (bold) return <strong>{bold}</strong>;
  if (italic) return <em>{italic}</em>;
  if (struck) return <s>{struck}</s>;
  return fixed ? <code>{fixed}</code> : whole;
};

/** What a chat shows of a text: links to tap, and its few marks. */
export const RichText = ({ text }: { text: string }) => {
  const parts: ComponentChildren[] = [];
  let from = 0;
  for (const found of text.matchAll(MARKS)) {
    parts.push(text.slice(from, found.index), marked(found as RegExpExecArray));
    from = found.index + found[0].length;
  }
  return (
    <span class="rich">
      {parts}
      {text.slice(from)}
    </span>
  );
};

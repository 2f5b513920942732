import { useDesk } from './desk.ts';

/** How many messages nobody has read. */
export const Unread = ({ count }: { count: number }) => {
  const { words } = useDesk();
  if (count === 0) return null;
  return (
    <span class="badge">
      {count}
      <span class="unseen"> {words.unread}</span>
    </span>
  );
};

import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface EmptyStateProps {
  icon: IconName;
  title: string;
  hint?: string;
  /** It is the whole page, so its title is the page's. */
  whole?: boolean;
  children?: ComponentChildren;
}

/** A place with nothing in it: says why and what to do next. */
export const EmptyState = ({ icon, title, hint, whole = false, children }: EmptyStateProps) => (
  <div class="empty">
    <Icon name={icon} />
    {whole ? <h1 class="serif">{title}</h1> : <h2 class="serif">{title}</h2>}
    {hint && <p>{hint}</p>}
    {children}
  </div>
);

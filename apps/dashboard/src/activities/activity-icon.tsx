import { lookOf } from './activity-look.js';

/** The icon of an activity in its colour; the word stands beside it. */
export function ActivityIcon({ code }: { readonly code: number }) {
  const { icon, colour } = lookOf(code);
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" style={{ color: `var(${colour})` }}>
      <path d={icon} />
    </svg>
  );
}

import type { ComponentChildren } from 'preact';

/** What a panel without anything to show says: why, and the exact command that changes it. */
export function Empty({
  children,
  command,
}: {
  readonly children: ComponentChildren;
  readonly command?: string;
}) {
  return (
    <div class="empty">
      <p>{children}</p>
      {command === undefined ? null : <code>{command}</code>}
    </div>
  );
}

import type { ComponentChildren } from 'preact';
import type { Explanation } from './explanations.js';

/** A number that says what it means when it is pointed at; with `focusable`, also when the focus comes by. */
export function Explained(props: {
  readonly of: Explanation;
  readonly children: ComponentChildren;
  readonly focusable?: boolean;
  readonly class?: string;
}) {
  const { of, children, focusable, class: name = '' } = props;
  return (
    <span class={`explained ${name}`} data-explain={of} tabIndex={focusable ? 0 : undefined}>
      {children}
    </span>
  );
}

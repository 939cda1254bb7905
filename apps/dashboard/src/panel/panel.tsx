import type { ComponentChildren } from 'preact';
import { CopyAsCurl } from './copy-as-curl.js';

/** A part of the screen with a heading, the calls that it is made of, and what can be done in it. */
export function Panel(props: {
  readonly name: string;
  readonly title: string;
  readonly curl: string;
  readonly children: ComponentChildren;
  readonly beside?: ComponentChildren;
  readonly actions?: ComponentChildren;
}) {
  const { name, title, curl, children, beside, actions } = props;
  return (
    <section class={`panel panel-${name}`} aria-labelledby={`title-${name}`}>
      <header class="panel-head">
        <h2 id={`title-${name}`}>{title}</h2>
        <div class="panel-beside">{beside}</div>
        <div class="panel-actions">
          {actions}
          <CopyAsCurl of={title} curl={curl} />
        </div>
      </header>
      <div class="panel-body">{children}</div>
    </section>
  );
}

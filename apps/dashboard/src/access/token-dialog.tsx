import { useRef } from 'preact/hooks';
import { useDashboard } from '../app/dashboard-context.js';
import { Dialog } from '../dialog/dialog.js';

/** Asks for a token where the service wants one. */
export function TokenDialog() {
  const dashboard = useDashboard();
  const field = useRef<HTMLInputElement>(null);
  const wanted = dashboard.token.wanted.value;
  if (wanted === 'no') return null;
  const close = (): void => {
    dashboard.token.wanted.value = 'no';
  };
  return (
    <Dialog title="A token is needed" onClose={close} class="token">
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          const token = field.current?.value.trim() ?? '';
          if (token !== '') dashboard.enter(token);
        }}
      >
        <p>
          {wanted === 'refused' ? 'This token is not known, or does not have the role. ' : ''}
          Give one with the role <code>subscribe</code>; with <code>operate</code> models can be rolled back
          and labels told. It is kept for this tab alone.
        </p>
        <label>
          Token
          <input ref={field} type="password" autocomplete="off" required placeholder="hk_…" />
        </label>
        <footer>
          <code class="dim">npx hark tokens create --name page --roles operate --users '*'</code>
          <button class="primary">Use it</button>
        </footer>
      </form>
    </Dialog>
  );
}

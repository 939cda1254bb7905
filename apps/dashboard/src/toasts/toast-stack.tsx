import { useDashboard } from '../app/dashboard-context.js';

/** What was done, with the way back. */
export function ToastStack() {
  const { toasts } = useDashboard();
  return (
    <div class="toasts">
      {toasts.list.value.map(({ id, text, kind, action }) => (
        <div key={id} class={`toast ${kind}`}>
          <span>{text}</span>
          {action === undefined ? null : (
            <button class="small strong" onClick={action.run}>
              {action.word}
            </button>
          )}
          <button class="quiet" aria-label="Dismiss" onClick={() => toasts.dismiss(id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}

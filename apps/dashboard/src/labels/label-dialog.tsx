import { ActivityIcon } from '../activities/activity-icon.js';
import { useDashboard } from '../app/dashboard-context.js';
import { Dialog } from '../dialog/dialog.js';
import { percent } from '../format/numbers.js';
import { clock, span } from '../format/times.js';

/** “Actually it was…”: one button for each activity. */
export function LabelDialog() {
  const { labelling, book } = useDashboard();
  const naming = labelling.naming.value;
  if (naming === null) return null;
  const { user, device, stretch } = naming;
  const { windowsFromMs, windowsToMs, said, label, confidence } = stretch;
  return (
    <Dialog title="Actually it was…" onClose={() => labelling.dismiss()} class="labelling">
      <p>
        {user} · {device}, {clock(windowsFromMs)} to {clock(windowsToMs)} ({span(windowsToMs - windowsFromMs)}
        ): answered <strong>{book.wordOf(said)}</strong>
        {said === 0 ? '' : ` with ${percent(confidence)}`}
        {label === 0 ? '' : `, labelled ${book.wordOf(label)}`}.
      </p>
      <div class="activity-buttons">
        {book.all.map((code) => (
          <button
            key={code}
            class={code === said ? 'said' : ''}
            onClick={() => void labelling.tell(book.nameOf(code))}
          >
            <ActivityIcon code={code} />
            {book.wordOf(code)}
          </button>
        ))}
      </div>
      <p class="dim">The model learns the windows of this stretch with it. It can be undone.</p>
    </Dialog>
  );
}

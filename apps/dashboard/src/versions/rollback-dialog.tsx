import type { VersionDiff } from '@hark/contracts';
import { useDashboard } from '../app/dashboard-context.js';
import { Dialog } from '../dialog/dialog.js';
import { percent, signed, whole } from '../format/numbers.js';

/** What a rollback would change, and the rollback. */
export function RollbackDialog() {
  const { versions, origin } = useDashboard();
  const preview = versions.preview.value;
  if (preview === null) return null;
  const { version, answer, learning } = preview;
  return (
    <Dialog title={`Roll back to v${version}`} onClose={() => versions.dismiss()} class="rollback">
      {answer === null ? (
        <p class="dim">Asking what would change…</p>
      ) : (
        <>
          <p>
            v{answer.to} would answer in place of v{answer.from}, from one window on. No window is skipped,
            nothing is deleted, and the same call goes forward again.
          </p>
          <Diff diff={answer.diff} from={answer.from} to={answer.to} />
          <fieldset class="choice">
            <legend>Afterwards</legend>
            {(['continue', 'frozen'] as const).map((each) => (
              <label key={each}>
                <input
                  type="radio"
                  name="learning"
                  checked={learning === each}
                  onChange={() => versions.setPreviewLearning(each)}
                />
                {each === 'continue' ? 'it goes on learning' : 'it answers as it is'}
              </label>
            ))}
          </fieldset>
        </>
      )}
      <footer>
        <code class="dim">
          POST {origin}/v1/models/{version}/rollback
        </code>
        <button
          class="primary"
          disabled={answer === null}
          onClick={() => void versions.rollBack(version, learning)}
        >
          Roll back to v{version}
        </button>
      </footer>
    </Dialog>
  );
}

function Diff({
  diff,
  from,
  to,
}: {
  readonly diff: VersionDiff;
  readonly from: number;
  readonly to: number;
}) {
  const { metrics, windowsLearned, classes } = diff;
  const share = (name: string, change: { readonly from: number; readonly to: number }) => (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{percent(change.from, 1)}</td>
      <td class="number">{percent(change.to, 1)}</td>
      <td class="number">{signed(100 * (change.to - change.from))} points</td>
    </tr>
  );
  return (
    <table class="data diff">
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">What</span>
          </th>
          <th scope="col">now, v{from}</th>
          <th scope="col">then, v{to}</th>
          <th scope="col">change</th>
        </tr>
      </thead>
      <tbody>
        {share('accuracy when made', metrics.accuracy)}
        {share('kappa', metrics.kappa)}
        {share('macro F1', metrics.macroF1)}
        <tr>
          <th scope="row">windows learned</th>
          <td class="number">{whole(windowsLearned.from)}</td>
          <td class="number">{whole(windowsLearned.to)}</td>
          <td class="number">{signed(windowsLearned.to - windowsLearned.from, 0)}</td>
        </tr>
        <tr>
          <th scope="row">activities</th>
          <td colSpan={3}>
            {classes.added.length + classes.removed.length === 0
              ? 'the same'
              : [
                  ...classes.added.map((name) => `+ ${name}`),
                  ...classes.removed.map((name) => `− ${name}`),
                ].join(', ')}
          </td>
        </tr>
      </tbody>
    </table>
  );
}

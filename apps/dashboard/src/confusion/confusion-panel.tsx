import { useDashboard } from '../app/dashboard-context.js';
import { ActivityIcon } from '../activities/activity-icon.js';
import { Explained } from '../explain/explained.js';
import { percent, whole } from '../format/numbers.js';
import { Empty } from '../panel/empty.js';

/** What was done (rows) and what was said (columns), of the newest labelled windows. */
export function ConfusionView() {
  const dashboard = useDashboard();
  dashboard.pulse.follow('slow');
  const { confusion, book } = dashboard;
  const codes = book.all.filter((code) => code <= 6 || confusion.of(code) > 0);
  if (confusion.size === 0) {
    return (
      <Empty command="npx hark simulate --minutes 3">
        Labelled windows will be counted here: what was done, and what was said. Try:
      </Empty>
    );
  }
  return (
    <table class="confusion">
      <caption class="visually-hidden">Windows by what was done (rows) and what was said (columns)</caption>
      <thead>
        <tr>
          <th scope="col" class="corner">
            done ↓ said →
          </th>
          {codes.map((code) => (
            <th key={code} scope="col">
              <ActivityIcon code={code} /> {book.wordOf(code)}
            </th>
          ))}
          <th scope="col">found</th>
        </tr>
      </thead>
      <tbody>
        {codes.map((truth) => {
          const all = confusion.of(truth);
          return (
            <tr key={truth}>
              <th scope="row">
                <ActivityIcon code={truth} /> {book.wordOf(truth)}
              </th>
              {codes.map((said) => {
                const count = confusion.at(truth, said);
                const share = all === 0 ? 0 : count / all;
                const kind = truth === said ? 'right' : 'wrong';
                return (
                  <td
                    key={said}
                    class={`${kind} ${share >= 0.55 ? 'full' : ''}`}
                    style={{ '--share': `${(100 * share).toFixed(0)}%` }}
                  >
                    <Explained of="cell">{count === 0 ? '·' : whole(count)}</Explained>
                  </td>
                );
              })}
              <td class="number">
                <Explained of="recall" focusable>
                  {percent(confusion.recall(truth))}
                </Explained>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

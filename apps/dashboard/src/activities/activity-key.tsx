import { useDashboard } from '../app/dashboard-context.js';
import { ActivityIcon } from './activity-icon.js';

/** Which icon and colour stand for which activity. */
export function ActivityKey() {
  const { book } = useDashboard();
  return (
    <ul class="activity-key" aria-label="Activities">
      {book.all.map((code) => (
        <li key={code}>
          <ActivityIcon code={code} />
          {book.wordOf(code)}
        </li>
      ))}
    </ul>
  );
}

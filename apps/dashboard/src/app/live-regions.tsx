import { useDashboard } from './dashboard-context.js';

/** What a screen reader is told: politely what happens, and at once when the model drifts. */
export function LiveRegions() {
  const { said, alerts } = useDashboard();
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {said.value}
      </div>
      <div class="visually-hidden" role="alert">
        {alerts.alarm.value}
      </div>
    </>
  );
}

import { ActivityIcon } from '../activities/activity-icon.js';
import { useDashboard } from '../app/dashboard-context.js';
import { Explained } from '../explain/explained.js';
import { percent, whole } from '../format/numbers.js';
import { age, span } from '../format/times.js';
import { STATES } from '../ribbon/window-ring.js';
import { watermarkLagMs, type DeviceState } from './device-board.js';
import { silenceWord } from './silence-word.js';

/** A device in the list: who, what, how sure, and how its data comes in. */
export function DeviceLine({ device }: { readonly device: DeviceState }) {
  const dashboard = useDashboard();
  dashboard.pulse.follow('calm');
  const { key, user, said, confidence, state, reason } = device;
  const isChosen = dashboard.chosen.value === key;
  const ageMs = Date.now() - device.heardAtMs;
  const name = STATES[state];
  const word = name === 'cold' ? 'cold' : dashboard.book.wordOf(said);
  const lagMs = watermarkLagMs(device);
  return (
    <li class={`device ${isChosen ? 'chosen' : ''} ${name}`}>
      <button class="device-pick" aria-pressed={isChosen} onClick={() => dashboard.choose(key)}>
        <span class="avatar" aria-hidden="true">
          {user.slice(0, 2)}
        </span>
        <span class="device-name">
          <span class="visually-hidden">{user}, </span>
          {device.device}
        </span>
        <span class="device-word">
          <ActivityIcon code={said} />
          {word}
        </span>
        <Explained of="confidence" class="device-confidence">
          <span class="bar" aria-hidden="true">
            <span
              style={{
                width: `${Math.round(confidence * 100)}%`,
                background: `var(--activity-${Math.min(said, 9)})`,
              }}
            />
          </span>
          {percent(confidence)}
        </Explained>
      </button>
      <p class="device-facts">
        {name === 'ok' ? null : <strong>{silenceWord(name, reason)}</strong>}
        <Explained of="age">{age(ageMs)}</Explained>
        <Explained of="rate">
          {whole(device.accelerometerHz)}
          {device.gyroscopeHz > 0 ? ` + ${whole(device.gyroscopeHz)}` : ''} Hz
        </Explained>
        <Explained of="watermark">{span(Number.isNaN(lagMs) ? null : lagMs)} behind</Explained>
        <Explained of="late" class={device.late > 0 ? 'some' : ''}>
          {whole(device.late)} late
        </Explained>
        <Explained of="duplicates">{whole(device.duplicates)} dup</Explained>
      </p>
    </li>
  );
}

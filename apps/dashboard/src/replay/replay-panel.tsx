import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ReplaySpeed, ReplayView as Replay, SessionView } from '@hark/contracts';
import { useDashboard } from '../app/dashboard-context.js';
import { Explained } from '../explain/explained.js';
import { percent, short, whole } from '../format/numbers.js';
import { clock, dayAndTime, span } from '../format/times.js';
import { Empty } from '../panel/empty.js';
import { RibbonPainter } from '../ribbon/ribbon-painter.js';
import { prepared, useSize } from '../ribbon/use-canvas.js';
import { isOver } from './replay-desk.js';

const SPEEDS: readonly ReplaySpeed[] = [1, 2, 4, 16, 64, 'max'];
const SEEK_STEPS = 1000;

/** Recorded sessions, and one of them played again beside the live stream. */
export function ReplayTab() {
  const dashboard = useDashboard();
  const { replay } = dashboard;
  useEffect(() => void replay.refresh(), []);
  const sessions = replay.sessions.value;
  const chosen = replay.session.value;
  return (
    <div class="replay-view">
      <div class="session-list scroll" tabIndex={0} role="region" aria-label="Recorded sessions">
        {sessions === null || sessions.length === 0 ? (
          <Empty command="npx hark import Phones_accelerometer.csv --wait">
            What devices record is listed here. A recording of yours:
          </Empty>
        ) : (
          <table class="data">
            <thead>
              <tr>
                <th scope="col">Session</th>
                <th scope="col">Began</th>
                <th scope="col">Length</th>
                <th scope="col">
                  <button
                    class="quiet"
                    onClick={() => void replay.refresh()}
                    aria-label="List the sessions again"
                  >
                    ↻
                  </button>
                </th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <tr key={session.id} class={chosen?.id === session.id ? 'current' : ''}>
                  <th scope="row">
                    {session.user} · {session.device}
                  </th>
                  <td class="number">{dayAndTime(Date.parse(session.start))}</td>
                  <td class="number">{span(lengthOf(session))}</td>
                  <td>
                    <button
                      class="small"
                      aria-label={`Replay ${session.user} ${session.device}`}
                      onClick={() => void replay.start(session)}
                    >
                      replay
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      <Player />
    </div>
  );
}

function Player() {
  const { replay, versions, pulse } = useDashboard();
  pulse.follow('calm');
  const view = replay.replay.value;
  const session = replay.session.value;
  const list = versions.list.value ?? [];
  const settings = (
    <div class="replay-settings">
      <label>
        speed{' '}
        <select
          value={String(replay.speed.value)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            replay.setSpeed(value === 'max' ? 'max' : Number(value));
          }}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed === 'max' ? 'max' : `${speed}×`}
            </option>
          ))}
        </select>
      </label>
      <label>
        answered by{' '}
        <select
          value={String(replay.version.value ?? 'current')}
          onChange={(event) => {
            const { value } = event.currentTarget;
            replay.version.value = value === 'current' ? null : Number(value);
          }}
        >
          <option value="current">the current version</option>
          {list.map(({ version }) => (
            <option key={version} value={String(version)}>
              v{version}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
  if (view === null || session === null) {
    return (
      <div class="player">
        <Empty>
          Choose a session: it is played to a copy of the model, beside live traffic and without touching it.
        </Empty>
        {settings}
      </div>
    );
  }
  return (
    <div class="player">
      <ReplayRibbon session={session} />
      <Transport view={view} session={session} />
      <dl class="facts in-line">
        <dt>status</dt>
        <dd>{statusOf(view)}</dd>
        <dt>speed</dt>
        <dd>
          <Explained of="replaySpeed" focusable>
            {view.effectiveSpeed === null ? '–' : `${short(view.effectiveSpeed)}×`} of{' '}
            {view.speed === 'max' ? 'max' : `${view.speed}×`}
          </Explained>
        </dd>
        <dt>windows</dt>
        <dd>{whole(view.predictions)}</dd>
        <dt>accuracy</dt>
        <dd>
          <Explained of="replayAccuracy" focusable>
            {percent(view.accuracy, 1)}
          </Explained>
        </dd>
        <dt>version</dt>
        <dd>v{view.model}</dd>
        <dt>digest</dt>
        <dd>
          <Explained of="digest" focusable>
            <code>{view.digest.slice(0, 10)}</code>
          </Explained>
        </dd>
      </dl>
      {settings}
    </div>
  );
}

/** Play, pause, step, seek, stop. */
function Transport({ view, session }: { readonly view: Replay; readonly session: SessionView }) {
  const { replay } = useDashboard();
  const startMs = Date.parse(session.start);
  const lengthMs = Math.max(1, lengthOf(session));
  const atMs =
    view.position === null ? 0 : Math.max(0, Math.min(lengthMs, Date.parse(view.position) - startMs));
  const over = isOver(view);
  const isPlaying = view.status === 'playing';
  return (
    <div class="transport" role="group" aria-label="Replay">
      <button
        class="round"
        disabled={over}
        aria-label={isPlaying ? 'Pause the replay' : 'Play'}
        onClick={() => replay.toggle()}
      >
        {isPlaying ? '❚❚' : '▶'}
      </button>
      <button
        class="round"
        disabled={over}
        aria-label="Step to the next prediction"
        onClick={() => void replay.control({ command: 'step' })}
      >
        ▶❙
      </button>
      <button class="round" disabled={over} aria-label="Stop the replay" onClick={() => void replay.stop()}>
        ■
      </button>
      <input
        type="range"
        aria-label="Position in the session"
        aria-valuetext={`${span(atMs)} of ${span(lengthMs)}`}
        min={0}
        max={SEEK_STEPS}
        value={Math.round((SEEK_STEPS * atMs) / lengthMs)}
        disabled={over}
        onChange={(event) => {
          const to = new Date(
            startMs + (lengthMs * Number(event.currentTarget.value)) / SEEK_STEPS,
          ).toISOString();
          void replay.control({ command: 'seek', to });
        }}
      />
      <Explained of="replayPosition" focusable class="number">
        {span(atMs)} / {span(lengthMs)}
      </Explained>
      <button class="quiet" aria-label="Close the replay" onClick={() => void replay.close()}>
        ✕
      </button>
    </div>
  );
}

/** What the replay has said so far, over the whole session; the line below is the truth. */
function ReplayRibbon({ session }: { readonly session: SessionView }) {
  const { replay, book, pulse } = useDashboard();
  pulse.follow('calm');
  const [box, { width }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const endMs = Date.parse(session.end);
  useLayoutEffect(() => {
    if (canvas.current === null || width === 0) return;
    const context = prepared(canvas.current, width, 36);
    if (context === null) return;
    const place = { top: 2, height: 32, width, edgeMs: endMs, spanMs: Math.max(1, lengthOf(session)) };
    new RibbonPainter(context, book, devicePixelRatio).row(replay.ring, place, null);
  });
  return (
    <figure class="replay-ribbon">
      <figcaption>
        {session.user} · {session.device}, {dayAndTime(Date.parse(session.start))} to {clock(endMs)}
      </figcaption>
      <div ref={box}>
        <canvas
          ref={canvas}
          role="img"
          aria-label="What the replay has said so far"
          style={{ height: '36px' }}
        />
      </div>
    </figure>
  );
}

function lengthOf({ start, end }: SessionView): number {
  return Date.parse(end) - Date.parse(start);
}

function statusOf({ status, pending, reason, error }: Replay): string {
  if (pending !== null) return `${pending}…`;
  if (error !== null) return error;
  return reason === null ? status : reason.replaceAll('_', ' ');
}

import { useDashboard } from '../app/dashboard-context.js';
import { Explained } from '../explain/explained.js';
import { percent, whole } from '../format/numbers.js';
import { clock } from '../format/times.js';
import { Empty } from '../panel/empty.js';
import { Panel } from '../panel/panel.js';
import { Plot, type PlotLine, type PlotMark } from '../plot/plot.js';
import { RIBBON_MS } from '../ribbon/ribbon-scale.js';

const LINES: readonly PlotLine[] = [
  { name: 'majority', colour: '--ink-3', dash: [2, 3], width: 1.5 },
  { name: 'no change', colour: '--line-2nd', dash: [6, 4], width: 1.5 },
  { name: 'model', colour: '--accent', width: 2.5, fill: '--accent-wash' },
];
/** Looked back on for the figures. */
const RECENT_MS = 30_000;

/** How many answers were right, beside two that know nothing, with what happened to the model on the same axis. */
export function AccuracyPanel() {
  const dashboard = useDashboard();
  dashboard.pulse.follow('slow');
  const { accuracy, marks, alerts, cold, edgeMs } = dashboard;
  const fromMs = edgeMs - RIBBON_MS;
  const { windows, accuracy: now } = accuracy.recent(edgeMs, RECENT_MS);
  const curves = accuracy.curves(fromMs, edgeMs);
  const isEmpty = curves.model.every((each) => each === null);
  return (
    <Panel
      name="accuracy"
      title="Accuracy"
      curl={`curl ${dashboard.origin}/v1/models/current`}
      beside={
        <Explained of="accuracy" focusable class="figure">
          {percent(now, 1)} <small>of {whole(windows)}</small>
        </Explained>
      }
    >
      {isEmpty ? (
        <Empty command="npx hark simulate --minutes 3">
          {cold > 0
            ? `Nothing to score yet: ${whole(cold)} windows came before anything was learned.`
            : 'Accuracy needs labelled windows. Rows with gt, or labels told afterwards, make them; or try:'}
        </Empty>
      ) : (
        <>
          <Plot
            label={`Accuracy over the last five minutes; now ${percent(now, 1)}`}
            lines={LINES}
            data={[curves.seconds, curves.majority, curves.noChange, curves.model]}
            x={[fromMs / 1000, edgeMs / 1000]}
            xEvery={60}
            y={[0, 1]}
            yText={(value) => percent(value)}
            xText={(seconds) => clock(seconds * 1000).slice(0, 5)}
            marks={[
              ...marks.between(fromMs, edgeMs).map(({ version, fromMs: at, isBack }): PlotMark => {
                return {
                  at: at / 1000,
                  text: `${isBack ? '↩ ' : ''}v${version}`,
                  colour: '--ink-2',
                  isStrong: isBack,
                  row: isBack ? 1 : 0,
                };
              }),
              ...alerts.driftMarks(fromMs, edgeMs).map(({ atMs, stage }): PlotMark => {
                const isDrift = stage === 'drift';
                return {
                  at: atMs / 1000,
                  text: stage,
                  colour: isDrift ? '--alarm' : '--notice',
                  isStrong: isDrift,
                  row: isDrift ? 2 : 3,
                };
              }),
            ]}
          />
          <ul class="legend">
            <li class="key-model">model</li>
            <li class="key-no-change">
              <Explained of="noChange" focusable>
                no change {percent(curves.noChange.at(-1))}
              </Explained>
            </li>
            <li class="key-majority">
              <Explained of="majority" focusable>
                majority {percent(curves.majority.at(-1))}
              </Explained>
            </li>
            {cold === 0 ? null : (
              <li>
                <Explained of="cold" focusable>
                  {whole(cold)} cold
                </Explained>
              </li>
            )}
          </ul>
        </>
      )}
    </Panel>
  );
}

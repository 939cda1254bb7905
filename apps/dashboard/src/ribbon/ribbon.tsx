import { useLayoutEffect, useRef } from 'preact/hooks';
import { useDashboard } from '../app/dashboard-context.js';
import { scheme } from '../design/theme.js';
import { minuteTicks, RibbonPainter } from './ribbon-painter.js';
import { msAt, RIBBON_MS, ROW_PX, rowEdgeMs } from './ribbon-scale.js';
import { stretchAt } from './stretches.js';
import { prepared, useSize } from './use-canvas.js';

const PADDING = 3;

/** The activities of every device over the last five minutes, on one canvas; a click asks what a stretch was. */
export function Ribbon() {
  const dashboard = useDashboard();
  const [box, { width }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { devices } = dashboard.board;
  const height = devices.length * ROW_PX;
  const edgeMs = dashboard.edgeMs;
  dashboard.pulse.follow('calm');
  const chosen = dashboard.chosen.value;
  const cursorMs = dashboard.labelling.cursorMs.value;
  void scheme.value;

  useLayoutEffect(() => {
    if (canvas.current === null || width === 0) return;
    const context = prepared(canvas.current, width, height);
    if (context === null) return;
    const painter = new RibbonPainter(context, dashboard.book, devicePixelRatio);
    context.strokeStyle = getComputedStyle(canvas.current).getPropertyValue('--line');
    context.lineWidth = 1;
    for (const { x } of minuteTicks(edgeMs, width)) {
      context.beginPath();
      context.moveTo(Math.round(x) - 0.5, 0);
      context.lineTo(Math.round(x) - 0.5, height);
      context.stroke();
    }
    devices.forEach(({ key, ring, seenToMs }, index) => {
      const edge = rowEdgeMs(edgeMs, seenToMs);
      const top = index * ROW_PX + PADDING;
      const place = { top, height: ROW_PX - 2 * PADDING, width, edgeMs: edge, spanMs: RIBBON_MS };
      const isMarked = key === chosen && cursorMs !== null;
      painter.row(ring, place, isMarked ? stretchAt(ring, cursorMs) : null);
    });
  });

  const pick = (event: MouseEvent): void => {
    const { offsetX, offsetY } = event;
    const device = devices[Math.floor(offsetY / ROW_PX)];
    if (device === undefined) return;
    if (dashboard.chosen.value !== device.key) dashboard.choose(device.key);
    dashboard.labelling.open(device.key, msAt(offsetX, rowEdgeMs(edgeMs, device.seenToMs), width));
  };

  return (
    <div class="ribbon" ref={box}>
      <canvas
        ref={canvas}
        role="img"
        aria-label="Activities over the last five minutes; the button “table” shows the same as text"
        style={{ height: `${height}px` }}
        onClick={pick}
      />
      <div class="ribbon-axis" aria-hidden="true">
        {minuteTicks(edgeMs, width).map(({ x, text }) => (
          <span key={text} style={{ left: `${x}px` }}>
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}

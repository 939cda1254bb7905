import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { scheme } from '../design/theme.js';
import { useSize } from '../ribbon/use-canvas.js';

export interface PlotLine {
  readonly name: string;
  /** Custom property of its colour. */
  readonly colour: string;
  readonly dash?: number[];
  readonly width?: number;
  /** Custom property of the colour below it. */
  readonly fill?: string;
}

export interface PlotMark {
  /** On the time axis, seconds since 1970. */
  readonly at: number;
  readonly text: string;
  readonly colour: string;
  readonly isStrong: boolean;
  /** Where its text stands, rows up from the axis. One that would run into the one before is left out. */
  readonly row: number;
}

export interface PlotProps {
  readonly label: string;
  readonly lines: readonly PlotLine[];
  /** Times in seconds, then the values of each line. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly x: readonly [number, number];
  /** Fixed, or as high as the data; from 0 then. */
  readonly y?: readonly [number, number];
  readonly yText: (value: number) => string;
  readonly xText: (seconds: number) => string;
  readonly marks?: readonly PlotMark[];
  /** Distance of the texts on the time axis, seconds. */
  readonly xEvery: number;
}

const FONT = '10.5px system-ui, sans-serif';

/** Lines over time. Drawn anew with every change of its properties: whoever uses it says how often that is. */
export function Plot(props: PlotProps) {
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shape = props.lines.map(({ name }) => name).join('|');
  const colours = scheme.value;

  useEffect(() => {
    const element = box.current;
    if (element === null || width === 0 || height === 0) return;
    const made = new uPlot(optionsOf(element, latest, width, height), dataOf(latest.current), element);
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
    // The size is followed below; other lines or colours make another plot.
  }, [width === 0 || height === 0, shape, colours]);

  useLayoutEffect(() => {
    const { current } = plot;
    if (current === null || width === 0) return;
    if (current.width !== width || current.height !== height) current.setSize({ width, height });
    current.setData(dataOf(props), true);
  });

  return <div class="plot" ref={box} role="img" aria-label={props.label} />;
}

function dataOf({ data }: PlotProps): uPlot.AlignedData {
  return data as unknown as uPlot.AlignedData;
}

function optionsOf(
  element: HTMLElement,
  latest: { readonly current: PlotProps },
  width: number,
  height: number,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--ink-2'), font: FONT, ticks: { show: false }, border: { show: false } };
  const grid = { stroke: colour('--line'), width: 1 };
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [...latest.current.x] as uPlot.Range.MinMax },
      y: {
        range: (_, low, high) =>
          (latest.current.y !== undefined
            ? [...latest.current.y]
            : [Math.min(0, low ?? 0), Math.max(1, (high ?? 1) * 1.15)]) as uPlot.Range.MinMax,
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 20,
        space: 30,
        incrs: [latest.current.xEvery],
        values: (_, at) => at.map((each) => latest.current.xText(each)),
      },
      { ...axis, grid, size: 42, space: 26, values: (_, at) => at.map((each) => latest.current.yText(each)) },
    ],
    series: [
      {},
      ...latest.current.lines.map(({ colour: name, dash, width: thick, fill }) => ({
        stroke: colour(name),
        width: thick ?? 1.5,
        points: { show: false },
        spanGaps: false,
        ...(dash && { dash }),
        ...(fill !== undefined && { fill: colour(fill) }),
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, latest.current.marks ?? [], colour)] },
  };
}

/** Vertical lines, each with a word at its foot. */
function drawMarks(plot: uPlot, marks: readonly PlotMark[], colour: (name: string) => string): void {
  const { ctx: context, bbox } = plot;
  const density = devicePixelRatio;
  const taken: number[] = [];
  context.save();
  context.font = `600 ${10 * density}px system-ui, sans-serif`;
  context.textBaseline = 'top';
  for (const { at, text, colour: name, isStrong, row } of marks) {
    const x = Math.round(plot.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    context.strokeStyle = context.fillStyle = colour(name);
    context.lineWidth = (isStrong ? 2 : 1) * density;
    context.setLineDash(isStrong ? [] : [2 * density, 3 * density]);
    context.beginPath();
    context.moveTo(x, bbox.top);
    context.lineTo(x, bbox.top + bbox.height);
    context.stroke();
    const wide = context.measureText(text).width;
    const left = Math.min(x + 4 * density, bbox.left + bbox.width - wide);
    if (left < (taken[row] ?? -Infinity)) continue;
    context.fillText(text, left, bbox.top + bbox.height - 13 * (row + 1) * density);
    taken[row] = left + wide + 5 * density;
  }
  context.restore();
}

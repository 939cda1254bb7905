import type { CalibrationReport } from '@hark/models';
import { grouped, percent } from '../../terminal/table.js';
import { markup, type Markup } from './markup.js';
import { scale, tenth, ticks } from './scale.js';

const WIDTH = 400;
const HEIGHT = 430;
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 392, 10, 310];
/** The windows of each bin, below. */
const [COUNT_TOP, COUNT_BOTTOM] = [334, 384];

/** How often answers of each confidence were right, beside how often they should have been. */
export function reliabilityDiagram(id: string, { bins, ece, mce }: CalibrationReport): Markup {
  const x = scale([0, 1], [LEFT, RIGHT]);
  const y = scale([0, 1], [BOTTOM, TOP]);
  const held = bins.filter(({ windows }) => windows > 0);
  const count = scale([0, Math.max(1, ...held.map(({ windows }) => windows))], [COUNT_BOTTOM, COUNT_TOP]);
  const axes = ticks(0, 1, 5).map(
    (value) => markup`
<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
<text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end">${value}</text>
<text x="${x(value)}" y="${COUNT_BOTTOM + 16}" text-anchor="middle">${value}</text>`,
  );
  const bars = held.map(({ from, to, windows, confidence, accuracy }) => {
    const bar = (style: string, upper: number, lower: number) =>
      markup`<rect class="${style}" x="${x(from) + 1}" width="${tenth(x(to) - x(from) - 2)}"
 y="${upper}" height="${tenth(lower - upper)}"/>`;
    const said =
      `${from.toFixed(2)} to ${to.toFixed(2)}: ${grouped(windows)} windows, ` +
      `confidence ${percent(confidence)}, right ${percent(accuracy)}`;
    const gap = accuracy < confidence ? 'gap over' : 'gap under';
    return markup`
<g><title>${said}</title>${bar('bar', y(accuracy), BOTTOM)}
${bar(gap, y(Math.max(accuracy, confidence)), y(Math.min(accuracy, confidence)))}
${bar('count', count(windows), COUNT_BOTTOM)}</g>`;
  });
  return markup`<figure class="narrow">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">Reliability diagram</title>
<desc id="${id}-desc">Share of right answers in each of ${bins.length} bins of confidence, against the diagonal of
perfect calibration. Expected calibration error ${percent(ece)}, at most ${percent(mce)}. The table has the numbers.</desc>
${axes}${bars}
<line class="diagonal" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>
<text transform="translate(14 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">share right</text>
<text transform="translate(14 ${(COUNT_TOP + COUNT_BOTTOM) / 2}) rotate(-90)" text-anchor="middle">windows</text>
<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">confidence</text>
</svg>
<figcaption>A gap below the diagonal: <span class="key"><span class="chip over"></span> too sure.</span>
Above it: <span class="key"><span class="chip under"></span> not sure enough.</span></figcaption>
</figure>`;
}

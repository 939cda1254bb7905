import { grouped } from '../../terminal/table.js';
import type { Mark } from '../mark.js';
import { markup, type Markup } from './markup.js';
import { scale, tenth, ticks } from './scale.js';

export interface ChartLine {
  readonly name: string;
  /** Class of the style sheet: colour and dashes. */
  readonly style: string;
  /** Windows scored, growing. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

export interface LineChart {
  /** For the ids within the document, unique. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, for those who don't see it. */
  readonly description: string;
  readonly lines: readonly ChartLine[];
  readonly marks: readonly Mark[];
  /** Values from the least to the greatest; what lies outside is cut off. */
  readonly range: readonly [number, number];
  readonly format: (value: number) => string;
}

const WIDTH = 900;
const HEIGHT = 300;
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 884, 30, 254];
/** Room for what is written above a mark; without it, it goes unnamed: the table of marks has them all. */
const NAME_WIDTH = 64;
const SIGN_WIDTH = 14;

const MARKS: Record<Mark['kind'], { readonly sign: string; readonly words: string }> = {
  warning: { sign: '△', words: 'drift suspected' },
  drift: { sign: '◆', words: 'drift, shaded until over' },
  recovered: { sign: '○', words: 'recovered' },
  alert: { sign: '!', words: 'another alert' },
  version: { sign: '▲', words: 'version made' },
  user: { sign: '│', words: 'the next user is left out' },
};

type Place = (value: number) => number;

/** Lines over the windows of a stream, with marks on the same axis, and their legend. */
export function lineChart({ id, title, description, lines, marks, range, format }: LineChart): Markup {
  const end = Math.max(1, ...lines.map(({ at }) => at.at(-1) ?? 0), ...marks.map(({ at }) => at));
  const x = scale([0, end], [LEFT, RIGHT]);
  const y = scale(range, [BOTTOM, TOP]);
  const levels = ticks(...range, 5).map(
    (value) => markup`
<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(value)}" y2="${y(value)}"/>
<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${format(value)}</text>`,
  );
  const windows = ticks(0, end, 8).map(
    (value) => markup`
<text x="${x(value)}" y="${BOTTOM + 18}" text-anchor="middle">${grouped(value)}</text>`,
  );
  return markup`<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>
<clipPath id="${id}-clip">
<rect x="${LEFT}" y="${TOP}" width="${RIGHT - LEFT}" height="${BOTTOM - TOP}"/>
</clipPath>${levels}${windows}
<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">windows scored</text>
${episodes(marks, end, x)}
<g clip-path="url(#${id}-clip)">${lines.map((line) => path(line, x, y))}</g>${drawnMarks(marks, x)}
</svg>
<figcaption>${lines.map(lineKey)}${markKeys(marks)}</figcaption>
</figure>`;
}

function path({ style, at, values }: ChartLine, x: Place, y: Place): Markup {
  const points = at.map((window, i) => `${x(window)} ${y(values[i])}`);
  // A path of one point would not be seen.
  const line = points.length === 1 ? [...points, ...points] : points;
  return markup`
<path class="line ${style}" d="${line.length === 0 ? '' : `M${line.join('L')}`}"/>`;
}

/** A band from each drift to its recovery, or to the end. */
function episodes(marks: readonly Mark[], end: number, x: Place): Markup[] {
  return marks.flatMap((mark, i) => {
    if (mark.kind !== 'drift') return [];
    const later = marks.slice(i).filter(({ episode }) => episode === mark.episode);
    const over = later.find(({ kind }) => kind === 'recovered')?.at ?? end;
    const width = tenth(Math.max(1, x(over) - x(mark.at)));
    return [
      markup`<rect class="episode" x="${x(mark.at)}" y="${TOP}" width="${width}" height="${BOTTOM - TOP}"/>`,
    ];
  });
}

function drawnMarks(marks: readonly Mark[], x: Place): Markup[] {
  const names = namesOf(marks, x);
  return marks.map((mark) => {
    const { at, kind, text } = mark;
    const place = x(at);
    const title = markup`<title>${kind} at ${grouped(at)}: ${text}</title>`;
    if (kind === 'version') {
      return markup`
<g class="mark version">${title}<text x="${place}" y="${BOTTOM - 2}" text-anchor="middle">▲</text></g>`;
    }
    const anchor = place > RIGHT - NAME_WIDTH / 2 ? 'end' : kind === 'user' ? 'start' : 'middle';
    return markup`
<g class="mark ${kind}">${title}<line x1="${place}" x2="${place}" y1="${TOP}" y2="${BOTTOM}"/>
<text x="${place}" y="${TOP - 8}" text-anchor="${anchor}">${names.get(mark) ?? ''}</text></g>`;
  });
}

/** What is written above marks, where there is room: drifts and users first, then the signs of the others. */
function namesOf(marks: readonly Mark[], x: Place): ReadonlyMap<Mark, string> {
  const names = new Map<Mark, string>();
  const taken: (readonly [from: number, to: number])[] = [];
  const write = (mark: Mark, name: string, width: number) => {
    const [from, to] = [x(mark.at) - width / 2, x(mark.at) + width / 2];
    if (taken.some((other) => from < other[1] && other[0] < to)) return;
    taken.push([from, to]);
    names.set(mark, name);
  };
  const { drift } = MARKS;
  for (const mark of marks) {
    if (mark.kind === 'drift') write(mark, `${drift.sign} drift`, NAME_WIDTH);
    if (mark.kind === 'user') write(mark, mark.text.slice(0, 10), NAME_WIDTH);
  }
  for (const mark of marks)
    if (!names.has(mark) && mark.kind !== 'user') write(mark, MARKS[mark.kind].sign, SIGN_WIDTH);
  return names;
}

function lineKey({ name, style }: ChartLine): Markup {
  return markup`<span class="key">
<svg viewBox="0 0 28 10" width="28" height="10" aria-hidden="true"><path class="line ${style}" d="M0 5L28 5"/></svg>
${name}</span> `;
}

function markKeys(marks: readonly Mark[]): Markup[] {
  const kinds = (Object.keys(MARKS) as Mark['kind'][]).filter((kind) =>
    marks.some((mark) => mark.kind === kind),
  );
  return kinds.map((kind) => {
    const { sign, words } = MARKS[kind];
    return markup`<span class="key"><span class="mark ${kind}" aria-hidden="true">${sign}</span> ${words}</span> `;
  });
}

import type { ActivityBook } from '../activities/activity-book.js';
import { lookOf } from '../activities/activity-look.js';
import { PatternFills } from './patterns.js';
import { xOf } from './ribbon-scale.js';
import { stretches, type Stretch } from './stretches.js';
import { STATES, type WindowRing } from './window-ring.js';

/** Where a row stands, in CSS pixels. */
export interface RowPlace {
  readonly top: number;
  readonly height: number;
  readonly width: number;
  /** Event time at the right and left edge. */
  readonly edgeMs: number;
  readonly spanMs: number;
}

const COLD = STATES.indexOf('cold');
const MARK_PX = 3;
const GAP_PX = 1;

/** Draws rows of stretches: colour, pattern and word, and a line below for what is known to be true. */
export class RibbonPainter {
  private readonly colours = new Map<string, string>();
  private readonly patterns: PatternFills;
  private readonly style: CSSStyleDeclaration;
  private readonly inkFaint: string;

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly book: ActivityBook,
    density: number,
  ) {
    this.style = getComputedStyle(context.canvas);
    this.patterns = new PatternFills(this.style.getPropertyValue('--pattern-ink'), density);
    this.inkFaint = this.style.getPropertyValue('--ink-2');
  }

  row(ring: WindowRing, place: RowPlace, chosen: Stretch | null): void {
    const { edgeMs, spanMs, width } = place;
    const x = (ms: number): number => width * (1 - (edgeMs - ms) / spanMs);
    for (const each of stretches(ring, edgeMs - spanMs, edgeMs + 10_000)) {
      const left = Math.max(0, x(each.fromMs));
      const right = Math.min(width, x(each.toMs));
      if (right - left < 0.5) continue;
      this.stretch(each, left, right - left, place);
    }
    this.labels(ring, place, x);
    if (chosen !== null) this.outline(x(chosen.fromMs), x(chosen.toMs), place);
  }

  private stretch({ said, state }: Stretch, left: number, width: number, { top, height }: RowPlace): void {
    const { context } = this;
    const look = lookOf(said);
    const box = [left, top, Math.max(0.5, width - GAP_PX), height - MARK_PX - 2] as const;
    context.beginPath();
    context.roundRect(...box, Math.min(3, width / 3));
    if (said === 0) {
      context.setLineDash(state === COLD ? [2, 2] : []);
      context.strokeStyle = this.colour(look.colour);
      context.lineWidth = 1;
      context.stroke();
      context.setLineDash([]);
    } else {
      context.fillStyle = this.colour(look.colour);
      context.fill();
      const pattern = this.patterns.fill(look.pattern, context);
      if (pattern !== null) {
        context.fillStyle = pattern;
        context.fill();
      }
    }
    this.word(said, state, left, width, top + (height - MARK_PX - 2) / 2);
  }

  private word(said: number, state: number, left: number, width: number, middle: number): void {
    const { context } = this;
    const word = said === 0 && state === COLD ? 'cold' : this.book.wordOf(said);
    context.font = '600 10.5px system-ui, sans-serif';
    context.textBaseline = 'middle';
    const wide = context.measureText(word).width;
    if (wide > width - 6) return;
    if (said !== 0) {
      // On the colour without the pattern, so that it can be read.
      context.fillStyle = this.colour(lookOf(said).colour);
      context.fillRect(left + 2, middle - 7, wide + 3, 14);
    }
    context.fillStyle = said === 0 ? this.inkFaint : this.colour('--on-activity');
    context.fillText(word, left + 3, middle + 0.5);
  }

  /** A thin line in the colour of the truth, below the windows that have a label. */
  private labels(
    ring: WindowRing,
    { top, height, edgeMs, spanMs, width }: RowPlace,
    x: (ms: number) => number,
  ): void {
    const { context } = this;
    for (let i = ring.firstEndingAfter(edgeMs - spanMs); i < ring.size; i++) {
      const label = ring.labelAt(i);
      if (label === 0) continue;
      const middle = (ring.startOf(i) + ring.endOf(i)) / 2;
      const half = (ring.endOf(i) - ring.startOf(i)) / 4;
      const left = Math.max(0, x(middle - half));
      const right = Math.min(width, x(middle + half));
      if (right <= left) continue;
      context.fillStyle = this.colour(lookOf(label).colour);
      context.fillRect(left, top + height - MARK_PX, right - left + 0.3, MARK_PX);
    }
  }

  private outline(left: number, right: number, { top, height }: RowPlace): void {
    const { context } = this;
    context.strokeStyle = this.colour('--ink');
    context.lineWidth = 2;
    context.beginPath();
    context.roundRect(left - 1, top - 1, Math.max(4, right - left + 1), height - MARK_PX, 4);
    context.stroke();
  }

  private colour(name: string): string {
    let colour = this.colours.get(name);
    if (colour === undefined) this.colours.set(name, (colour = this.style.getPropertyValue(name).trim()));
    return colour;
  }
}

/** Ticks of the time axis: every minute back from the edge. */
export function minuteTicks(edgeMs: number, width: number): { readonly x: number; readonly text: string }[] {
  return [0, 1, 2, 3, 4].map((minutes) => ({
    x: xOf(edgeMs - minutes * 60_000, edgeMs, width),
    text: minutes === 0 ? 'now' : `\u2212${minutes} min`,
  }));
}

import type { Pattern } from '../activities/activity-look.js';

const TILE = 8;

type Context2d = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Draws the tile of a pattern in `ink`, over what is there. */
const TILES: Readonly<Record<Pattern, (context: Context2d) => void>> = {
  plain: () => undefined,
  empty: () => undefined,
  upright: (c) =>
    line(c, [
      [2, 0, 2, 8],
      [6, 0, 6, 8],
    ]),
  level: (c) =>
    line(c, [
      [0, 2, 8, 2],
      [0, 6, 8, 6],
    ]),
  grid: (c) =>
    line(c, [
      [0, 4, 8, 4],
      [4, 0, 4, 8],
    ]),
  rising: (c) =>
    line(c, [
      [-2, 2, 2, -2],
      [-2, 10, 10, -2],
      [6, 10, 10, 6],
    ]),
  falling: (c) =>
    line(c, [
      [-2, 6, 2, 10],
      [-2, -2, 10, 10],
      [6, -2, 10, 2],
    ]),
  dots: (c) => {
    for (const [x, y] of [
      [2, 2],
      [6, 6],
    ])
      c.fillRect(x - 0.8, y - 0.8, 1.8, 1.8);
  },
  waves: (c) => {
    c.beginPath();
    c.moveTo(0, 3);
    c.quadraticCurveTo(2, 0, 4, 3);
    c.quadraticCurveTo(6, 6, 8, 3);
    c.stroke();
  },
};

function line(context: Context2d, lines: readonly (readonly number[])[]): void {
  context.beginPath();
  for (const [x1, y1, x2, y2] of lines) {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  }
  context.stroke();
}

/** Patterns as fills, made once for each colour scheme and pixel density. */
export class PatternFills {
  private readonly made = new Map<Pattern, CanvasPattern | null>();

  constructor(
    private readonly ink: string,
    private readonly density: number,
  ) {}

  fill(pattern: Pattern, target: CanvasRenderingContext2D): CanvasPattern | null {
    if (pattern === 'plain' || pattern === 'empty') return null;
    const known = this.made.get(pattern);
    if (known !== undefined) return known;
    const canvas = new OffscreenCanvas(TILE * this.density, TILE * this.density);
    const context = canvas.getContext('2d');
    if (context === null) return null;
    context.scale(this.density, this.density);
    context.strokeStyle = context.fillStyle = this.ink;
    context.lineWidth = 1;
    TILES[pattern](context);
    const fill = target.createPattern(canvas, 'repeat');
    fill?.setTransform(new DOMMatrix([1 / this.density, 0, 0, 1 / this.density, 0, 0]));
    this.made.set(pattern, fill);
    return fill;
  }
}

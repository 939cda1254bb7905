import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const SIZE_MS = 2560;
const HOP_MS = 1280;
const LATENESS_MS = 10_000;
const EPOCH_MS = 1_424_696_400_000;
/** Keys remembered at most, well above what ten seconds bring. */
const SEEN = 20_000;

const LF = 10;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;

interface Sums {
  count: number;
  x: number;
  y: number;
  z: number;
  xx: number;
  yy: number;
  zz: number;
}

interface Stream {
  newestMs: number;
  seen: Set<number>;
  windows: Map<number, Sums>;
}

/** What the bare loop counted. */
export interface BareLoopResult {
  readonly rows: number;
  readonly windows: number;
  readonly rowsPerSecond: number;
}

/**
 * The yardstick: one thread, one file of HHAR CSV, no service around it. Scans the bytes, drops late rows and
 * duplicates and keeps mean and deviation of the axes for each window; no log, no features, no learning.
 */
export function bareLoop(path: string): BareLoopResult {
  const started = performance.now();
  const bytes = readFileSync(path);
  const streams = new Map<number, Stream>();
  let rows = 0;
  let windows = 0;
  let at = bytes.indexOf(LF) + 1;

  const number = (): number => {
    const start = at;
    let byte = bytes[at];
    const negative = byte === MINUS;
    if (negative) byte = bytes[++at];
    let value = 0;
    let scale = 1;
    for (; byte >= ZERO && byte <= NINE; byte = bytes[++at]) value = value * 10 + byte - ZERO;
    if (byte === POINT) {
      for (byte = bytes[++at]; byte >= ZERO && byte <= NINE; byte = bytes[++at]) {
        value = value * 10 + byte - ZERO;
        scale *= 10;
      }
    }
    if (byte !== COMMA) {
      while (bytes[at] !== COMMA) at++;
      return Number(bytes.toString('latin1', start, at++));
    }
    at++;
    return negative ? -value / scale : value / scale;
  };

  while (at < bytes.length) {
    while (bytes[at++] !== COMMA);
    while (bytes[at++] !== COMMA);
    let end = at;
    while (bytes[end] !== COMMA) end++;
    let ms = 0;
    let subNs = 0;
    for (; at < end - 6; at++) ms = ms * 10 + bytes[at] - ZERO;
    for (; at < end; at++) subNs = subNs * 10 + bytes[at] - ZERO;
    at++;
    const x = number();
    const y = number();
    const z = number();
    // User, model and device as one hash: two that collide would be taken for one, which a yardstick may risk.
    let hash = 0;
    for (let commas = 0; commas < 3; at++) {
      if (bytes[at] === COMMA) commas++;
      hash = Math.imul(hash ^ bytes[at], 0x01000193);
    }
    while (bytes[at++] !== LF);
    rows++;
    let stream = streams.get(hash);
    if (stream === undefined)
      streams.set(hash, (stream = { newestMs: 0, seen: new Set(), windows: new Map() }));
    if (ms < stream.newestMs - LATENESS_MS) continue;
    // Exact for 104 days from the hour of the first row of HHAR: enough for a yardstick.
    const key = (ms - EPOCH_MS) * 1_000_000 + subNs;
    if (stream.seen.has(key)) continue;
    if (stream.seen.size > SEEN) stream.seen = new Set();
    stream.seen.add(key);
    if (ms > stream.newestMs) stream.newestMs = ms;
    const last = Math.floor(ms / HOP_MS) * HOP_MS;
    for (let start = last - HOP_MS; start <= last; start += HOP_MS) {
      let sums = stream.windows.get(start);
      if (sums === undefined) {
        stream.windows.set(start, (sums = { count: 0, x: 0, y: 0, z: 0, xx: 0, yy: 0, zz: 0 }));
        for (const open of stream.windows.keys()) {
          if (open + SIZE_MS > stream.newestMs - LATENESS_MS) break;
          stream.windows.delete(open);
          windows++;
        }
      }
      sums.count++;
      sums.x += x;
      sums.y += y;
      sums.z += z;
      sums.xx += x * x;
      sums.yy += y * y;
      sums.zz += z * z;
    }
  }
  for (const { windows: open } of streams.values()) windows += open.size;
  return { rows, windows, rowsPerSecond: rows / ((performance.now() - started) / 1000) };
}

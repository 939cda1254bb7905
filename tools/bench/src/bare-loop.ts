import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

const SIZE_MS = 2560;
const HOP_MS = 1280;
const LATENESS_MS = 10_000;

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
  const streams = new Map<string, Stream>();
  let rows = 0;
  let windows = 0;
  let at = bytes.indexOf(10) + 1;
  let stream: Stream | undefined;
  let streamFrom = 0;
  let streamTo = 0;

  const number = (): number => {
    let sign = 1;
    let value = 0;
    let scale = 0;
    const start = at;
    if (bytes[at] === 45) {
      sign = -1;
      at++;
    }
    for (;;) {
      const byte = bytes[at];
      if (byte === 46) scale = 1;
      else if (byte >= 48 && byte <= 57) {
        value = value * 10 + byte - 48;
        if (scale > 0) scale *= 10;
      } else if (byte === 69 || byte === 101) {
        while (bytes[at] !== 44) at++;
        value = Math.abs(Number(bytes.toString('latin1', start, at)));
        scale = 0;
        break;
      } else break;
      at++;
    }
    at++;
    return (sign * value) / (scale > 1 ? scale : 1);
  };

  while (at < bytes.length) {
    at = bytes.indexOf(44, at) + 1;
    at = bytes.indexOf(44, at) + 1;
    let ms = 0;
    let subNs = 0;
    const end = bytes.indexOf(44, at);
    for (; at < end - 6; at++) ms = ms * 10 + bytes[at] - 48;
    for (; at < end; at++) subNs = subNs * 10 + bytes[at] - 48;
    at++;
    const x = number();
    const y = number();
    const z = number();
    const from = at;
    at = bytes.indexOf(10, at) + 1;
    rows++;
    // User, model, device and gt stand together: the bytes of the row before tell whether they changed.
    if (stream === undefined || bytes.compare(bytes, streamFrom, streamTo, from, at) !== 0) {
      const [user, , device] = bytes.toString('latin1', from, at).split(',');
      const key = `${user},${device}`;
      stream = streams.get(key);
      if (stream === undefined) streams.set(key, (stream = { newestMs: 0, seen: new Set(), windows: new Map() }));
      streamFrom = from;
      streamTo = at;
    }
    if (ms < stream.newestMs - LATENESS_MS) continue;
    // Exact for 104 days: enough for a yardstick.
    const key = (ms - 1_424_000_000_000) * 1_000_000 + subNs;
    if (stream.seen.has(key)) continue;
    stream.seen.add(key);
    if (ms > stream.newestMs) stream.newestMs = ms;
    if (stream.seen.size > 20_000) stream.seen = new Set();
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

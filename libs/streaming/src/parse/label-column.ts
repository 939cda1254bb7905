import type { JsonCursor } from './json-cursor.js';
import { NumberColumn } from './number-column.js';
import { Unusable } from './row-rules.js';
import type { StreamCache } from './stream-cache.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A column of activities: `values` holds codes of the cache's `gt`. */
export class LabelColumn extends NumberColumn {
  /** One activity for all rows. */
  single = false;

  /** Reads an array of activities, or one activity for all rows, which is a column of length 1. */
  readLabels(cursor: JsonCursor, cache: StreamCache): boolean {
    this.single = cursor.peek() === QUOTE;
    if (!this.single) return this.readArray(cursor, () => this.readLabel(cursor, cache));
    this.present = true;
    return this.readLabel(cursor, cache);
  }

  override clear(): void {
    super.clear();
    this.single = false;
  }

  private readLabel(cursor: JsonCursor, cache: StreamCache): boolean {
    const { bytes, end } = cursor;
    if (bytes[cursor.position] === QUOTE) {
      const start = cursor.position + 1;
      const known = cache.gt.matchLast(bytes, start);
      if (known >= 0 && known < end && bytes[known] === QUOTE) {
        this.push(cache.gt.last);
        cursor.position = known + 1;
        return true;
      }
      let p = start;
      while (p < end && bytes[p] !== QUOTE && bytes[p] >= 0x20 && bytes[p] !== BACKSLASH) p++;
      if (p < end && bytes[p] === QUOTE) {
        const code = cache.gt.codeOf(bytes, start, p);
        if (cache.isActivity(code)) {
          this.push(code);
          cursor.position = p + 1;
          return true;
        }
      }
    }
    return this.readAny(cursor, (text, kind) => this.pushBad(kind === 'string' ? text : new Unusable(text)));
  }
}

import type { SampleBatchBuilder } from '@hark/contracts';
import { NUMBER_REACH, type NumberScanner } from './number-scanner.js';
import { readArrival } from './row-rules.js';

/** What stands between two stretches of a row that repeat. */
export const enum Slot {
  /** A number without meaning, as JSON writes it. */
  Number,
  /** Digits without meaning. */
  Digits,
  Time,
  Arrival,
  X,
  Y,
  Z,
}

const MAX_SLOTS = 16;
const MAX_DIGITS = 20;

/**
 * The form of the row read last: all of its bytes but those of its numbers. Rows of a recording mostly repeat it, byte
 * for byte, for as long as the device and the activity stay the same, so that the next rows are read by comparing, and
 * nothing but their numbers is looked at. A row of any other form is left to the parser, which describes it anew: with
 * {@link begin}, {@link slot} for each number and {@link end}.
 */
export class RowTemplate {
  /** Rows that {@link takeRows} has taken in its last call. */
  taken = 0;
  private bytes!: Uint8Array;
  private view!: DataView;
  private known = false;
  private slots = 0;
  private readonly kinds = new Uint8Array(MAX_SLOTS);
  /** The stretch in front of slot i stands at `[from[i], to[i])` of the bytes; the last is behind all slots. */
  private readonly from = new Int32Array(MAX_SLOTS + 1);
  private readonly to = new Int32Array(MAX_SLOTS + 1);
  /** Bytes from its start that a row may take, its numbers as long as they may be. */
  private reach = 0;
  private stream = 0;
  private label = 0;

  /** Rows come from these bytes now, and go to another builder perhaps: the form is forgotten. */
  read(bytes: Uint8Array): void {
    this.known = false;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** A row begins at `start`. */
  begin(start: number): void {
    this.known = false;
    this.slots = 0;
    this.from[0] = start;
  }

  /** The row has a number at `[start, end)`. */
  slot(kind: Slot, start: number, end: number): void {
    if (this.slots === MAX_SLOTS) return;
    this.kinds[this.slots] = kind;
    this.to[this.slots] = start;
    this.from[++this.slots] = end;
  }

  /** The row has been taken and the next may begin at `end`. */
  end(end: number, stream: number, label: number): void {
    this.known = this.slots < MAX_SLOTS;
    this.to[this.slots] = end;
    this.stream = stream;
    this.label = label;
    this.reach = this.slots * NUMBER_REACH;
    for (let i = 0; i <= this.slots; i++) this.reach += this.to[i] - this.from[i];
  }

  /**
   * Takes the rows of this form from `start` on.
   *
   * @param numbers reads the same bytes.
   * @returns where the first row stands that was not taken.
   */
  takeRows(
    start: number,
    numbers: NumberScanner,
    builder: SampleBatchBuilder,
    defaultArrivalMs: number,
  ): number {
    this.taken = 0;
    if (!this.known) return start;
    const { bytes, view, slots, kinds, from, to, stream, label } = this;
    const last = bytes.length - this.reach;
    let rowStart = start;
    while (rowStart <= last) {
      let p = rowStart;
      let ms = 0;
      let subNs = 0;
      let arrivalMs = defaultArrivalMs;
      let x = 0;
      let y = 0;
      let z = 0;
      for (let slot = 0; ; slot++) {
        const end = to[slot];
        let i = from[slot];
        for (; i + 4 <= end; i += 4, p += 4) {
          if (view.getInt32(i) !== view.getInt32(p)) return rowStart;
        }
        for (; i < end; i++, p++) if (bytes[i] !== bytes[p]) return rowStart;
        if (slot === slots) break;
        const kind = kinds[slot];
        if (kind === Slot.Digits) {
          const first = p;
          while (bytes[p] >= 48 && bytes[p] <= 57) p++;
          if (p === first || p > first + MAX_DIGITS) return rowStart;
        } else if (kind === Slot.Time) {
          p = numbers.scanTime(p);
          if (p < 0) return rowStart;
          ms = numbers.ms;
          subNs = numbers.subNs;
        } else {
          p = numbers.scanFloat(p);
          if (p < 0) return rowStart;
          if (kind === Slot.X) x = numbers.value;
          else if (kind === Slot.Y) y = numbers.value;
          else if (kind === Slot.Z) z = numbers.value;
          else if (kind === Slot.Arrival) arrivalMs = readArrival(numbers.value, defaultArrivalMs);
        }
      }
      builder.push(stream, ms, subNs, arrivalMs, x, y, z, label);
      this.taken++;
      rowStart = p;
    }
    return rowStart;
  }
}

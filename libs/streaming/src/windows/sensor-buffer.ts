import type { SampleBatch } from '@hark/contracts';
import type { StateReader } from '../encoding/state-reader.js';
import type { StateWriter } from '../encoding/state-writer.js';
import { StateFormatError } from '../runner/processor.js';

const INITIAL_CAPACITY = 512;

/**
 * The samples of one sensor of one device that a window may still need, sorted by event time and free of
 * duplicates: the memory of deduplication and the content of the open windows at once. A sample in order is
 * appended in constant time; one out of order is found by bisection and moved into place. Bounded by the
 * watermark: {@link dropBefore} lets go of what no open window holds.
 *
 * Entries `head` to `tail` (excluded) of the columns are live.
 */
export class SensorBuffer {
  head = 0;
  tail = 0;
  ms = new Float64Array(INITIAL_CAPACITY);
  subNs = new Int32Array(INITIAL_CAPACITY);
  x = new Float64Array(INITIAL_CAPACITY);
  y = new Float64Array(INITIAL_CAPACITY);
  z = new Float64Array(INITIAL_CAPACITY);
  label = new Uint16Array(INITIAL_CAPACITY);

  get size(): number {
    return this.tail - this.head;
  }

  /** Time of the last sample held, milliseconds; negative when there is none. */
  get lastMs(): number {
    return this.tail > this.head ? this.ms[this.tail - 1] : -1;
  }

  /** @returns false when a sample of this very event time is held already; nothing changes then. */
  insert(ms: number, subNs: number, x: number, y: number, z: number, label: number): boolean {
    if (this.tail === this.ms.length) this.makeRoom(1);
    let at = this.tail;
    if (at > this.head) {
      const last = at - 1;
      if (ms < this.ms[last] || (ms === this.ms[last] && subNs <= this.subNs[last])) {
        at = this.lowerBound(ms, subNs);
        if (this.ms[at] === ms && this.subNs[at] === subNs) return false;
        this.openGap(at);
      }
    }
    this.tail++;
    this.ms[at] = ms;
    this.subNs[at] = subNs;
    this.x[at] = x;
    this.y[at] = y;
    this.z[at] = z;
    this.label[at] = label;
    return true;
  }

  /** Takes rows of a batch that are in order and later than all that is held. */
  append(batch: SampleBatch, from: number, to: number, label: number): void {
    const rows = to - from;
    if (this.tail + rows > this.ms.length) this.makeRoom(rows);
    const { creationMs, creationSubNs } = batch;
    const { ms, subNs, x, y, z, tail } = this;
    for (let i = 0; i < rows; i++) {
      ms[tail + i] = creationMs[from + i];
      subNs[tail + i] = creationSubNs[from + i];
      x[tail + i] = batch.x[from + i];
      y[tail + i] = batch.y[from + i];
      z[tail + i] = batch.z[from + i];
    }
    this.label.fill(label, tail, tail + rows);
    this.tail = tail + rows;
  }

  /** Index of the first live sample at or after an instant; `tail` when there is none. */
  lowerBound(ms: number, subNs: number): number {
    let low = this.head;
    let high = this.tail;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ms[middle] < ms || (this.ms[middle] === ms && this.subNs[middle] < subNs)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  dropBefore(ms: number): void {
    this.head = this.lowerBound(ms, 0);
    if (this.head === this.tail) this.head = this.tail = 0;
  }

  /** About what {@link write} takes. */
  get stateBytes(): number {
    return 64 + 36 * this.size;
  }

  write(writer: StateWriter): void {
    const { head, tail } = this;
    writer.u32(this.size);
    for (const column of [this.ms, this.x, this.y, this.z]) writer.f64Array(column.subarray(head, tail));
    writer.i32Array(this.subNs.subarray(head, tail));
    this.writeLabels(writer);
  }

  /** Also what version 1 of the windower's state has, where each sample has its label. */
  read(reader: StateReader): void {
    const size = reader.u32();
    this.head = 0;
    this.tail = size;
    this.reallocate(Math.max(size, INITIAL_CAPACITY));
    for (const column of [this.ms, this.x, this.y, this.z]) column.set(reader.f64Array(size));
    if (reader.version === 1) {
      for (let i = 0; i < size; i++) this.subNs[i] = reader.u32();
      for (let i = 0; i < size; i++) this.label[i] = reader.u32();
      return;
    }
    this.subNs.set(reader.i32Array(size));
    this.readLabels(reader);
  }

  /** Samples of the same label come one after the other: how many, and the label, up to the last sample. */
  private writeLabels(writer: StateWriter): void {
    const { label, tail } = this;
    for (let from = this.head; from < tail;) {
      let to = from + 1;
      while (to < tail && label[to] === label[from]) to++;
      writer.u32(to - from);
      writer.u32(label[from]);
      from = to;
    }
  }

  private readLabels(reader: StateReader): void {
    for (let from = 0; from < this.tail;) {
      const to = from + reader.u32();
      if (to === from || to > this.tail)
        throw new StateFormatError(`labels of ${to} samples of ${this.tail}`);
      this.label.fill(reader.u32(), from, to);
      from = to;
    }
  }

  private openGap(at: number): void {
    const { tail } = this;
    this.ms.copyWithin(at + 1, at, tail);
    this.subNs.copyWithin(at + 1, at, tail);
    this.x.copyWithin(at + 1, at, tail);
    this.y.copyWithin(at + 1, at, tail);
    this.z.copyWithin(at + 1, at, tail);
    this.label.copyWithin(at + 1, at, tail);
  }

  /** Moves the live samples to the front, into larger columns unless half of these is free and the rows fit there. */
  private makeRoom(rows: number): void {
    const { head, tail, ms, subNs, x, y, z, label } = this;
    const live = tail - head;
    let capacity = head < live ? ms.length * 2 : ms.length;
    while (live + rows > capacity) capacity *= 2;
    if (capacity > ms.length) this.reallocate(capacity);
    this.ms.set(ms.subarray(head, tail));
    this.subNs.set(subNs.subarray(head, tail));
    this.x.set(x.subarray(head, tail));
    this.y.set(y.subarray(head, tail));
    this.z.set(z.subarray(head, tail));
    this.label.set(label.subarray(head, tail));
    this.head = 0;
    this.tail = live;
  }

  private reallocate(capacity: number): void {
    this.ms = new Float64Array(capacity);
    this.subNs = new Int32Array(capacity);
    this.x = new Float64Array(capacity);
    this.y = new Float64Array(capacity);
    this.z = new Float64Array(capacity);
    this.label = new Uint16Array(capacity);
  }
}

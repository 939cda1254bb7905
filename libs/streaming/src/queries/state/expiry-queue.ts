import { compareInt64 } from '../rows/int64.js';
import type { JoinRow } from './join-side.js';

/** Rows by event time, the one that came first among equals: a binary heap. */
export class ExpiryQueue {
  private readonly heap: JoinRow[] = [];

  push(row: JoinRow): void {
    const { heap } = this;
    let at = heap.push(row) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[parent])) break;
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  /** Takes the first row out if it is before an instant. */
  takeBefore(ms: number, subNs: number): JoinRow | null {
    const { heap } = this;
    if (heap.length === 0 || compareInt64(heap[0].ms, heap[0].subNs, ms, subNs) >= 0) return null;
    const first = heap[0];
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.sink();
    }
    return first;
  }

  private sink(): void {
    const { heap } = this;
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && isBefore(heap[child], heap[least])) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least], heap[at]];
      at = least;
    }
  }
}

function isBefore(a: JoinRow, b: JoinRow): boolean {
  return (compareInt64(a.ms, a.subNs, b.ms, b.subNs) || a.sequence - b.sequence) < 0;
}

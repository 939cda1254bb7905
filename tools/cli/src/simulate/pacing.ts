import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '@hark/simulator';

/**
 * Hands deliveries on when they are due: `speed` seconds of the simulation in one of the wall clock. Ends early when
 * aborted. What can't be kept up with is handed on as fast as it goes, in order.
 */
export async function* paced(
  deliveries: Iterable<Delivery>,
  speed: number | 'max',
  signal: AbortSignal,
): AsyncGenerator<Delivery, void, void> {
  const started = performance.now();
  let handed = 0;
  for (const delivery of deliveries) {
    if (signal.aborted) return;
    if (speed === 'max') {
      // The event loop gets its turn, for requests and Ctrl-C.
      if (++handed % 256 === 0) await new Promise((resolve) => setImmediate(resolve));
    } else {
      const waitMs = delivery.afterMs / speed - (performance.now() - started);
      if (waitMs > 1) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
    yield delivery;
  }
}

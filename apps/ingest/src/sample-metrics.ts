import type { Windower } from '@hark/streaming';
import { Gauge, type Registry } from 'prom-client';

const OUTCOMES = ['windowed', 'duplicates', 'late', 'quarantined', 'open'] as const;

/** What became of the samples, over all devices; they are part of the state, so they outlive a restart. */
export function registerSampleMetrics(metrics: Registry, windower: Pick<Windower, 'status'>): void {
  new Gauge({
    name: 'hark_samples',
    help: 'Samples accepted, by what became of them',
    labelNames: ['outcome'],
    registers: [metrics],
    collect() {
      const devices = windower.status();
      for (const outcome of OUTCOMES) {
        this.set(
          { outcome },
          devices.reduce((sum, device) => sum + device[outcome], 0),
        );
      }
    },
  });
}

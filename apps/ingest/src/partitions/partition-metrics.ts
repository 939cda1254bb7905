import { Counter, Gauge, type Registry } from 'prom-client';

/** A partition that this process works, with the metrics of its runner. */
interface Measured {
  readonly partition: number;
  readonly metrics: Registry;
}

/** The windower's metrics, with one more label: the partition. Those that other processes work are told by them. */
export function registerPartitionMetrics(metrics: Registry, works: () => readonly Measured[]): void {
  const valueOf = async (registry: Registry, name: string): Promise<number> =>
    (await registry.getSingleMetric(name)?.get())?.values[0]?.value ?? 0;
  const labelNames = ['partition'] as const;
  const registers = [metrics];
  for (const [name, help] of [
    ['hark_windower_records_total', 'Records that the windower has taken'],
    ['hark_windower_bytes_total', 'Bytes of input that the windower has taken'],
  ])
    new Counter({
      ...{ name, help, labelNames, registers },
      async collect() {
        const found = works();
        const values = await Promise.all(found.map((each) => valueOf(each.metrics, name)));
        this.reset();
        found.forEach(({ partition }, i) => this.inc({ partition }, values[i]));
      },
    });
  const name = 'hark_windower_lag_records';
  new Gauge({
    ...{ name, help: 'Records of its inputs whose outputs do not stand yet', labelNames, registers },
    async collect() {
      const found = works();
      const values = await Promise.all(found.map((each) => valueOf(each.metrics, name)));
      this.reset();
      found.forEach(({ partition }, i) => this.set({ partition }, values[i]));
    },
  });
}

import { Counter, Gauge, type Registry } from 'prom-client';

/** A partition that this process works, with the metrics of its runner. */
interface Measured {
  readonly partition: number;
  readonly metrics: Registry;
}

/** The metrics of a runner, with one more label: the partition. Those that other processes work are told by them. */
export function registerPartitionMetrics(
  metrics: Registry,
  runner: string,
  works: () => readonly Measured[],
): void {
  const valueOf = async (registry: Registry, name: string): Promise<number> =>
    (await registry.getSingleMetric(name)?.get())?.values[0]?.value ?? 0;
  const labelNames = ['partition'] as const;
  const registers = [metrics];
  for (const [name, help] of [
    [`hark_${runner}_records_total`, `Records that the ${runner} has taken`],
    [`hark_${runner}_bytes_total`, `Bytes of input that the ${runner} has taken`],
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
  const name = `hark_${runner}_lag_records`;
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

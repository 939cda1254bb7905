import type { Recording } from '../recording/recording.js';

/** A row of the static table `historicalAgg`: what recorded accelerometers showed of an activity on a model. */
export interface HistoricalRow {
  readonly gt: string | null;
  readonly Model: string;
  readonly historical_count: number;
  readonly historical_x: number;
  readonly historical_y: number;
  readonly historical_z: number;
}

/** Counts and averages of accelerometer rows by gt and Model, in the order of these. */
export async function historicalAggregate(
  recording: Pick<Recording, 'batches' | 'progress'>,
  onProgress: (share: number) => void = () => undefined,
): Promise<HistoricalRow[]> {
  const groups = new Map<string, { gt: string | null; Model: string; sums: Float64Array }>();
  for await (const batch of recording.batches()) {
    for (let i = 0; i < batch.rows; i++) {
      const { model, sensor } = batch.streams[batch.stream[i]];
      if (sensor !== 'accelerometer') continue;
      const gt = batch.label[i] === 0 ? null : batch.labels[batch.label[i] - 1];
      const key = JSON.stringify([gt, model]);
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { gt, Model: model, sums: new Float64Array(4) }));
      const { sums } = group;
      sums[0]++;
      sums[1] += batch.x[i];
      sums[2] += batch.y[i];
      sums[3] += batch.z[i];
    }
    const { bytesRead, totalBytes } = recording.progress;
    onProgress(totalBytes === 0 ? 1 : bytesRead / totalBytes);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([
        ,
        {
          gt,
          Model,
          sums: [n, x, y, z],
        },
      ]) => ({
        gt,
        Model,
        historical_count: n,
        historical_x: x / n,
        historical_y: y / n,
        historical_z: z / n,
      }),
    );
}

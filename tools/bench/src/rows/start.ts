import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.js';
import type { Figure } from '../figure.js';
import { RunningApps } from '../apps/running-apps.js';
import { sumOf } from '../apps/cost-watch.js';
import { importInto } from '../import-to-predicted.js';

/** Starting, resting, and starting again after the worst. */
export const start: Bench = {
  name: 'start',
  about: 'ready after a start and after kill -9 with a full log; what three apps cost at rest',
  run: async function* ({ folder, csv, quick, say }) {
    say('a first start');
    const began = performance.now();
    const apps = await RunningApps.start(folder);
    const firstSeconds = (performance.now() - began) / 1000;
    yield { name: 'three apps ready, an empty log', value: firstSeconds, unit: 's', atMost: 3 };
    say('at rest');
    yield* await atRest(apps, quick ? 4 : 15);
    say('filling the log');
    await importInto(apps, csv());
    await apps.kill();
    const gigabytes = bytesIn(join(apps.data, 'log')) / 1e9;
    say('ready after kill -9');
    const again = performance.now();
    const restarted = await RunningApps.start(folder, { data: apps.data });
    const seconds = (performance.now() - again) / 1000;
    yield {
      name: `ready after kill -9, a log of ${gigabytes.toFixed(2)} GB`,
      value: seconds,
      unit: 's',
      atMost: 1.5,
    };
    await restarted.stop();
  },
};

async function atRest(apps: RunningApps, seconds: number): Promise<Figure[]> {
  await sleep(1000);
  const watch = apps.watch();
  await sleep(seconds * 1000);
  const cost = watch.end();
  const share = (100 * sumOf(cost.cpuSeconds)) / seconds;
  return [
    { name: 'three apps at rest: of a core', value: share, unit: '%', atMost: 2 },
    { name: 'three apps at rest: memory', value: cost.peakMegabytes, unit: 'MB', atMost: 300 },
  ];
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

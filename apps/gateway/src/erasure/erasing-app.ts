import { readErasureMarker, type Health } from '@hark/service';
import { tokenFilePath } from '@hark/service/access';
import { eraseFromFolder } from './erase-from-folder.js';
import type { ErasureJobs } from './erasure-jobs.js';
import { ErasingModule, configureErasing } from './erasing.module.js';

/** What the gateway is while a user is being erased; null while none is. */
export function erasingApp(jobs: ErasureJobs, health: Health, environment: NodeJS.ProcessEnv) {
  const marker = readErasureMarker(jobs.dataFolder);
  if (marker === null) return null;
  health.require('erasure', () => 'a user is being erased');
  const settings = Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  let erasing: Promise<void> = Promise.resolve();
  return {
    module: ErasingModule.register(jobs),
    configure: configureErasing,
    run: () => (erasing = eraseFromFolder({ jobs, marker, settings, tokenFile: tokenFilePath(environment) })),
    stop: () => erasing.catch(() => undefined),
  };
}

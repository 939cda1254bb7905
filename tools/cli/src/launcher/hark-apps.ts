import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runningApp, urlOf, type App } from '../service/addresses.js';
import { UsageError } from '../terminal/failures.js';
import type { AppSpec } from './app-process.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** The built program of an app. @throws UsageError when it is not built. */
export function appSpec(app: App, environment: AppSpec['environment']): AppSpec {
  const script = `${ROOT}apps/${app}/dist/main.js`;
  if (!existsSync(script)) throw new UsageError(`the ${app} app is not built: run \`npm run build\` first`);
  return { name: app, script, environment };
}

/** Whether the app's process of this id says that it is ready. */
export async function isAppReady(dataFolder: string, app: App, pid: number): Promise<boolean> {
  const running = runningApp(dataFolder, app);
  if (running?.pid !== pid) return false;
  const response = await fetch(`${urlOf(running)}/health/ready`, { signal: AbortSignal.timeout(2000) });
  await response.arrayBuffer();
  return response.ok;
}

/** @throws UsageError when an app is running on this data folder: two would fence each other off. */
export function requireStopped(dataFolder: string, apps: readonly App[]): void {
  for (const app of apps) {
    const running = runningApp(dataFolder, app);
    if (running === null) continue;
    throw new UsageError(
      `${app} is running on ${dataFolder} already (process ${running.pid}, ${urlOf(running)}): stop it first, ` +
        'or set HARK_DATA to another folder',
    );
  }
}

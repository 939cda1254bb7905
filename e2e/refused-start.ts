import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { finished, type App } from './harness.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Starts an app that is to refuse to start. @returns how it ended, how long it took, and what it said. */
export async function refusedStart(
  app: App,
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; milliseconds: number; stderr: string }> {
  const started = performance.now();
  const { code, stderr } = await finished(
    spawn(process.execPath, [`apps/${app}/dist/main.js`], {
      cwd: ROOT,
      env: {
        ...process.env,
        [`HARK_${app.toUpperCase()}_PORT`]: '0',
        HARK_LOG_LEVEL: 'warn',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    }),
  );
  return { code, milliseconds: performance.now() - started, stderr };
}

import { formatTokenEntry, newToken, tokenHash } from '@hark/service/access';
import { resolve } from 'node:path';
import { appLogLine } from '../launcher/app-log-line.js';
import { appSpec, isAppReady, requireStopped } from '../launcher/hark-apps.js';
import { Supervisor } from '../launcher/supervisor.js';
import { addressOf, type App } from '../service/addresses.js';
import type { Terminal } from '../terminal/terminal.js';

/** Apps that run for one command on the data folder of a stopped service. */
export interface FolderService {
  readonly urls: Readonly<Record<App, string>>;
  /** Good for as long as the apps run, whatever tokens the folder has. */
  readonly token: string;
  stop(): Promise<void>;
}

/**
 * Starts apps on a data folder, for as long as a command needs them: what they write is what the service would
 * have written.
 *
 * @throws UsageError when one is running there already.
 */
export async function openFolder(
  dataFolder: string,
  apps: readonly App[],
  terminal: Terminal,
): Promise<FolderService> {
  requireStopped(dataFolder, apps);
  const { id, text: token } = newToken();
  const entry = formatTokenEntry({
    id,
    name: 'folder',
    hash: tokenHash(token).toString('hex'),
    roles: ['operate'],
    users: ['*'],
    created: null,
    expires: null,
  });
  const environment: Record<string, string | undefined> = {
    ...terminal.environment,
    HARK_TOKENS: [terminal.environment['HARK_TOKENS'] ?? '', entry].join(';'),
    HARK_DATA: resolve(dataFolder),
    HARK_LOG_LEVEL: terminal.environment['HARK_LOG_LEVEL'] || 'warn',
    HARK_HOST: '127.0.0.1',
    HARK_INGEST_PORT: '0',
    HARK_LEARNER_PORT: '0',
    HARK_GATEWAY_PORT: '0',
  };
  const supervisor = new Supervisor({
    apps: apps.map((app) => appSpec(app, environment)),
    onLine: (app, line) => terminal.log(appLogLine(app, line)),
    onEvent: (message) => terminal.log(message),
    isReady: (app, pid) => isAppReady(dataFolder, app as App, pid),
  });
  try {
    await supervisor.start();
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  const url = (app: App): string => addressOf(app, environment);
  return {
    token,
    urls: { ingest: url('ingest'), learner: url('learner'), gateway: url('gateway') },
    stop: () => supervisor.stop(),
  };
}

import { TOPICS } from '@hark/contracts';
import { readRunFile, removeErasureMarker, writeErasureMarker, type ErasureMarker } from '@hark/service';
import { changeTokenFile, readTokenFile } from '@hark/service/access';
import type { LogReader, Settings } from '@hark/streaming';
import { FileArtifactStore, LmdbLog } from '@hark/streaming/adapters';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErasureJobs } from './erasure-jobs.js';
import { searchFolder } from './folder-search.js';
import { rewriteWithout } from './rewritten-log.js';

/** How long the other apps get to pause; one that does not is fenced. */
const PAUSE_LIMIT_MS = 15_000;
const OTHERS = ['ingest', 'learner'];
/** What is written anew, beside each other, and put in place at once. */
const REWRITTEN = ['log', 'artifacts'];
const READ_BYTES = 1 << 20;

export interface EraseOptions {
  readonly jobs: ErasureJobs;
  readonly marker: ErasureMarker;
  readonly tokenFile: string;
  /** Settings of a log that does not say them itself. */
  readonly settings: Settings;
}

/**
 * Erases a user from a data folder that no other app has open: the log and the versions are written anew beside the
 * old ones and then take their place. After a crash it begins again, or, where everything is written, ends it. Where
 * it fails before that, all is as it was, and the job says why.
 */
export async function eraseFromFolder(options: EraseOptions): Promise<void> {
  const { jobs, marker } = options;
  if (marker.phase === 'rewrite') {
    try {
      await rewrite(options);
    } catch (error) {
      for (const name of REWRITTEN) {
        rmSync(join(jobs.dataFolder, `${name}.new`), { recursive: true, force: true });
      }
      jobs.finish(marker.id, { status: 'failed', error: (error as Error).message });
      removeErasureMarker(jobs.dataFolder);
      return;
    }
    writeErasureMarker(jobs.dataFolder, { ...marker, phase: 'swap' });
  }
  await putInPlace(options);
  removeErasureMarker(jobs.dataFolder);
}

async function rewrite({ jobs, marker, settings }: EraseOptions): Promise<void> {
  const { dataFolder } = jobs;
  const { id, user } = marker;
  const at = (name: string): string => join(dataFolder, name);
  jobs.update(id, { status: 'running' });
  await othersPaused(dataFolder);
  for (const name of REWRITTEN) rmSync(at(`${name}.new`), { recursive: true, force: true });
  let stampMs = 0;
  const from = new LmdbLog({ dir: at('log') });
  const to = new LmdbLog({ dir: at('log.new'), now: () => stampMs });
  try {
    // Whoever has not paused writes nothing any more.
    for (const app of [...OTHERS, 'gateway']) await from.writer(app);
    let shown = 0;
    const erased = await rewriteWithout(user, {
      ...{ from, to, settings, artifacts: new FileArtifactStore(at('artifacts.new')) },
      stamp: (ms) => (stampMs = ms),
      onProgress: (share) => {
        if (share - shown < 0.01) return;
        shown = share;
        jobs.update(id, { progress: share });
      },
    });
    jobs.update(id, { erased });
  } finally {
    await to.close();
    await from.close();
  }
}

async function putInPlace({ jobs, marker, tokenFile }: EraseOptions): Promise<void> {
  const { dataFolder } = jobs;
  const { id, user } = marker;
  const at = (name: string): string => join(dataFolder, name);
  for (const name of REWRITTEN) takePlace(at(name));
  // Rows that reports have written, and states of theirs: they are made again.
  rmSync(at('reports'), { recursive: true, force: true });
  syncFolder(dataFolder);
  forgetInTokens(tokenFile, user);
  const log = new LmdbLog({ dir: at('log') });
  try {
    const proof = { epoch: log.epoch, ...(await digests(log)), ...searchFolder(dataFolder, user) };
    jobs.finish(id, { status: 'done', progress: 1, proof });
  } finally {
    await log.close();
  }
}

async function othersPaused(dataFolder: string): Promise<void> {
  for (let waited = 0; waited < PAUSE_LIMIT_MS; waited += 50) {
    if (OTHERS.every((app) => readRunFile(dataFolder, app) === null)) return;
    await sleep(50);
  }
}

/** What was written anew takes the place of what was there; done again it does what is left. */
function takePlace(path: string): void {
  if (existsSync(`${path}.new`)) {
    rmSync(`${path}.old`, { recursive: true, force: true });
    if (existsSync(path)) renameSync(path, `${path}.old`);
    renameSync(`${path}.new`, path);
  }
  rmSync(`${path}.old`, { recursive: true, force: true });
}

/** A token that let somebody see this user alone goes. */
function forgetInTokens(path: string, user: string): void {
  if (readTokenFile(path)?.some(({ users }) => users.includes(user)) !== true) return;
  changeTokenFile(path, (tokens) =>
    tokens
      .map((token) => ({ ...token, users: token.users.filter((each) => each !== user) }))
      .filter(({ users }) => users.length > 0),
  );
}

async function digests(
  log: LogReader,
): Promise<{ readonly predictionsDigest: string; readonly modelDigest: string | null }> {
  const predictions = createHash('sha256');
  for await (const value of values(log, TOPICS.predictions)) predictions.update(value);
  let modelDigest: string | null = null;
  for await (const value of values(log, TOPICS.models)) {
    const event = JSON.parse(Buffer.from(value).toString('utf8')) as { manifest?: { digest: string } };
    modelDigest = event.manifest?.digest ?? modelDigest;
  }
  return { predictionsDigest: predictions.digest('hex'), modelDigest };
}

async function* values(log: LogReader, topic: string): AsyncGenerator<Uint8Array> {
  for (let next = 0; ;) {
    const records = await log.read(topic, 0, next, READ_BYTES);
    if (records.length === 0) return;
    for (const { value } of records) yield value;
    next += records.length;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

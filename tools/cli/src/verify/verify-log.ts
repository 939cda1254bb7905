import { TOPICS } from '@hark/contracts';
import {
  countSteps,
  executeAgain,
  readSettingsHistory,
  type ArtifactStore,
  type InputRange,
  type LogReader,
  type NewRecord,
  type Outputs,
  type Processor,
  type Settings,
  type SettingsRecord,
} from '@hark/streaming';
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { DifferenceFound, requireSameArtifact, requireSameRecord, type Difference } from './difference.js';
import { recordedLearner, recordedWindower } from '@hark/service/recorded';
import { StoredRecords } from './stored-records.js';

/** What was verified, and the first difference, or null where there is none. */
export interface Verification {
  readonly same: boolean;
  readonly difference: Difference | null;
  readonly windows: number;
  readonly predictions: number;
  readonly alerts: number;
  readonly modelEvents: number;
  /** Files of versions and of users put away. */
  readonly artifacts: number;
  /** SHA-256 over the predictions, in their order. */
  readonly digest: string;
}

export interface VerifyOptions {
  readonly log: LogReader;
  readonly artifacts: Pick<ArtifactStore, 'read'>;
  /** Settings of a folder whose log does not say them; also where TensorFlow.js is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** @param share of the work done, 0 to 1. */
  readonly onProgress: (share: number, what: string) => void;
  readonly signal: AbortSignal;
}

interface Part {
  readonly app: string;
  readonly runner: string;
  readonly settingsTopic: string;
  readonly processor: (settings: Settings) => Promise<Processor>;
  /** The topic whose records most of the work is done for. */
  readonly input: string;
  readonly outputs: readonly string[];
  /** What of the whole work lies before it, and how much it is. */
  readonly from: number;
  readonly share: number;
}

/**
 * Executes what is stored again, from the first record, and compares every window, prediction, alert, model event and
 * version with what is stored. Only reads; what is stored meanwhile is left out.
 */
export async function verifyLog(options: VerifyOptions): Promise<Verification> {
  const { log, environment } = options;
  const made = new Map<string, Uint8Array>();
  const found = { made, artifacts: 0, counts: new Map<string, number>(), digest: createHash('sha256') };
  const parts: Part[] = [
    {
      ...{ app: 'ingest', runner: 'windower', settingsTopic: TOPICS.ingestSettings },
      processor: (settings) => Promise.resolve(recordedWindower(settings)),
      ...{ input: TOPICS.samples, outputs: [TOPICS.windows], from: 0, share: 0.3 },
    },
    {
      ...{ app: 'learner', runner: 'learner', settingsTopic: TOPICS.learnerSettings },
      processor: (settings) =>
        recordedLearner(settings, log, storeOf(made), environment['HARK_TFJS_NODE'] || undefined),
      ...{ input: TOPICS.windows, outputs: [TOPICS.predictions, TOPICS.alerts, TOPICS.models] },
      ...{ from: 0.3, share: 0.7 },
    },
  ];
  let difference: Difference | null = null;
  try {
    for (const part of parts) await verifyPart(part, options, found);
  } catch (error) {
    if (!(error instanceof DifferenceFound)) throw error;
    difference = error.difference;
  }
  const count = (topic: string): number => found.counts.get(topic) ?? 0;
  return {
    same: difference === null,
    difference,
    windows: count(TOPICS.windows),
    predictions: count(TOPICS.predictions),
    alerts: count(TOPICS.alerts),
    modelEvents: count(TOPICS.models),
    artifacts: found.artifacts,
    digest: found.digest.digest('hex'),
  };
}

interface Found {
  /** Files made by the execution, as far as they were not given up again. */
  readonly made: Map<string, Uint8Array>;
  artifacts: number;
  readonly counts: Map<string, number>;
  readonly digest: ReturnType<typeof createHash>;
}

async function verifyPart(part: Part, options: VerifyOptions, found: Found): Promise<void> {
  const { app, runner, processor, input, outputs: topics } = part;
  const { log, artifacts, onProgress, signal } = options;
  const steps = await countSteps(log, app, runner);
  const end = await log.end(input, 0);
  const stored = new Map(topics.map((topic) => [topic, new StoredRecords(log, topic)]));
  const computed: (NewRecord & { readonly topic: string })[] = [];
  const outputs: Outputs = {
    suppressed: false,
    emit: (topic, key, value) => computed.push({ topic, key, value }),
    artifact: (name, bytes) => {
      found.artifacts++;
      found.made.set(name, bytes);
    },
    discard: (name) => void found.made.delete(name),
  };
  const compare = async (): Promise<void> => {
    for (const { topic, key, value } of computed.splice(0)) {
      const records = stored.get(topic);
      if (records === undefined) throw new RangeError(`${runner} emits to ${topic}`);
      const offset = records.position;
      const record = await records.next();
      requireSameRecord(topic, offset, record, { key, value });
      found.counts.set(topic, offset + 1);
      if (topic === TOPICS.predictions) found.digest.update(value);
    }
  };
  const onStep = async (inputs: readonly InputRange[]): Promise<void> => {
    await compare();
    signal.throwIfAborted();
    const position = inputs.find(({ topic }) => topic === input)?.to ?? 0;
    onProgress(part.from + (end === 0 ? 1 : position / end) * part.share, runner);
    await turn();
  };
  const history = await historyOf(part, options);
  await executeAgain({ app, runner, log, history, processor, outputs, onStep }, steps);
  await compare();
  // Of a service that runs more may have been stored since: then this is not its end.
  const ends = await Promise.all(topics.map((topic) => log.end(topic, 0)));
  const isEnd = (await countSteps(log, app, runner)) === steps;
  for (const [i, topic] of topics.entries()) {
    const records = stored.get(topic) as StoredRecords;
    if (isEnd && records.position < ends[i]) {
      requireSameRecord(topic, records.position, await records.next(), null);
    }
  }
  if (isEnd) for (const [name, bytes] of found.made) requireSameArtifact(name, artifacts.read(name), bytes);
}

/** A folder older than the history of settings was made with what is set now, as far as anybody knows. */
async function historyOf(
  { runner, settingsTopic }: Part,
  { log, environment }: VerifyOptions,
): Promise<SettingsRecord[]> {
  const history = await readSettingsHistory(log, settingsTopic, runner);
  const set = Object.entries(environment).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return history.length > 0 ? history : [{ runner, step: 0, settings: Object.fromEntries(set) }];
}

function storeOf(made: ReadonlyMap<string, Uint8Array>): Pick<ArtifactStore, 'read'> {
  return { read: (name) => made.get(name)?.slice() ?? null };
}

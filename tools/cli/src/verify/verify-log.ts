import { TOPICS } from '@hark/contracts';
import {
  countSteps,
  executeAgain,
  isTrimmable,
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
  /**
   * Of a log that was trimmed: by topic the offset from which on it was executed again, as nothing before a stored state
   * can be. What lies before was read, and is intact. Null: from the first record.
   */
  readonly provenFrom: Readonly<Record<string, number>> | null;
  /** SHA-256 over the predictions that were executed again, in their order. */
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
 * Executes what is stored again, from the first record or, where a journal was trimmed, from the state stored last, and compares every window, prediction, alert, model event and
 * version with what is stored. Only reads; what is stored meanwhile is left out.
 */
export async function verifyLog(options: VerifyOptions): Promise<Verification> {
  const { log, artifacts, environment } = options;
  const made = new Map<string, Uint8Array>();
  const found = {
    made,
    artifacts: 0,
    counts: new Map<string, number>(),
    digest: createHash('sha256'),
    provenFrom: {},
  };
  const learnerWhole = (await log.firstStep('learner', 'learner')) === 0;
  const parts: Part[] = [
    {
      ...{ app: 'ingest', runner: 'windower', settingsTopic: TOPICS.ingestSettings },
      processor: (settings) => Promise.resolve(recordedWindower(settings)),
      ...{ input: TOPICS.samples, outputs: [TOPICS.windows], from: 0, share: 0.3 },
    },
    {
      ...{ app: 'learner', runner: 'learner', settingsTopic: TOPICS.learnerSettings },
      processor: (settings) =>
        recordedLearner(
          settings,
          log,
          storeOf(made, artifacts, learnerWhole),
          environment['HARK_TFJS_NODE'] || undefined,
        ),
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
    provenFrom: Object.keys(found.provenFrom).length === 0 ? null : found.provenFrom,
    digest: found.digest.digest('hex'),
  };
}

interface Found {
  /** Files made by the execution, as far as they were not given up again. */
  readonly made: Map<string, Uint8Array>;
  artifacts: number;
  readonly counts: Map<string, number>;
  readonly provenFrom: Record<string, number>;
  readonly digest: ReturnType<typeof createHash>;
}

async function verifyPart(part: Part, options: VerifyOptions, found: Found): Promise<void> {
  if ((await options.log.firstStep(part.app, part.runner)) > 0) return verifyTail(part, options, found);
  const { app, runner, processor, input, outputs: topics } = part;
  const { log, artifacts, onProgress, signal } = options;
  const steps = await countSteps(log, app, runner);
  const end = await log.end(input, 0);
  const stored = new Map(topics.map((topic) => [topic, new StoredRecords(log, topic)]));
  const earliest = new Map<string, number>();
  for (const topic of topics) earliest.set(topic, await log.earliest(topic, 0));
  for (const [topic, offset] of earliest) if (offset > 0) found.provenFrom[topic] = offset;
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
      if (offset < (earliest.get(topic) ?? 0)) {
        records.skip();
        continue;
      }
      const record = await records.next();
      requireSameRecord(topic, offset, record, { key, value });
      tell(found, topic, value);
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

/**
 * What came after the state stored last: its outputs are the last of their topics. Before them records are read alone,
 * each with its checksum.
 */
async function verifyTail(part: Part, options: VerifyOptions, found: Found): Promise<void> {
  const { app, runner, processor, outputs: topics } = part;
  const { log, artifacts, onProgress, signal } = options;
  if (!isTrimmable(log)) throw new TypeError('a log that was trimmed can say how runners stand');
  const endsNow = () => Promise.all(topics.map((topic) => log.end(topic, 0)));
  // A step stands together with its outputs: where the ends are the same after the state was read, they are its.
  let ends = await endsNow();
  let state = await log.runnerState(app, runner);
  for (let again = await endsNow(); String(again) !== String(ends); again = await endsNow()) {
    ends = again;
    state = await log.runnerState(app, runner);
  }
  const computed = new Map<string, NewRecord[]>(topics.map((topic) => [topic, []]));
  const made = new Map<string, Uint8Array>();
  const outputs: Outputs = {
    suppressed: false,
    emit: (topic, key, value) => void computed.get(topic)?.push({ key, value }),
    artifact: (name, bytes) => {
      found.artifacts++;
      made.set(name, bytes);
      found.made.set(name, bytes);
    },
    discard: (name) => {
      made.delete(name);
      found.made.delete(name);
    },
  };
  const { snapshot, replay, steps } = state;
  if (snapshot === null) throw new RangeError(`the journal of ${runner} was trimmed without a stored state`);
  // What is trimmed meanwhile was read already.
  const journal = Object.assign(Object.create(log) as LogReader, {
    steps: (_app: string, _runner: string, from: number, limit: number) =>
      Promise.resolve(replay.slice(from - snapshot.step, from - snapshot.step + limit)),
  });
  const onStep = async (): Promise<void> => {
    signal.throwIfAborted();
    await turn();
  };
  const history = await historyOf(part, options);
  const from = { step: snapshot.step, state: snapshot.state };
  await executeAgain({ app, runner, log: journal, history, processor, outputs, onStep, from }, steps);
  onProgress(part.from + part.share / 2, runner);
  for (const [i, topic] of topics.entries()) {
    const made = computed.get(topic) ?? [];
    const first = Math.max(0, ends[i] - made.length);
    const stored = new StoredRecords(log, topic, await log.earliest(topic, 0));
    while (stored.position < first) {
      signal.throwIfAborted();
      if ((await stored.next()) === null) break;
    }
    found.provenFrom[topic] = first;
    for (const { key, value } of made) {
      const offset = stored.position;
      requireSameRecord(topic, offset, await stored.next(), { key, value });
      tell(found, topic, value);
    }
  }
  for (const [name, bytes] of made) requireSameArtifact(name, artifacts.read(name), bytes);
}

function tell(found: Found, topic: string, value: Uint8Array): void {
  found.counts.set(topic, (found.counts.get(topic) ?? 0) + 1);
  if (topic === TOPICS.predictions) found.digest.update(value);
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

/** Of a trimmed log, files made before the state that is gone on from are those that are stored. */
function storeOf(
  made: ReadonlyMap<string, Uint8Array>,
  stored: Pick<ArtifactStore, 'read'>,
  isWhole: boolean,
): Pick<ArtifactStore, 'read'> {
  return { read: (name) => made.get(name)?.slice() ?? (isWhole ? null : stored.read(name)) };
}

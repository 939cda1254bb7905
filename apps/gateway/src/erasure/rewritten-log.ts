import { TOPICS } from '@hark/contracts';
import { recordedLearner, recordedWindower } from '@hark/service/recorded';
import {
  HARK_TOPIC_OWNERS,
  executeAgain,
  type ArtifactStore,
  type InputRange,
  type Log,
  type LogReader,
  type LogWriter,
  type NewRecord,
  type Outputs,
  type Settings,
} from '@hark/streaming';
import { setImmediate as turn } from 'node:timers/promises';
import { AlertDesk, DESK_TOPICS } from '../alerts/alert-desk.js';
import { KEPT_TOPICS } from './erased-records.js';
import { ErasedWindows } from './erased-windows.js';
import { planOf, wasTrimmed } from './execution-plan.js';
import { KEPT_STATES } from './kept-states.js';

export interface RewriteOptions {
  /** The log of before. It is fenced: nobody writes to it any more. */
  readonly from: Log;
  /** An empty log, whose records get the time that `stamp` was last called with. */
  readonly to: Log;
  readonly stamp: (ms: number) => void;
  /** An empty store, for the versions that come out. */
  readonly artifacts: ArtifactStore;
  /** Settings of a log that does not say them itself. */
  readonly settings: Settings;
  /** @param share of the work done, 0 to 1. */
  readonly onProgress: (share: number, what: string) => void;
}

/** What was left out. */
export interface Rewritten {
  readonly sampleRecords: number;
  readonly windows: number;
  readonly otherRecords: number;
}

const READ_BYTES = 1 << 20;
/** Commits under way at once: the writer makes one transaction of many. */
const COMMITS_AT_ONCE = 500;
const SILENT: Outputs = { suppressed: true, emit: () => {}, artifact: () => {}, discard: () => {} };

/**
 * Writes a log anew as it would be had a user never been there: what came from outside is taken over without them, and
 * what follows from it is executed again. Records that came from outside keep their offsets; windows, predictions,
 * alerts and model events do not. Of a log that was trimmed what is kept is taken over, each topic from offset 0 on, and
 * the learner learns anew from that. Replays and what reports have said is left out: the latter is made again.
 */
export async function rewriteWithout(user: string, options: RewriteOptions): Promise<Rewritten> {
  const { from, to, onProgress } = options;
  const writers = {
    ingest: await to.writer('ingest'),
    learner: await to.writer('learner'),
    gateway: await to.writer('gateway'),
  };
  let sampleRecords = 0;
  let otherRecords = 0;
  for (const [app, topics] of Object.entries(HARK_TOPIC_OWNERS)) {
    for (const topic of topics) {
      const without = KEPT_TOPICS[topic];
      if (without === undefined) continue;
      const writer = writers[app as keyof typeof writers];
      const fromStart = await settingsFromStart(topic, from);
      const erased = await copy(topic, writer, options, (value) => fromStart(without(value, user)));
      if (topic === TOPICS.samples) sampleRecords += erased;
      else otherRecords += erased;
      onProgress(topic === TOPICS.samples ? 0.1 : 0.15, topic);
    }
  }
  const windows = await copyWindows(user, writers.ingest, options);
  onProgress(0.2, TOPICS.windows);
  await executeWindower(writers.ingest, options);
  onProgress(0.3, 'windower');
  await executeLearner(windows, writers.learner, options);
  await foldDesk(writers.gateway, options);
  await keepStates(user, writers.ingest, await from.writer('ingest'));
  for (const writer of Object.values(writers)) await writer.durable();
  onProgress(1, 'done');
  return { sampleRecords, windows: windows.count, otherRecords };
}

/** @returns how many records were replaced by others, or by nothing. */
async function copy(
  topic: string,
  writer: LogWriter,
  { from, stamp }: RewriteOptions,
  without: (value: Uint8Array) => Uint8Array,
): Promise<number> {
  let changed = 0;
  for (let next = await from.earliest(topic, 0); ;) {
    const records = await from.read(topic, 0, next, READ_BYTES);
    if (records.length === 0) return changed;
    const kept = records.map(({ key, value }): NewRecord => {
      const rest = without(value);
      if (rest !== value) changed++;
      return { key: rest === value ? key : '', value: rest };
    });
    stamp(records[records.length - 1].timestamp);
    await writer.commit({ appends: [{ topic, partition: 0, records: kept }] });
    next += records.length;
    await turn();
  }
}

/** A device's windows depend on its own samples alone: those of the others are what they were. */
async function copyWindows(
  user: string,
  writer: LogWriter,
  { from, stamp }: RewriteOptions,
): Promise<ErasedWindows> {
  const earliest = await from.earliest(TOPICS.windows, 0);
  const erased = new ErasedWindows(earliest);
  for (let next = earliest; ;) {
    const records = await from.read(TOPICS.windows, 0, next, READ_BYTES);
    if (records.length === 0) return erased;
    const kept = records.filter(({ key, offset }) => {
      const isTheirs = key.startsWith(`${user}\u0000`);
      if (isTheirs) erased.erase(offset);
      return !isTheirs;
    });
    stamp(records[records.length - 1].timestamp);
    await writer.commit({ appends: [{ topic: TOPICS.windows, partition: 0, records: kept }] });
    next += records.length;
    await turn();
  }
}

/** Its steps stay as they were, for `samples` keeps its offsets; its state is that of the samples left. */
async function executeWindower(writer: LogWriter, options: RewriteOptions): Promise<void> {
  const { from, to } = options;
  const of = { app: 'ingest', runner: 'windower' };
  const plan = await planOf(from, { ...of, settingsTopic: TOPICS.ingestSettings }, options.settings);
  const earliest = await from.earliest(TOPICS.samples, 0);
  const moved = (range: InputRange): InputRange => ({
    ...range,
    from: range.from - earliest,
    to: range.to - earliest,
  });
  const journal = new Commits(writer);
  const log = withSteps(to, async (_app, _runner, ...where) =>
    (await plan.steps(...where)).map((inputs) => inputs.map(moved)),
  );
  const windower = await executeAgain(
    {
      ...{ ...of, log, outputs: SILENT, history: plan.history },
      processor: (settings) => Promise.resolve(recordedWindower(settings)),
      onStep: (inputs) => journal.add({ appends: [], step: { runner: of.runner, inputs } }),
    },
    plan.count,
  );
  await journal.settle();
  if (windower === null) return;
  await writer.commit({
    ...{ appends: [], step: { runner: of.runner, inputs: [] }, snapshot: windower.snapshot() },
  });
}

async function executeLearner(
  windows: ErasedWindows,
  writer: LogWriter,
  options: RewriteOptions,
): Promise<void> {
  const { from, to, artifacts, onProgress } = options;
  const of = { app: 'learner', runner: 'learner' };
  const plan = await planOf(from, { ...of, settingsTopic: TOPICS.learnerSettings }, options.settings);
  const emitted = new Map<string, NewRecord[]>();
  const files = new Map<string, Uint8Array>();
  const outputs: Outputs = {
    suppressed: false,
    emit: (topic, key, value) => {
      const records = emitted.get(topic) ?? [];
      records.push({ key, value });
      emitted.set(topic, records);
    },
    artifact: (name, bytes) => void files.set(name, bytes),
    discard: (name) => void files.delete(name),
  };
  const moved = ({ topic, partition, from: first, to: end }: InputRange): InputRange[] => {
    if (topic !== TOPICS.windows) return [{ topic, partition, from: first, to: end }];
    const range = { topic, partition, from: windows.movedTo(first), to: windows.movedTo(end) };
    return range.from === range.to ? [] : [range];
  };
  const log = withSteps(to, async (_app, _runner, ...where) =>
    (await plan.steps(...where)).map((inputs) => inputs.flatMap(moved)),
  );
  const journal = new Commits(writer);
  let taken: readonly InputRange[] | null = null;
  const finish = async (): Promise<void> => {
    if (taken === null) return;
    const appends = [...emitted].map(([topic, records]) => ({ topic, partition: 0, records }));
    emitted.clear();
    await journal.add({ appends, step: { runner: of.runner, inputs: taken } });
  };
  let done = 0;
  const learner = await executeAgain(
    {
      ...{ ...of, log, outputs, history: plan.history },
      processor: (settings) =>
        recordedLearner(settings, to, { read: (name) => files.get(name)?.slice() ?? null }),
      onStep: async (inputs) => {
        await finish();
        taken = inputs;
        onProgress(0.3 + (0.65 * done++) / plan.count, of.runner);
        await turn();
      },
    },
    plan.count,
  );
  await finish();
  await journal.settle();
  if (learner === null) return;
  for (const [name, bytes] of files) await artifacts.write(name, bytes);
  await writer.commit({
    ...{ appends: [], step: { runner: of.runner, inputs: [] }, snapshot: learner.snapshot() },
  });
}

/** The desk has announced what there is: it goes on from the ends, with what it knows of the others. */
async function foldDesk(writer: LogWriter, { to }: RewriteOptions): Promise<void> {
  const desk = new AlertDesk();
  const inputs: InputRange[] = [];
  for (const topic of DESK_TOPICS) {
    let next = 0;
    for (;;) {
      const records = await to.read(topic, 0, next, READ_BYTES);
      if (records.length === 0) break;
      for (const record of records) {
        if (record.value.length > 0) desk.process(topic, 0, record, SILENT);
      }
      next += records.length;
      await turn();
    }
    if (next > 0) inputs.push({ topic, partition: 0, from: 0, to: next });
  }
  if (inputs.length === 0) return;
  await writer.commit({ appends: [], step: { runner: 'alert-desk', inputs }, snapshot: desk.snapshot() });
}

/** What ingest remembers that no records make again. */
async function keepStates(user: string, writer: LogWriter, before: LogWriter): Promise<void> {
  for (const [runner, without] of Object.entries(KEPT_STATES)) {
    const { snapshot } = await before.runnerState(runner);
    if (snapshot === null) continue;
    const state = JSON.parse(new TextDecoder().decode(snapshot.state)) as Record<string, unknown>;
    await writer.commit({
      ...{ appends: [], step: { runner, inputs: [] } },
      snapshot: new TextEncoder().encode(JSON.stringify(without(state, user))),
    });
  }
}

/** A runner that begins anew has had its settings from its first step on. */
async function settingsFromStart(topic: string, from: LogReader): Promise<(value: Uint8Array) => Uint8Array> {
  const owner =
    topic === TOPICS.ingestSettings ? 'ingest' : topic === TOPICS.learnerSettings ? 'learner' : null;
  const runner = owner === 'ingest' ? 'windower' : 'learner';
  if (owner === null || !(await wasTrimmed(from, owner, runner))) return (value) => value;
  return (value) => {
    const record = JSON.parse(new TextDecoder().decode(value)) as { readonly runner: string };
    return record.runner === runner
      ? new TextEncoder().encode(JSON.stringify({ ...record, step: 0 }))
      : value;
  };
}

function withSteps(log: LogReader, steps: LogReader['steps']): LogReader {
  return Object.assign(Object.create(log) as LogReader, {
    read: (...where: Parameters<LogReader['read']>) => log.read(...where),
    steps,
  });
}

/** Commits without waiting for each, so that the writer makes one transaction of many. */
class Commits {
  private under: Promise<unknown>[] = [];

  constructor(private readonly writer: LogWriter) {}

  async add(commit: Parameters<LogWriter['commit']>[0]): Promise<void> {
    this.under.push(this.writer.commit(commit));
    if (this.under.length >= COMMITS_AT_ONCE) await this.settle();
  }

  async settle(): Promise<void> {
    await Promise.all(this.under.splice(0));
  }
}

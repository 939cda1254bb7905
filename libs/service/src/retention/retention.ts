import { TOPICS, type Command } from '@hark/contracts';
import { CorruptLogError, HARK_TOPIC_OWNERS, type TrimmableLog, type TrimmingWriter } from '@hark/streaming';
import type { RetainedTopic, RetentionLimit, RetentionLimits } from './retention-settings.js';

/** Runners that are to have read a topic before anything of it goes, by `app/runner`. */
const READERS: Readonly<Record<RetainedTopic, readonly string[]>> = {
  [TOPICS.samples]: ['ingest/windower', 'gateway/sessions'],
  [TOPICS.windows]: ['learner/learner'],
  [TOPICS.predictions]: ['gateway/version-scores', 'gateway/live', 'gateway/alert-desk'],
  [TOPICS.deadLetter]: [],
  [TOPICS.reports]: ['gateway/report-desk', 'ingest/report-files'],
  [TOPICS.reportSources]: [],
};

const READ_BYTES = 1 << 20;
/** Records that go before it is looked whether to stop. */
const TRIMMED_AT_ONCE = 2000;
const NEVER = new AbortController().signal;
const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

export interface RetentionOptions {
  readonly app: string;
  readonly log: TrimmableLog;
  /** The writer of the app. */
  readonly writer: TrimmingWriter;
  readonly limits: RetentionLimits;
  /** Wall clock, milliseconds. */
  readonly now: () => number;
  /** Has a runner of the app store its state soon, so that its journal, and what that took, can go. */
  readonly storeState: (runner: string) => void;
  /** Whether a runner of the app will not run again. */
  readonly isObsolete?: (runner: string) => boolean;
}

/** What is kept of a topic. */
export interface KeptTopic {
  /** Offset of the first record that is kept, and of the next one to be written. */
  readonly earliest: number;
  readonly end: number;
  readonly bytes: number;
  /** When the first record kept was stored, ISO; null where none is. */
  readonly since: string | null;
  /** What is older than asked for is still needed by these runners, as `app/runner`. */
  readonly heldBackBy: readonly string[];
}

/**
 * One app's part in the retention. What is older or more than asked for goes, unless somebody still needs it: a runner
 * that would execute it again after a crash, or that has not read it. Each app has its runners store their states and
 * gives up their journals before that; the owner of a topic then trims it.
 *
 * The learner looks windows up again when a label comes late. That they can't be any more is a record of `commands`,
 * written by the gateway; a window goes when the learner's stored state is behind that record. So whether a label
 * found its windows is a function of the log, retention or not.
 */
export class Retention {
  private forgotten = 0;
  /** The commands that the learner's stored state holds. */
  private readonly commands = { next: 0, windowsBefore: 0 };
  private suspects = new Set<string>();

  constructor(private readonly options: RetentionOptions) {}

  /** Looks once, and removes what may go, until `signal` is aborted. @throws what the writer throws. */
  async look(signal: AbortSignal = NEVER): Promise<void> {
    const { app, log, writer, limits } = this.options;
    await this.forgetObsolete();
    const cuts = new Map<RetainedTopic, number>();
    for (const [topic, limit] of limits) {
      const cut = await this.cutOf(topic, limit);
      if (cut > (await log.earliest(topic, 0))) cuts.set(topic, cut);
    }
    const windows = cuts.get(TOPICS.windows);
    if (windows !== undefined && app === 'gateway') await this.tellLearner(windows);
    await this.trimJournals(cuts);
    for (const [topic, cut] of cuts) {
      if (!HARK_TOPIC_OWNERS[app].includes(topic)) continue;
      const { to } = await this.allowed(topic, cut);
      for (let at = await log.earliest(topic, 0); at < to && !signal.aborted;) {
        at = Math.min(to, at + TRIMMED_AT_ONCE);
        await writer.trim(topic, 0, at);
      }
    }
  }

  /** Of the topics that the app owns. */
  async status(): Promise<Record<string, KeptTopic>> {
    const { app, log, limits } = this.options;
    const kept: Record<string, KeptTopic> = {};
    for (const [topic, limit] of limits) {
      if (!HARK_TOPIC_OWNERS[app].includes(topic)) continue;
      const [earliest, end] = [await log.earliest(topic, 0), await log.end(topic, 0)];
      const first = this.storedMs(topic, earliest);
      kept[topic] = {
        ...{ earliest, end, bytes: await log.bytes(topic, 0) },
        since: first === null ? null : new Date(first).toISOString(),
        heldBackBy: (await this.allowed(topic, await this.cutOf(topic, limit))).heldBackBy,
      };
    }
    return kept;
  }

  /** The first offset that is neither too old nor too much. */
  private async cutOf(topic: RetainedTopic, { ageMs, bytes }: RetentionLimit): Promise<number> {
    const { log, now } = this.options;
    const [earliest, end] = [await log.earliest(topic, 0), await log.end(topic, 0)];
    const within = bytes === null ? earliest : await log.offsetKeeping(topic, 0, bytes);
    if (ageMs === null) return within;
    const oldest = now() - ageMs;
    const isOld = (offset: number) => (this.storedMs(topic, offset) ?? -Infinity) < oldest;
    if (earliest === end || !isOld(earliest)) return within;
    let [low, high] = [earliest + 1, end];
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (isOld(middle)) low = middle + 1;
      else high = middle;
    }
    return Math.max(within, low);
  }

  /** When a record was stored, or the next one that is not damaged; null where there is none. */
  private storedMs(topic: RetainedTopic, offset: number): number | null {
    for (let at = offset; ;) {
      try {
        return this.options.log.lookUp(topic, 0, at)?.timestamp ?? null;
      } catch (error) {
        if (!(error instanceof CorruptLogError)) throw error;
        at = Math.max(at + 1, error.next);
      }
    }
  }

  /** How much of it may go now, and who needs the rest. */
  private async allowed(
    topic: RetainedTopic,
    cut: number,
  ): Promise<{ readonly to: number; readonly heldBackBy: readonly string[] }> {
    const needs = new Map(await this.options.log.needs(topic, 0));
    for (const reader of READERS[topic]) if (!needs.has(reader)) needs.set(reader, 0);
    if (topic === TOPICS.windows) {
      const learner = READERS[topic][0];
      needs.set(learner, Math.min(needs.get(learner) ?? 0, await this.windowsForgotten()));
    }
    const heldBackBy = [...needs].filter(([, need]) => need < cut).map(([name]) => name);
    return { to: Math.min(cut, ...needs.values()), heldBackBy };
  }

  private async trimJournals(cuts: ReadonlyMap<RetainedTopic, number>): Promise<void> {
    const { app, log, writer, storeState } = this.options;
    const asked = new Map<string, number>(cuts);
    // That windows are forgotten is to be in the learner's stored state too.
    if (cuts.has(TOPICS.windows)) asked.set(TOPICS.commands, await log.end(TOPICS.commands, 0));
    const blocking = new Set<string>();
    for (const [topic, cut] of asked)
      for (const [name, need] of await log.needs(topic, 0)) if (need < cut) blocking.add(name);
    for (const runner of log.runners(app)) {
      if (!blocking.has(`${app}/${runner}`)) continue;
      await writer.trimJournal(runner);
      storeState(runner);
    }
  }

  private async tellLearner(windowsBefore: number): Promise<void> {
    if (windowsBefore <= this.forgotten) return;
    const command: Command = { kind: 'forget', windowsBefore };
    const value = text.encoder.encode(JSON.stringify(command));
    await this.options.writer.commit({
      appends: [{ topic: TOPICS.commands, partition: 0, records: [{ key: '', value }] }],
    });
    this.forgotten = windowsBefore;
  }

  /** Windows before this offset are looked up no more, whatever is executed again. */
  private async windowsForgotten(): Promise<number> {
    const { log } = this.options;
    const { commands } = this;
    const taken = (await log.needs(TOPICS.commands, 0)).get(READERS[TOPICS.windows][0]) ?? 0;
    while (commands.next < taken) {
      const records = await log.read(TOPICS.commands, 0, commands.next, READ_BYTES);
      for (const { value, offset } of records) {
        if (offset >= taken) break;
        commands.next = offset + 1;
        const command = parsed(value);
        if (command?.kind === 'forget') commands.windowsBefore = command.windowsBefore;
      }
    }
    return commands.windowsBefore;
  }

  /** A runner is given up when it is found twice: one that is just being made is not known yet. */
  private async forgetObsolete(): Promise<void> {
    const { app, log, writer, isObsolete } = this.options;
    if (isObsolete === undefined) return;
    const found = log.runners(app).filter(isObsolete);
    for (const runner of found) if (this.suspects.has(runner)) await writer.forgetRunner(runner);
    this.suspects = new Set(found);
  }
}

function parsed(value: Uint8Array): Command | null {
  try {
    return JSON.parse(text.decoder.decode(value)) as Command | null;
  } catch {
    return null;
  }
}

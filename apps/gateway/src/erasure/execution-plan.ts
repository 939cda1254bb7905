import { TOPICS } from '@hark/contracts';
import {
  countSteps,
  readSettingsHistory,
  type InputRange,
  type LogReader,
  type Settings,
  type SettingsRecord,
} from '@hark/streaming';

/** In which steps a runner is executed again, and with which settings. */
export interface ExecutionPlan {
  readonly count: number;
  /** As {@link LogReader.steps}, with the offsets of the log of before. */
  steps(from: number, limit: number): Promise<readonly (readonly InputRange[])[]>;
  readonly history: readonly SettingsRecord[];
}

const READ_BYTES = 1 << 20;

/** Whether the journal of a runner was trimmed: then it begins anew with what is kept. */
export async function wasTrimmed(log: LogReader, app: string, runner: string): Promise<boolean> {
  return (await log.firstStep(app, runner)) > 0;
}

/**
 * The steps of a runner's journal; of one that was trimmed, what is kept of its topics, in the order in which it was
 * stored and with the settings of last.
 *
 * @param settings of a log that does not say them itself: it was made with what is set now, as far as anybody knows.
 */
export async function planOf(
  log: LogReader,
  of: { readonly app: string; readonly runner: string; readonly settingsTopic: string },
  settings: Settings,
): Promise<ExecutionPlan> {
  const { app, runner, settingsTopic } = of;
  const recorded = await readSettingsHistory(log, settingsTopic, runner);
  const history = recorded.length > 0 ? recorded : [{ runner, step: 0, settings }];
  if (!(await wasTrimmed(log, app, runner))) {
    const count = await countSteps(log, app, runner);
    return { count, history, steps: (from, limit) => log.steps(app, runner, from, limit) };
  }
  const steps =
    runner === 'windower'
      ? await kept(log, TOPICS.samples, [])
      : await kept(log, TOPICS.windows, await asked(log));
  return {
    count: steps.length,
    history: [{ ...history[history.length - 1], step: 0 }],
    steps: (from, limit) => Promise.resolve(steps.slice(from, from + limit)),
  };
}

/** A command or a label, and when it was stored. */
interface Asked {
  readonly range: InputRange;
  readonly ms: number;
}

/** What is kept of a topic, and between it what was asked before each of its records was stored. */
async function kept(log: LogReader, topic: string, between: readonly Asked[]): Promise<InputRange[][]> {
  const steps: InputRange[][] = [];
  const waiting = [...between];
  const take = (from: number, to: number) => {
    if (from < to) steps.push([{ topic, partition: 0, from, to }]);
  };
  for (let next = await log.earliest(topic, 0); ;) {
    const records = await log.read(topic, 0, next, READ_BYTES);
    for (const { offset, timestamp } of records) {
      while (waiting.length > 0 && waiting[0].ms <= timestamp) {
        take(next, offset);
        next = offset;
        steps.push([(waiting.shift() as Asked).range]);
      }
    }
    if (records.length === 0) break;
    const end = records[records.length - 1].offset + 1;
    take(next, end);
    next = end;
  }
  for (const { range } of waiting) steps.push([range]);
  return steps;
}

/** Commands and labels, in the order in which they were stored. */
async function asked(log: LogReader): Promise<Asked[]> {
  const all: Asked[] = [];
  for (const topic of [TOPICS.commands, TOPICS.labels]) {
    for (let next = 0; ;) {
      const records = await log.read(topic, 0, next, READ_BYTES);
      if (records.length === 0) break;
      for (const { offset, timestamp } of records)
        all.push({ range: { topic, partition: 0, from: offset, to: offset + 1 }, ms: timestamp });
      next += records.length;
    }
  }
  return all.sort((a, b) => a.ms - b.ms);
}

import type { InputRange, LogReader, LogRecord } from '../log/log.js';
import type { Outputs, Processor } from './processor.js';
import type { Settings, SettingsRecord } from './settings-history.js';
import { JournalSteps } from './step.js';

export interface ReExecutionOptions {
  readonly app: string;
  readonly runner: string;
  readonly log: LogReader;
  /** With which settings the steps were taken, in their order, the first from step 0 on. */
  readonly history: readonly SettingsRecord[];
  /** A processor as the app makes it with these settings. */
  readonly processor: (settings: Settings) => Promise<Processor>;
  readonly outputs: Outputs;
  /** Which of the records that a step took the processor is shown; default all. */
  readonly shows?: (topic: string, record: LogRecord) => boolean;
  /** Called before each step, with what it takes; may wait, so that others get their turn. */
  readonly onStep?: (inputs: readonly InputRange[]) => Promise<void>;
}

/** Steps read from the journal at a time. */
const STEPS_AT_ONCE = 1000;

/**
 * Executes the steps of a runner again, from the first, exactly as they were cut and with the settings of then. Where
 * settings changed, the state goes over as it did at that start: stored by one processor, restored by the next.
 *
 * @param steps how many.
 * @returns the processor as it stands then; null without steps.
 * @throws LostInputError, ProcessorError
 */
export async function executeAgain(options: ReExecutionOptions, steps: number): Promise<Processor | null> {
  const { app, runner, log, history, outputs, shows } = options;
  let processor: Processor | null = null;
  let journal: JournalSteps | null = null;
  let ahead: readonly (readonly InputRange[])[] = [];
  let next = 0;
  for (let step = 0; step < steps; step++) {
    if (step - next >= ahead.length) {
      next = step;
      ahead = await log.steps(app, runner, step, Math.min(STEPS_AT_ONCE, steps - step));
    }
    const changed = history.find((each) => each.step === step);
    if (changed !== undefined) {
      const state: Uint8Array | undefined = processor?.snapshot();
      processor = await options.processor(changed.settings);
      if (state !== undefined) processor.restore(state);
      journal = new JournalSteps(runner, shown(processor, shows), log, outputs);
    }
    if (journal === null) throw new RangeError(`no settings of the first step of ${runner}`);
    const inputs = ahead[step - next];
    await options.onStep?.(inputs);
    await journal.execute(inputs);
  }
  return processor;
}

/** The number of steps in a runner's journal. */
export async function countSteps(log: LogReader, app: string, runner: string): Promise<number> {
  const stands = async (step: number) => (await log.steps(app, runner, step, 1)).length > 0;
  if (!(await stands(0))) return 0;
  let low = 0;
  let high = 1;
  for (; await stands(high); high *= 2) low = high;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await stands(middle)) low = middle;
    else high = middle;
  }
  return high;
}

function shown(processor: Processor, shows: ReExecutionOptions['shows']): Processor {
  if (shows === undefined) return processor;
  return {
    process: (topic, partition, record, outputs) => {
      if (shows(topic, record)) processor.process(topic, partition, record, outputs);
    },
    endStep: (outputs) => processor.endStep?.(outputs),
    snapshot: () => processor.snapshot(),
    restore: (state) => processor.restore(state),
  };
}

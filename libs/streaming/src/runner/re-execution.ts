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
  /** A stored state to go on from, and the number of steps that it holds; default: from the first step. */
  readonly from?: { readonly step: number; readonly state: Uint8Array };
  /** Which of the records that a step took the processor is shown; default all. */
  readonly shows?: (topic: string, record: LogRecord) => boolean;
  /** Called before each step, with what it takes; may wait, so that others get their turn. */
  readonly onStep?: (inputs: readonly InputRange[]) => Promise<void>;
}

/** Steps read from the journal at a time. */
const STEPS_AT_ONCE = 1000;

/**
 * Executes the steps of a runner again, from the first or a stored state on, exactly as they were cut and with the settings of then. Where
 * settings changed, the state goes over as it did at that start: stored by one processor, restored by the next.
 *
 * @param steps how many the runner has taken.
 * @returns the processor as it stands then; null without steps.
 * @throws LostInputError, ProcessorError
 */
export async function executeAgain(options: ReExecutionOptions, steps: number): Promise<Processor | null> {
  const { app, runner, log, history, outputs, shows, from } = options;
  const first = from?.step ?? 0;
  let processor: Processor | null = null;
  let journal: JournalSteps | null = null;
  let ahead: readonly (readonly InputRange[])[] = [];
  let next = first;
  for (let step = first; step < steps; step++) {
    if (step - next >= ahead.length) {
      next = step;
      ahead = await log.steps(app, runner, step, Math.min(STEPS_AT_ONCE, steps - step));
    }
    const changed =
      step === first
        ? history.findLast((each) => each.step <= step)
        : history.find((each) => each.step === step);
    if (changed !== undefined) {
      const state: Uint8Array | undefined = processor?.snapshot() ?? from?.state;
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

/** The number of steps that a runner has taken. */
export async function countSteps(log: LogReader, app: string, runner: string): Promise<number> {
  const stands = async (step: number) => (await log.steps(app, runner, step, 1)).length > 0;
  const first = await log.firstStep(app, runner);
  if (!(await stands(first))) return first;
  let low = first;
  let high = first + 1;
  for (let stride = 1; await stands(high); stride *= 2) {
    low = high;
    high += stride;
  }
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

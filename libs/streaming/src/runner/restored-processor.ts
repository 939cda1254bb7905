import {
  CorruptStateError,
  TrimmedError,
  type InputRange,
  type LogReader,
  type RunnerState,
} from '../log/log.js';
import type { ArtifactStore, Outputs, Processor } from './processor.js';
import { RepeatedRecords, type RepeatedDifference } from './repeated-records.js';
import { RestoredOutputs } from './restored-outputs.js';
import { readSettingsHistory, type RunnerSettings } from './settings-history.js';
import { JournalSteps, LostInputError, SuppressedOutputs } from './step.js';

/** Whose processor is to be brought to where it was. */
export interface RestoredRunner {
  readonly name: string;
  readonly log: LogReader;
  readonly artifacts: ArtifactStore;
  readonly processor: Processor;
  readonly settings?: RunnerSettings;
  readonly partition?: number;
  readonly repeated?: RepeatedTopic;
}

/** A topic that the runner alone writes to, of which it is compared what steps say when they are executed again. */
export interface RepeatedTopic {
  readonly topic: string;
  readonly onDifference: (difference: RepeatedDifference) => void;
}

/**
 * Restores the state and executes the steps behind it again, or every step where the state is damaged.
 * @param discard takes what these steps give up.
 * @returns bytes of the records of these steps.
 * @throws StateFormatError, CorruptStateError, LostInputError, ProcessorError
 */
export async function restoreProcessor(
  runner: RestoredRunner,
  { snapshot, replay, isDamaged }: RunnerState,
  discard: Outputs['discard'],
): Promise<number> {
  const { name, log, processor, repeated, partition = 0 } = runner;
  const records = new RepeatedRecords(repeated?.topic ?? null);
  let bytes = 0;
  if (isDamaged === true) bytes = await executeAll(runner, replay, records.emit);
  else {
    if (snapshot !== null) processor.restore(snapshot.state);
    const steps = new JournalSteps(name, processor, log, new SuppressedOutputs(records.emit, discard));
    for (const inputs of replay) bytes += await steps.execute(inputs);
  }
  const difference = await records.firstDifference(log, partition);
  if (difference !== null) repeated?.onDifference(difference);
  return bytes;
}

/** @throws CorruptStateError where that does not lead to where it was: records or settings of then are gone. */
async function executeAll(
  { name, log, processor, artifacts, settings, partition = 0 }: RestoredRunner,
  replay: readonly (readonly InputRange[])[],
  emit: Outputs['emit'],
): Promise<number> {
  const lost = new CorruptStateError(name, 'snapshot');
  if (settings !== undefined) {
    const history = await readSettingsHistory(log, settings.topic, name, partition);
    if (history.length > 1) throw lost;
  }
  const outputs = new RestoredOutputs(artifacts, emit);
  const steps = new JournalSteps(name, processor, log, outputs);
  let bytes = 0;
  try {
    for (const inputs of replay) {
      bytes += await steps.execute(inputs);
      await outputs.settle();
    }
  } catch (error) {
    throw error instanceof TrimmedError || error instanceof LostInputError ? lost : error;
  }
  return bytes;
}

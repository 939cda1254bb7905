import {
  partitionKey,
  type Commit,
  type CommitResult,
  type InputRange,
  type LogWriter,
  type RunnerState,
} from '../log.js';

/** What a commit without records answers. */
const NOTHING: CommitResult = { firstOffsets: [] };

/** How far a runner has come in a partition: the offset of the next record that it takes. */
interface Place {
  readonly topic: string;
  readonly partition: number;
  to: number;
}

/** By `topic/partition`. */
type Places = Map<string, Place>;

/**
 * The writer of runners that emit nothing and run in every process of an app: each follows the log by itself. One of
 * the processes at a time, whose turn it is, keeps their journals and states, so that whoever starts restores what it
 * stored and reads on from there. When the turn goes over, the journal goes on where it ends, wherever the runner of
 * the new process is: what lies between is one step, or has been taken by the process before.
 *
 * The state of such a runner depends on what it has read of each input alone, neither on how that was cut into steps
 * nor on how one input was read beside another.
 */
export class DerivedWriter implements LogWriter {
  private writer: LogWriter | null = null;
  /** By runner: how far it has come in this process. */
  private readonly reached = new Map<string, Places>();
  /** By runner: how far its journal goes; known from its first commit in this process's turn on. */
  private readonly journaled = new Map<string, Places>();

  /** @param standing where the process whose turn it is has left a runner. */
  constructor(private readonly standing: (runner: string) => Promise<RunnerState>) {}

  /** From now on it is this process's turn. @param writer has been opened for it; the caller closes it. */
  begin(writer: LogWriter): void {
    this.writer = writer;
  }

  async runnerState(runner: string): Promise<RunnerState> {
    const state = await this.standing(runner);
    this.reached.set(runner, placesOf(state));
    return state;
  }

  /** @throws TypeError for records, or without a step: only what is derived goes this way. */
  async commit({ appends, step, snapshot }: Commit): Promise<CommitResult> {
    if (appends.length > 0 || step === undefined)
      throw new TypeError('a derived state comes without records');
    const { runner } = step;
    const reached = this.reached.get(runner) ?? new Map<string, Place>();
    this.reached.set(runner, reached);
    for (const { topic, partition, to } of step.inputs)
      reached.set(partitionKey(topic, partition), { topic, partition, to });
    if (this.writer === null) return NOTHING;
    const journaled = this.journaled.get(runner) ?? placesOf(await this.writer.runnerState(runner));
    this.journaled.set(runner, journaled);
    const inputs = between(journaled, reached);
    const isBehind = between(reached, journaled).length > 0;
    // A state from before what the journal has would have steps executed twice.
    const stored = isBehind ? undefined : snapshot;
    if (inputs.length === 0 && stored === undefined) return NOTHING;
    await this.writer.commit({
      appends: [],
      step: { runner, inputs },
      ...(stored !== undefined && { snapshot: stored }),
    });
    for (const { topic, partition, to } of inputs)
      journaled.set(partitionKey(topic, partition), { topic, partition, to });
    return NOTHING;
  }

  durable(): Promise<void> {
    return this.writer?.durable() ?? Promise.resolve();
  }

  isFenced(): boolean {
    return this.writer?.isFenced?.() ?? false;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** What the second has taken and the first has not. */
function between(first: Places, second: Places): InputRange[] {
  const ranges: InputRange[] = [];
  for (const [key, { topic, partition, to }] of second) {
    const from = first.get(key)?.to ?? 0;
    if (from < to) ranges.push({ topic, partition, from, to });
  }
  return ranges;
}

function placesOf({ positions }: RunnerState): Places {
  const places: Places = new Map();
  for (const [key, to] of positions) {
    const slash = key.lastIndexOf('/');
    places.set(key, { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)), to });
  }
  return places;
}

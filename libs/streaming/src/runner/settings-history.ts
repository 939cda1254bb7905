import type { LogReader, LogWriter, RunnerState } from '../log/log.js';

/** What a processor's outputs depend on besides its records: values as text, by the variable that sets each. */
export type Settings = Readonly<Record<string, string>>;

/** A record of a topic of settings, as JSON: the runner has taken its steps from `step` on with these. */
export interface SettingsRecord {
  readonly runner: string;
  readonly step: number;
  readonly settings: Settings;
}

/** What a runner's processor was made with, and where the history of that is kept. */
export interface RunnerSettings {
  /** A topic of the runner's own app. */
  readonly topic: string;
  readonly values: Settings;
  /** The variables that may change where the state was stored last: it can be restored with other values of these. */
  readonly changeable: readonly string[];
}

/** The settings are not those of the journal, and can't be taken over here; the message says what to do. */
export class SettingsChangedError extends Error {
  readonly code = 'settings_changed';
  constructor(
    readonly runner: string,
    readonly changed: readonly SettingChange[],
    /** Steps to be executed again with the settings of before; 0: the state itself depends on these settings. */
    readonly steps: number,
  ) {
    const found = changed.map(({ name, to }) => `${name}=${JSON.stringify(to)}`).join(', ');
    const before = changed.map(({ from }) => JSON.stringify(from)).join(', ');
    const restored = changed.map(({ name, from }) => `${name}=${from}`).join(' ');
    super(
      steps === 0
        ? `${found}: the ${runner} of this data folder was made with ${before}, and that can't change; ` +
            `set ${restored}, or take another data folder (HARK_DATA)`
        : `${found}: the ${runner} was not stopped cleanly, and has ${steps} steps to execute again as it took ` +
            `them, with ${before}; start it once with ${restored} and stop it, or take another data folder (HARK_DATA)`,
    );
  }
}

interface SettingChange {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

const READ_BYTES = 1 << 20;
const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/**
 * With which settings a runner has taken its steps, in their order; empty where that was never recorded. Where they
 * changed more than once before the next step, the last counts.
 */
export async function readSettingsHistory(
  log: LogReader,
  topic: string,
  runner: string,
  partition = 0,
): Promise<SettingsRecord[]> {
  const history: SettingsRecord[] = [];
  for (let next = 0; ;) {
    const records = await log.read(topic, partition, next, READ_BYTES);
    if (records.length === 0) return history;
    for (const { value, offset } of records) {
      const record = JSON.parse(text.decoder.decode(value)) as SettingsRecord;
      next = offset + 1;
      if (record.runner !== runner) continue;
      if (history.at(-1)?.step === record.step) history.pop();
      history.push(record);
    }
  }
}

/**
 * Whether a runner may go on with its settings.
 *
 * @returns the record that says so, to be written before the next step; null when the last one says it already.
 * @throws SettingsChangedError
 */
export async function admitSettings(
  runner: string,
  log: LogReader,
  { steps, replay }: RunnerState,
  { topic, values, changeable }: RunnerSettings,
  partition = 0,
): Promise<SettingsRecord | null> {
  const before = (await readSettingsHistory(log, topic, runner, partition)).at(-1);
  // A folder older than this history: what was set is not known, and taken to be what is set now.
  if (before === undefined) return { runner, step: 0, settings: values };
  // A variable that the program of then did not know has not changed.
  const changed = Object.entries(values).flatMap(([name, to]): SettingChange[] => {
    const from = before.settings[name] ?? to;
    return from === to ? [] : [{ name, from, to }];
  });
  const fixed = changed.filter(({ name }) => !changeable.includes(name));
  if (fixed.length > 0 && steps > 0) throw new SettingsChangedError(runner, fixed, 0);
  if (changed.length > 0 && replay.length > 0) throw new SettingsChangedError(runner, changed, replay.length);
  const isSame = JSON.stringify(sorted(values)) === JSON.stringify(sorted(before.settings));
  return isSame ? null : { runner, step: steps, settings: values };
}

/** On disk when resolved. */
export async function recordSettings(
  writer: LogWriter,
  topic: string,
  record: SettingsRecord,
  partition = 0,
): Promise<void> {
  const value = text.encoder.encode(JSON.stringify(record));
  await writer.commit({ appends: [{ topic, partition, records: [{ key: record.runner, value }] }] });
  await writer.durable();
}

function sorted(settings: Settings): [string, string][] {
  return Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
}

import type { SimulationOptions } from '@hark/simulator';
import type { SampleBatch } from '@hark/contracts';

/** Windows are cut at multiples of this: a story that begins at one gets the same windows each time. */
const WINDOW_MS = 2560;

/** What happens in the demo, and when: the same each time. */
export const STORY = {
  users: 6,
  devices: 12,
  seed: 1,
  /** Mean length of one activity. */
  boutSeconds: 14,
  /** What all devices have recorded is sent so often, together: the order in the log is the same each time. */
  sendEveryMs: 500,
  /** When devices are turned over and put into bags, and how many. */
  turnedAtSeconds: 75,
  turnedDevices: 12,
  /** Whose devices say nothing about what is true, so that there is something to teach. */
  unlabelledUser: 'd',
  /** All has been told. */
  endSeconds: 180,
} as const;

/** Settings for a story that is over in minutes: windows close soon, versions come often. */
export const STORY_SETTINGS = {
  HARK_LATENESS_MS: '1000',
  HARK_SENSOR_LAG_MS: '2000',
  HARK_IDLE_TIMEOUT_MS: '10000',
  HARK_VERSION_EVERY: '100',
  // Of all that could be watched the errors: this story is about them.
  HARK_DRIFT_SIGNALS: 'error',
} as const;

/** @param nowMs wall clock. */
export function simulationOf(nowMs: number): SimulationOptions {
  const { users, devices, seed, boutSeconds, sendEveryMs, turnedAtSeconds, turnedDevices } = STORY;
  return {
    ...{ users, devices, seed, boutSeconds, batchSeconds: sendEveryMs / 1000 },
    startMs: Math.floor(nowMs / WINDOW_MS) * WINDOW_MS,
    sessionSeconds: Infinity,
    faults: ['dup', 'drift'],
    drift: { atSeconds: turnedAtSeconds, devices: turnedDevices },
  };
}

/** The batch as its device sends it: of the user who tells nothing, without labels. */
export function asSent(batch: SampleBatch): SampleBatch {
  const isSilent = batch.streams.every(({ user }) => user === STORY.unlabelledUser);
  return isSilent ? { ...batch, labels: [], label: new Uint8Array(batch.rows) } : batch;
}

/** What is said while it plays, and when. */
export const SCENES: readonly (readonly [atSeconds: number, text: string])[] = [
  [0, 'twelve devices of six people start to send; the model has never seen any of it'],
  [
    1,
    `${STORY.unlabelledUser}'s devices do not say what ${STORY.unlabelledUser} does: click on their ribbon to tell`,
  ],
  [STORY.turnedAtSeconds, 'all devices have just been turned over and put into bags'],
  [150, 'every version is kept: on the page, “roll back” shows what would change, and offers the undo'],
  [STORY.endSeconds, 'that was the story; the devices go on until Ctrl-C'],
];

/**
 * What goes wrong with real recordings, each to be switched on by itself:
 * - `late`: short bursts of one sensor held back 5–10 s, a few of them longer than a watermark of 10 s allows;
 * - `dup`: about one row in a hundred is sent twice;
 * - `skew`: clocks are wrong as in HHAR, and watches count from their boot;
 * - `gap`: a device falls silent for 15–60 s now and then;
 * - `drift`: at one moment a device is turned over and moved from the body into a bag.
 */
export const FAULTS = ['late', 'dup', 'skew', 'gap', 'drift'] as const;
export type Fault = (typeof FAULTS)[number];

export interface SimulationOptions {
  /** Default 9: HHAR's a to i. */
  readonly users?: number;
  /** Default 12: HHAR's eight phones and four watches. */
  readonly devices?: number;
  /** Default 1. Same options, same rows. */
  readonly seed?: number;
  /** Wall clock of second 0 in milliseconds since 1970; default HHAR's first row. */
  readonly startMs?: number;
  /** Seconds simulated; default without end. */
  readonly durationSeconds?: number;
  /** Mean length of one activity; default 60. */
  readonly boutSeconds?: number;
  /** After this long each device is passed on to the next user, with a pause of 20 s; default 600, may be Infinity. */
  readonly sessionSeconds?: number;
  /** Seconds of one sensor that a device sends in one batch; default 0.25. */
  readonly batchSeconds?: number;
  readonly faults?: readonly Fault[];
  /** When `drift` happens and to how many devices; default the first one, at half time or after 90 s. */
  readonly drift?: { readonly atSeconds?: number; readonly devices?: number };
}

/** All options given, checked. */
export interface ResolvedOptions {
  readonly users: number;
  readonly devices: number;
  readonly seed: number;
  readonly startMs: number;
  readonly durationSeconds: number;
  readonly boutSeconds: number;
  readonly sessionSeconds: number;
  readonly batchSeconds: number;
  readonly faults: ReadonlySet<Fault>;
  readonly drift: { readonly atSeconds: number; readonly devices: number };
}

/** An option that no simulation can be made from. */
export class SimulationOptionError extends Error {
  readonly code = 'simulation_option';
}

/** @throws SimulationOptionError naming the option and what would be right. */
export function resolveOptions(options: SimulationOptions): ResolvedOptions {
  const durationSeconds = positive('durationSeconds', options.durationSeconds ?? Infinity);
  const halfTime = durationSeconds === Infinity ? 90 : durationSeconds / 2;
  return {
    users: count('users', options.users ?? 9, 10_000),
    devices: count('devices', options.devices ?? 12, 100_000),
    seed: integer('seed', options.seed ?? 1),
    // HHAR's first row: 2015-02-23T13:03:53.908Z.
    startMs: integer('startMs', options.startMs ?? 1_424_696_633_908),
    durationSeconds,
    boutSeconds: positive('boutSeconds', options.boutSeconds ?? 60),
    sessionSeconds: positive('sessionSeconds', options.sessionSeconds ?? 600),
    batchSeconds: positive('batchSeconds', options.batchSeconds ?? 0.25),
    faults: new Set((options.faults ?? []).map(knownFault)),
    drift: {
      atSeconds: options.drift?.atSeconds ?? halfTime,
      devices: count('drift.devices', options.drift?.devices ?? 1, 100_000),
    },
  };
}

function knownFault(name: string): Fault {
  const known = FAULTS.find((fault) => fault === name);
  if (known === undefined) {
    throw new SimulationOptionError(`unknown fault ${JSON.stringify(name)}: one of ${FAULTS.join(', ')}`);
  }
  return known;
}

function integer(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new SimulationOptionError(`${name} is ${value}: give a whole number, 0 or more`);
  }
  return value;
}

function count(name: string, value: number, most: number): number {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new SimulationOptionError(`${name} is ${value}: give a whole number from 1 to ${most}`);
  }
  return value;
}

function positive(name: string, value: number): number {
  if (!(value > 0)) throw new SimulationOptionError(`${name} is ${value}: give a number above 0`);
  return value;
}

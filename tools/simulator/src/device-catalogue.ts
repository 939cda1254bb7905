/**
 * Where on the body a device is worn: HHAR's phones in a pouch at the waist, its watches at the wrist. Nothing starts
 * in a bag over the shoulder, but things get moved there.
 */
export type Placement = 'waist' | 'wrist' | 'bag';

export interface DeviceModel {
  readonly model: string;
  readonly placement: Placement;
  /** Nominal samples a second of either sensor. */
  readonly rateHz: number;
  /** Step of the accelerometer's converter in m/s². */
  readonly stepAcceleration: number;
  /** Step of the gyroscope's converter in rad/s. */
  readonly stepRotation: number;
}

/** HHAR's six products (Stisen et al. 2015, table 1), phones and watches taking turns. */
export const DEVICE_MODELS: readonly DeviceModel[] = [
  model('nexus4', 'waist', 200, 0.001197, 0.0000106),
  model('gear', 'wrist', 100, 0.004788, 0.0010653),
  model('s3', 'waist', 150, 0.009577, 0.0003054),
  model('lgwatch', 'wrist', 200, 0.002394, 0.0010653),
  model('s3mini', 'waist', 100, 0.009577, 0.0012217),
  model('samsungold', 'waist', 50, 0.153228, 0.0012217),
];

/** One device: HHAR's names are the model's and a number. */
export interface CatalogueDevice {
  readonly device: string;
  readonly model: DeviceModel;
  /** Creation_Time minus true time in milliseconds, for a device whose clock counts from 1970. */
  readonly clockOffsetMs: number;
  /** For a device whose clock counts from its boot: its uptime when the simulation starts, in milliseconds. */
  readonly uptimeMs: number | null;
}

/** Seconds by which HHAR's clocks are wrong; two of them measured in its first rows, the others of their kind. */
const CLOCK_OFFSETS_S: Readonly<Record<string, number>> = {
  nexus4_1: -2.001,
  nexus4_2: 1846.27,
  s3_1: 0.412,
  s3_2: -37.8,
  s3mini_1: 3.95,
  s3mini_2: -0.26,
  samsungold_1: -95.4,
  samsungold_2: 12.7,
};

/**
 * The `index`-th device: the first twelve are HHAR's, later ones carry on counting (`nexus4_3` …). The first of
 * every kind come before the second ones.
 */
export function catalogueDevice(index: number): CatalogueDevice {
  const kind = DEVICE_MODELS[index % DEVICE_MODELS.length];
  const number = 1 + Math.floor(index / DEVICE_MODELS.length);
  const device = `${kind.model}_${number}`;
  return {
    device,
    model: kind,
    clockOffsetMs: Math.round(1000 * (CLOCK_OFFSETS_S[device] ?? ((index * 37) % 101) - 50)),
    // gear_1 had been up for 7 h 45 min at HHAR's first row.
    uptimeMs: kind.placement === 'wrist' ? 27_920_678 + 5_123_457 * Math.floor(index / 2) : null,
  };
}

/** Users a to i as in HHAR, then u10, u11 … */
export function catalogueUser(index: number): string {
  return index < 9 ? 'abcdefghi'[index] : `u${index + 1}`;
}

function model(
  name: string,
  placement: Placement,
  rateHz: number,
  stepAcceleration: number,
  stepRotation: number,
): DeviceModel {
  return { model: name, placement, rateHz, stepAcceleration, stepRotation };
}

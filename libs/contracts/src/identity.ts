export const SENSORS = ['accelerometer', 'gyroscope'] as const;
export type Sensor = (typeof SENSORS)[number];

/** One device of one user. The same device carried by two users is two keys, as in HHAR. */
export interface DeviceId {
  readonly user: string;
  readonly device: string;
}

/** One sensor of one device: what a row of HHAR belongs to. */
export interface StreamId extends DeviceId {
  /** Product name of the device, e.g. `nexus4`; describes it, does not identify it. */
  readonly model: string;
  readonly sensor: Sensor;
}

/** A map key for a device: ids hold no control characters, so the separator is unambiguous. */
export function deviceKey(id: DeviceId): string {
  return `${id.user}\u0000${id.device}`;
}

/** An id: 1 to 128 characters, none of them a control character or a lone surrogate. */
export function isWellFormedId(id: string): boolean {
  return id.length > 0 && id.length <= 128 && !/[\p{Cc}\p{Cs}]/u.test(id);
}

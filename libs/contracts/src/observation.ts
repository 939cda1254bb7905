import type { DeviceId } from './identity.js';
import type { WatchedApp } from './gateway-alert.js';

/**
 * A record of the topic `observations`: what the gateway has seen on the wall clock, so that what follows from it is a
 * function of the log. `at` is when it was seen, ISO 8601.
 */
export type Observation =
  /** A device has sent for a while and is watched from here on. */
  | ({ readonly kind: 'present'; readonly at: string } & DeviceId)
  | ({ readonly kind: 'heard'; readonly at: string } & DeviceId)
  | ({ readonly kind: 'silent'; readonly at: string; readonly lastHeardAt: string | null } & DeviceId)
  | {
      readonly kind: 'behind' | 'caught_up';
      readonly at: string;
      readonly app: WatchedApp;
      readonly waitingRecords: number;
      readonly waitedSeconds: number;
    }
  | {
      readonly kind: 'report_failed' | 'report_slow';
      readonly at: string;
      readonly report: string;
      readonly message: string;
    }
  | { readonly kind: 'report_well'; readonly at: string; readonly report: string };

/** How devices reach the front door. */
export type Way = 'http' | 'socket';

/** What the load generator is told to do. */
export type Order =
  /** As many batches as are acknowledged, each connection one at a time. */
  | {
      readonly do: 'flood';
      readonly port: number;
      readonly way: Way;
      readonly connections: number;
      readonly rowsOfBatch: number;
      readonly seconds: number;
    }
  /** Devices that are worn, each sending once a second what it has measured. */
  | {
      readonly do: 'wear';
      readonly port: number;
      readonly way: Way;
      readonly devices: number;
      readonly seconds: number;
      /** A device more that delivers the last hour as fast as it may. */
      readonly backlog: boolean;
    }
  /** Messages to an echo server, and how long they take there and back. */
  | {
      readonly do: 'echo';
      readonly port: number;
      readonly sockets: number;
      readonly rate: number;
      readonly seconds: number;
    };

export interface FloodReport {
  readonly samples: number;
  readonly seconds: number;
  readonly ackMs: readonly number[];
}

export interface WearReport {
  /** By window, when the request was sent that closes it, milliseconds since 1970. */
  readonly closed: readonly (readonly [id: string, sentMs: number])[];
  readonly ackMs: readonly number[];
  /** The longest that a device waited for its turn in the generator itself: above a few ms it measures itself. */
  readonly behindMs: number;
  readonly samples: number;
  /** Rows of the device with a backlog that were taken. */
  readonly backlogSamples: number;
}

export interface EchoReport {
  readonly roundTripMs: readonly number[];
}

import type { Principal } from '@hark/service';
import type { PhoneFrame } from '@hark/streaming';

/** Where a message of a phone came from, and what its sender or its owner says of it besides. */
export interface Origin {
  /** Stands in the records of refused rows: `http`, `mqtt`, `websocket`. */
  readonly source: string;
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly receivedMs: number;
  /** Whose phone it is; absent = as the message, the token or, last, the device's id says. */
  readonly user?: string | undefined;
  readonly model?: string | undefined;
  /** How the signs of its acceleration are; absent = as its readings tell. */
  readonly frame?: PhoneFrame | undefined;
}

/** The user of a phone: the one asked for, else the one of the message, else the token's only one, else the device. */
export function userOf(origin: Origin, named: string | null, device: string): string {
  const own = origin.principal.token?.users ?? [];
  const only = own.length === 1 && own[0] !== '*' ? own[0] : undefined;
  return origin.user ?? named ?? only ?? device;
}

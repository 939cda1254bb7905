import { isLoopback } from './origin-rule.js';
import type { Principal } from './principal.js';

export interface ConnectionLimits {
  /** Sockets and requests under way from one address. Loopback is not counted: a proxy may stand there. */
  readonly perAddress: number;
  /** Sockets and requests under way of one token. */
  readonly perToken: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = { perAddress: 1000, perToken: 1000 };

/** Ends what was counted; may be called more than once. */
export type Leave = () => void;

/** Who is connected now, so that there can be too many of one kind, and so that a revoked token's can be closed. */
export class OpenConnections {
  private readonly addresses = new Map<string, number>();
  private readonly tokens = new Map<string, number>();
  private readonly open = new Set<{ readonly principal: Principal; readonly revoked: () => void }>();

  constructor(private readonly limits: ConnectionLimits = CONNECTION_LIMITS) {}

  /** Counts a connection from an address; null when there are too many. */
  fromAddress(address: string | undefined): Leave | null {
    if (address === undefined || isLoopback(address)) return () => undefined;
    return count(this.addresses, address, this.limits.perAddress);
  }

  /**
   * Counts a connection of a principal; null when there are too many of the token.
   *
   * @param revoked called once, when the token stops being good while the connection is open.
   */
  ofPrincipal(principal: Principal, revoked: () => void): Leave | null {
    const { token } = principal;
    const leave = token === null ? () => undefined : count(this.tokens, token.id, this.limits.perToken);
    if (leave === null) return null;
    const connection = { principal, revoked };
    this.open.add(connection);
    return () => {
      this.open.delete(connection);
      leave();
    };
  }

  /** Closes what belongs to principals that are no longer good. @returns how many. */
  sweep(isGood: (principal: Principal) => boolean): number {
    let closed = 0;
    for (const connection of this.open) {
      if (isGood(connection.principal)) continue;
      this.open.delete(connection);
      closed++;
      connection.revoked();
    }
    return closed;
  }
}

function count(counts: Map<string, number>, key: string, limit: number): Leave | null {
  const now = counts.get(key) ?? 0;
  if (now >= limit) return null;
  counts.set(key, now + 1);
  let left = false;
  return () => {
    if (left) return;
    left = true;
    const rest = (counts.get(key) ?? 1) - 1;
    if (rest === 0) counts.delete(key);
    else counts.set(key, rest);
  };
}

import { randomBytes } from 'node:crypto';

interface Pairing {
  readonly token: string;
  readonly untilMs: number;
}

/** How long a code is good. */
export const PAIRING_MS = 10 * 60_000;
const MAX_PAIRINGS = 1000;

/**
 * Codes that stand for a token for ten minutes. A QR code leads a phone to an address, and an address must hold no
 * token: addresses are written down on the way. A code is worthless by the time somebody reads about it.
 */
export class Pairings {
  private readonly pairings = new Map<string, Pairing>();

  /** @param now wall clock, milliseconds since 1970. */
  constructor(private readonly now: () => number) {}

  /** A new code for a token. */
  open(token: string): string {
    this.drop();
    const code = randomBytes(16).toString('hex');
    this.pairings.set(code, { token, untilMs: this.now() + PAIRING_MS });
    return code;
  }

  /** The token that a code stands for; null when it is not one, or not any more. */
  tokenOf(code: string): string | null {
    this.drop();
    return this.pairings.get(code)?.token ?? null;
  }

  private drop(): void {
    const now = this.now();
    for (const [code, { untilMs }] of this.pairings) {
      if (untilMs > now && this.pairings.size < MAX_PAIRINGS) return;
      this.pairings.delete(code);
    }
  }
}

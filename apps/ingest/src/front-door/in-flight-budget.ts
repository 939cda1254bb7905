/** More is being taken in than the app may hold at a time. */
export class OverloadedError extends Error {
  readonly code = 'overloaded';
  constructor(readonly limit: number) {
    super(`${limit} bytes of requests are under way already; nothing of this one was taken: send it again`);
  }
}

/** Bounds the bytes of all requests under way, so that overload is refused rather than held in memory. */
export class InFlightBudget {
  private taken = 0;

  constructor(readonly limit: number) {}

  /** Bytes of the requests under way. */
  get used(): number {
    return this.taken;
  }

  /** A share for one request, to be released when it is answered. */
  open(): BudgetShare {
    let share = 0;
    return {
      take: (bytes) => {
        if (this.taken + bytes > this.limit) throw new OverloadedError(this.limit);
        this.taken += bytes;
        share += bytes;
      },
      release: () => {
        this.taken -= share;
        share = 0;
      },
    };
  }
}

export interface BudgetShare {
  /** @throws OverloadedError when the budget does not have as many bytes. */
  take(bytes: number): void;
  release(): void;
}

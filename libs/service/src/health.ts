/** What an app knows of itself: whether it is ready, and its status by section. Filled in by its modules. */
export class Health {
  private readonly checks = new Map<string, () => string | null>();
  private readonly sections = new Map<string, () => unknown>();

  /** Adds a condition for readiness: null = met, else a sentence that says what is missing. */
  require(name: string, check: () => string | null): void {
    this.checks.set(name, check);
  }

  /** Adds a section to `/v1/status`. */
  report(name: string, section: () => unknown): void {
    this.sections.set(name, section);
  }

  /** The conditions not met, by name; empty = ready. */
  notReady(): Record<string, string> {
    const missing: Record<string, string> = {};
    for (const [name, check] of this.checks) {
      const reason = check();
      if (reason !== null) missing[name] = reason;
    }
    return missing;
  }

  async status(): Promise<Record<string, unknown>> {
    const status: Record<string, unknown> = {};
    for (const [name, section] of this.sections) status[name] = await section();
    return status;
  }
}

/** Null = met, else a sentence that says what is missing. */
type Check = () => string | null | Promise<string | null>;

/** What an app knows of itself: whether it is ready, and its status by section. Filled in by its modules. */
export class Health {
  private readonly checks = new Map<string, Check>();
  private readonly sections = new Map<string, () => unknown>();

  /** Adds a condition for readiness. */
  require(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Adds a section to `/v1/status`. */
  report(name: string, section: () => unknown): void {
    this.sections.set(name, section);
  }

  /** The conditions not met, by name; empty = ready. */
  async notReady(): Promise<Record<string, string>> {
    const missing: Record<string, string> = {};
    for (const [name, check] of this.checks) {
      const reason = await check();
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

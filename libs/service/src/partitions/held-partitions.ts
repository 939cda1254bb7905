/** What a process does for one partition. */
export interface PartitionWork {
  /** Works until {@link stop}; rejects when it can't go on. */
  run(): Promise<void>;
  /** Resolves when nothing of it is under way. */
  stop(): Promise<void>;
}

export interface HeldPartitionsOptions<Work extends PartitionWork> {
  /** Brings a partition to where it was left. */
  readonly open: (partition: number) => Promise<Work>;
  readonly onChange: (partition: number, held: boolean) => void;
  /** Told when a partition can't go on for another reason than that somebody else has taken it. */
  readonly onFailure: (error: unknown) => void;
  /** Resolves when whoever has taken a partition rightly must have been assigned it here too. */
  readonly pause: () => Promise<void>;
}

/** The partitions that this process works: opened and closed as they are assigned, each for itself. */
export class HeldPartitions<Work extends PartitionWork> {
  private readonly works = new Map<number, Work>();
  /** What is done with each partition, one thing after the other. */
  private readonly doing = new Map<number, Promise<void>>();
  private wanted: ReadonlySet<number> = new Set();
  private assignments = 0;
  private stopped = false;

  constructor(private readonly options: HeldPartitionsOptions<Work>) {}

  /** The work of a partition; null where it is not worked here, or not yet. */
  get(partition: number): Work | null {
    return this.works.get(partition) ?? null;
  }

  get held(): number[] {
    return [...this.works.keys()].sort((a, b) => a - b);
  }

  get all(): Work[] {
    return this.held.map((partition) => this.works.get(partition)!);
  }

  /** Null when everything that is assigned is worked, else what is missing. */
  missing(): string | null {
    if (this.assignments === 0) return 'no partitions have been assigned yet';
    const missing = [...this.wanted].filter((partition) => !this.works.has(partition));
    return missing.length === 0 ? null : `partitions ${missing.join(', ')} are being opened`;
  }

  /** From now on these are to be worked, and no others. */
  assign(partitions: readonly number[]): void {
    if (this.stopped) return;
    this.assignments++;
    this.wanted = new Set(partitions);
    for (const partition of new Set([...this.wanted, ...this.works.keys(), ...this.doing.keys()]))
      this.after(partition, () => this.settle(partition));
  }

  /** Stops all; nothing is opened any more. */
  async stop(): Promise<void> {
    this.assign([]);
    this.stopped = true;
    await Promise.all(this.doing.values());
  }

  private after(partition: number, work: () => Promise<void>): void {
    const before = this.doing.get(partition) ?? Promise.resolve();
    const doing = before.then(work).catch(this.options.onFailure);
    this.doing.set(partition, doing);
    void doing.then(() => {
      if (this.doing.get(partition) === doing) this.doing.delete(partition);
    });
  }

  private async settle(partition: number): Promise<void> {
    const work = this.works.get(partition);
    if (this.wanted.has(partition) === (work !== undefined)) return;
    if (work !== undefined) return this.close(partition, work);
    try {
      const opened = await this.options.open(partition);
      this.works.set(partition, opened);
      this.options.onChange(partition, true);
      opened.run().catch((error: unknown) => this.failed(partition, opened, error));
    } catch (error) {
      // Assigned to another meanwhile, who was quicker.
      if (!isFenced(error)) throw error;
      this.settleLater(partition);
    }
  }

  /**
   * Taken by another though it is assigned to this process: by one that it was assigned to before, and that was slow to
   * open it. That one gives it up, and no assignment follows; so it is taken back, unless one has come by then.
   */
  private settleLater(partition: number): void {
    void this.options.pause().then(() => {
      if (this.wanted.has(partition)) this.after(partition, () => this.settle(partition));
    });
  }

  private async close(partition: number, work: Work): Promise<void> {
    if (this.works.get(partition) !== work) return;
    this.works.delete(partition);
    this.options.onChange(partition, false);
    await work.stop();
  }

  private failed(partition: number, work: Work, error: unknown): void {
    if (this.works.get(partition) !== work) return;
    if (!isFenced(error)) return this.options.onFailure(error);
    this.after(partition, () => this.close(partition, work));
    this.settleLater(partition);
  }
}

function isFenced(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'fenced';
}

/** From when a version answered. */
export interface VersionMark {
  readonly version: number;
  /** Event time of the end of the first window that it answered. */
  readonly fromMs: number;
  /** Whether an older version came back: a rollback. */
  readonly isBack: boolean;
}

/**
 * When the answering version changed, from the predictions alone: every window is answered by exactly one version,
 * and from one place of the log on by another one.
 */
export class VersionMarks {
  private readonly marks: VersionMark[] = [];

  constructor(private readonly capacity = 200) {}

  /** A prediction of this version came, in the order of the log. */
  seen(version: number, endMs: number): void {
    const last = this.marks.at(-1);
    if (last?.version === version) return;
    this.marks.push({ version, fromMs: endMs, isBack: last !== undefined && version < last.version });
    if (this.marks.length > this.capacity) this.marks.shift();
  }

  between(fromMs: number, toMs: number): readonly VersionMark[] {
    return this.marks.filter((mark) => mark.fromMs >= fromMs && mark.fromMs <= toMs);
  }

  get current(): number | null {
    return this.marks.at(-1)?.version ?? null;
  }
}

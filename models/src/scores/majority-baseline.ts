/** How often the most frequent label so far would have been right, the first seen among equals. */
export class MajorityBaseline {
  private readonly labels = new Map<string, number>();
  private right = 0;
  private count = 0;

  /** @returns whether the label was the most frequent one before it came. */
  add(truth: string): boolean {
    const right = this.mostFrequent() === truth;
    this.count++;
    if (right) this.right++;
    this.labels.set(truth, (this.labels.get(truth) ?? 0) + 1);
    return right;
  }

  /** 0 of none. */
  get accuracy(): number {
    return this.count === 0 ? 0 : this.right / this.count;
  }

  private mostFrequent(): string | null {
    let most: string | null = null;
    let mostCount = 0;
    for (const [label, count] of this.labels) {
      if (count > mostCount) {
        most = label;
        mostCount = count;
      }
    }
    return most;
  }
}

import type { LabelledAnswers } from '@hark/contracts';

/** Counts how windows were answered that turn out to be of one activity. */
export class AnswerCount {
  private windows = 0;
  private right = 0;
  private readonly activities = new Map<string, number>();

  constructor(private readonly truth: string) {}

  add(answered: string): void {
    this.windows++;
    if (answered === this.truth) this.right++;
    this.activities.set(answered, (this.activities.get(answered) ?? 0) + 1);
  }

  report(): LabelledAnswers {
    return { windows: this.windows, right: this.right, activities: Object.fromEntries(this.activities) };
  }
}

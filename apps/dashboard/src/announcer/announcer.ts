/** Between two things said. */
const PAUSE_MS = 3000;

type Later = (action: () => void, ms: number) => unknown;

/**
 * Speaks to a screen reader politely: at most once in three seconds, and of what came in between the newest only, so
 * that nobody listens to the past.
 */
export class Announcer {
  private isResting = false;
  private next: string | null = null;

  /** @param speak puts the text into the region. @param later as `setTimeout`. */
  constructor(
    private readonly speak: (text: string) => void,
    private readonly later: Later,
  ) {}

  say(text: string): void {
    if (this.isResting) {
      this.next = text;
      return;
    }
    this.isResting = true;
    this.speak(text);
    this.later(() => this.rested(), PAUSE_MS);
  }

  private rested(): void {
    this.isResting = false;
    const { next } = this;
    this.next = null;
    if (next !== null) this.say(next);
  }
}

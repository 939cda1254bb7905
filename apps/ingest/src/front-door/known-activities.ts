import { MAX_ACTIVITIES, type ActivityVocabulary } from '@hark/contracts';

/** The activities that rows may carry: a fixed vocabulary, or the first 32 well-formed names that come. */
export class KnownActivities {
  private readonly seen: Set<string>;

  /** @param seen names taken before; without meaning for a fixed vocabulary. */
  constructor(
    private readonly vocabulary: ActivityVocabulary,
    seen: readonly string[] = [],
  ) {
    this.seen = new Set(seen);
  }

  /** A new name becomes known by being asked for, as long as there is room. */
  has(name: string): boolean {
    if (!this.vocabulary.has(name)) return false;
    if (this.vocabulary.names !== null || this.seen.has(name)) return true;
    if (this.seen.size >= MAX_ACTIVITIES) return false;
    this.seen.add(name);
    return true;
  }

  /** The names of a fixed vocabulary, null where it is open. */
  get fixed(): readonly string[] | null {
    return this.vocabulary.names;
  }

  /** Names taken where the vocabulary is open; empty where it is fixed. */
  get names(): string[] {
    return [...this.seen];
  }
}

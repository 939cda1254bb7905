/** The six activities of HHAR (Stisen et al. 2015); `null` in the data set means unlabelled. */
export const HHAR_ACTIVITIES = ['bike', 'sit', 'stand', 'walk', 'stairsup', 'stairsdown'] as const;

/** How many different activities a service learns at most. */
export const MAX_ACTIVITIES = 32;

const NAME = /^[a-z0-9_-]{1,32}$/;

/** Which names count as activities: a fixed set, or any well-formed name. */
export class ActivityVocabulary {
  private constructor(private readonly known: ReadonlySet<string> | null) {}

  static readonly hhar = new ActivityVocabulary(new Set(HHAR_ACTIVITIES));
  static readonly any = new ActivityVocabulary(null);

  /**
   * @param text comma-separated names, or `*` for any name of `[a-z0-9_-]{1,32}`.
   * @throws RangeError naming the first name that is not well formed, or more than 32 of them.
   */
  static parse(text: string): ActivityVocabulary {
    if (text.trim() === '*') return ActivityVocabulary.any;
    const names = text.split(',').map((name) => name.trim());
    for (const name of names) {
      if (!NAME.test(name) || name === 'null')
        throw new RangeError(`invalid activity: ${JSON.stringify(name)}`);
    }
    if (new Set(names).size > MAX_ACTIVITIES) throw new RangeError(`more than ${MAX_ACTIVITIES} activities`);
    return new ActivityVocabulary(new Set(names));
  }

  has(name: string): boolean {
    return this.known === null ? NAME.test(name) : this.known.has(name);
  }

  /** The fixed names, or `null` when any is taken. */
  get names(): readonly string[] | null {
    return this.known === null ? null : [...this.known];
  }
}

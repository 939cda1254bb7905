/** What stands for no answer. */
export const NO_ANSWER = 0;

/** How windows without an answer are written. */
export const NO_ANSWER_WORD = 'no answer';

/** The order in which activities are shown; others follow as they come. */
const KNOWN = ['sit', 'stand', 'walk', 'stairsup', 'stairsdown', 'bike'] as const;

const WORDS: Readonly<Record<string, string>> = { stairsup: 'stairs up', stairsdown: 'stairs down' };

/** Names of activities as small numbers for typed arrays, and back. 0 is {@link NO_ANSWER}. */
export class ActivityBook {
  private readonly names: string[] = ['', ...KNOWN];
  private readonly codes = new Map<string, number>(KNOWN.map((name, index) => [name, index + 1]));

  /** The code of a name, new where it was not known; 0 of `null`, `unknown` and the 255th other. */
  codeOf(name: string | null): number {
    if (name === null || name === 'unknown') return NO_ANSWER;
    const known = this.codes.get(name);
    if (known !== undefined) return known;
    if (this.names.length > 0xff) return NO_ANSWER;
    const code = this.names.push(name) - 1;
    this.codes.set(name, code);
    return code;
  }

  /** As the service writes it; empty of {@link NO_ANSWER}. */
  nameOf(code: number): string {
    return this.names[code] ?? '';
  }

  /** As people read it. */
  wordOf(code: number): string {
    const name = this.nameOf(code);
    return name === '' ? NO_ANSWER_WORD : (WORDS[name] ?? name);
  }

  /** Codes of all activities so far, in the order they are shown. */
  get all(): number[] {
    return this.names.slice(1).map((_, index) => index + 1);
  }
}

import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';

/** Something kept for each name, for the names met last: beyond `most` the one not met for longest is forgotten. */
export class NameTable<Entry> {
  /** Least recently met first. */
  private readonly entries = new Map<string, Entry>();
  private latest: string | null = null;

  constructor(
    private readonly create: () => Entry,
    private readonly most = 65_536,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** The name's entry, made where there is none; the name counts as met. */
  meet(name: string): Entry {
    let entry = this.entries.get(name);
    // Up to half full, order costs more than it is worth: whoever is not met after that is older in any case.
    if (entry !== undefined && (name === this.latest || 2 * this.entries.size <= this.most)) return entry;
    if (entry !== undefined) {
      this.entries.delete(name);
    } else {
      entry = this.create();
      if (this.entries.size === this.most) {
        for (const oldest of this.entries.keys()) {
          this.entries.delete(oldest);
          break;
        }
      }
    }
    this.entries.set(name, entry);
    this.latest = name;
    return entry;
  }

  /** The name's entry, if there is one; the name does not count as met. */
  peek(name: string): Entry | undefined {
    return this.entries.get(name);
  }

  write(state: StateWriter, writeEntry: (entry: Entry) => void): void {
    state.u32(this.entries.size);
    for (const [name, entry] of this.entries) {
      state.string(name);
      writeEntry(entry);
    }
  }

  read(state: StateReader, readEntry: (entry: Entry) => void): void {
    this.entries.clear();
    this.latest = null;
    const size = state.u32();
    if (size > this.most) throw new StateFormatError(`${size} names, at most ${this.most} are kept`);
    for (let i = 0; i < size; i++) {
      const name = state.string();
      const entry = this.create();
      readEntry(entry);
      this.entries.set(name, entry);
    }
  }
}

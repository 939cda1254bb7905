import {
  StateFormatError,
  type ArtifactStore,
  type Outputs,
  type StateReader,
  type StateWriter,
} from '@hark/streaming';
import type { UserAdaptation } from '../personal/user-adaptation.js';

/** Users remembered in all; beyond it the one put away first is forgotten. */
const MOST_USERS = 65_536;

/**
 * Puts what is known of users who have fallen quiet away as files, and brings it back when they are heard of again: as
 * if they had stayed, to the bit. A file is written once; each time a user is put away it is a new one.
 */
export class UserShelf {
  /** Name of the file, by user. */
  private readonly away = new Map<string, string>();
  private filed = 0;

  /**
   * @param most users at hand.
   * @param folder of their files; nobody else has the same.
   */
  constructor(
    private readonly adaptation: UserAdaptation,
    private readonly artifacts: Pick<ArtifactStore, 'read'>,
    private readonly digest: (bytes: Uint8Array) => string,
    private readonly most: number,
    private readonly folder: string,
  ) {}

  /** Users put away. */
  get size(): number {
    return this.away.size;
  }

  /** To be called before anything is asked about a user. */
  bringBack(user: string, outputs: Outputs): void {
    const file = this.away.get(user);
    if (file === undefined) return;
    const stored = this.artifacts.read(file);
    if (stored === null) throw new StateFormatError(`what is known of a user is gone: there is no ${file}`);
    this.adaptation.bringBack(user, stored);
    this.away.delete(user);
    outputs.discard(file);
    this.putQuietAway(outputs);
  }

  /** To be called after something was learned of a user. */
  putQuietAway(outputs: Outputs): void {
    while (this.adaptation.users > this.most) {
      const quiet = this.adaptation.longestQuiet;
      const state = quiet === null ? null : this.adaptation.setAside(quiet);
      if (quiet === null || state === null) return;
      // The digest is part of the name for the reason that a version's is, see versionStateName.
      const file = `${this.folder}/${++this.filed}-${this.digest(state).slice(0, 16)}.state`;
      outputs.artifact(file, state);
      this.away.set(quiet, file);
    }
    while (this.away.size > MOST_USERS) {
      for (const [user, file] of this.away) {
        this.away.delete(user);
        outputs.discard(file);
        break;
      }
    }
  }

  write(state: StateWriter): void {
    state.f64(this.filed).u32(this.away.size);
    for (const [user, file] of this.away) state.string(user).string(file);
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.filed = state.f64();
    const users = state.u32();
    if (users > MOST_USERS) throw new StateFormatError(`${users} users are away`);
    this.away.clear();
    for (let i = 0; i < users; i++) this.away.set(state.string(), state.string());
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { type AppEnvironment, PIECES_FORMAT, WHOLE_FORMAT } from './app-environment.js';
import { HEADER_BYTES, sealPayload } from './checked-value.js';
import { encodeReference, piecePlaces, referencePlaces, snapshotPlaces } from './stored-snapshot.js';
import type { TwoPlaces } from './stored-twice.js';

/** States shorter than this are written with their step: that takes no longer than a few records. */
export const LARGE_STATE_BYTES = 1 << 20;

/** With LMDB's header and ours these are whole pages. */
const PIECE_BYTES = (512 << 10) - 16 - HEADER_BYTES;

/** After a piece it is rested so many times as long as its writing took, for whoever commits meanwhile. */
const REST = 2;

/** Pieces that one transaction removes at most. */
const REMOVED_AT_ONCE = 64;

/** A key gets a value, or goes with the one it has. */
export type Change = readonly [key: Buffer, value: Buffer | null];

/** A state that is to take effect once it is written. */
export interface FollowingState {
  readonly runner: string;
  readonly state: Uint8Array;
  /** Aborted when it is not to take effect any more. */
  readonly givenUp: AbortSignal;
}

/**
 * Large states, written beside the commits: a piece at a time, each twice, each in a transaction of its own and with a
 * rest behind it. One transaction more makes them the runner's state. Until then the one before stands untouched; what
 * is left of a state that came no further is removed before the next one is written, or at the next start.
 */
export class FollowingStates {
  /** By runner: what gives up its state that has not taken effect. */
  private readonly underWay = new Map<string, AbortController>();
  /** States are written one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param change writes what belongs to no commit, in its turn among these, into a log of this format at least. */
  constructor(
    private readonly environment: AppEnvironment,
    private readonly change: (changes: readonly Change[], format: number) => Promise<void>,
  ) {}

  /** To be called with each following state as its commit is: what was begun for the runner before is given up. */
  begin(runner: string, state: Uint8Array): FollowingState {
    this.giveUp(runner);
    const controller = new AbortController();
    this.underWay.set(runner, controller);
    return { runner, state, givenUp: controller.signal };
  }

  /** To be called with each other state as its commit is. */
  giveUp(runner: string): void {
    this.underWay.get(runner)?.abort();
    this.underWay.delete(runner);
  }

  /**
   * To be called when its commit stands.
   * @param step number of steps that the state holds.
   * @returns whether it is in effect; never rejected.
   */
  write(following: FollowingState, step: number): Promise<boolean> {
    const { runner, givenUp } = following;
    const written = this.last
      .then(() => this.writePieces(following, step))
      .then(
        () => true,
        // Given up; or the disk is full or nothing is written any more, which the next commit says.
        () => false,
      )
      .finally(() => {
        if (this.underWay.get(runner)?.signal === givenUp) this.underWay.delete(runner);
      });
    this.last = written.then(() => this.removeStray(runner)).catch(() => undefined);
    return written;
  }

  /** Removes what a process that ended in the middle has left of a runner's states. */
  async removeLeftovers(runner: string): Promise<void> {
    if (!this.underWay.has(runner)) await this.removeStray(runner);
  }

  /** Gives up whatever has not taken effect; nothing is being written any more when this resolves. */
  async close(): Promise<void> {
    for (const runner of [...this.underWay.keys()]) this.giveUp(runner);
    await this.last;
  }

  private async writePieces({ runner, state, givenUp }: FollowingState, step: number): Promise<void> {
    await this.removeStray(runner);
    const generation = this.environment.runners.generation(runner) + 1;
    let pieces = 0;
    for (let from = 0; from < state.length; from += PIECE_BYTES) {
      givenUp.throwIfAborted();
      const begun = performance.now();
      const piece = state.subarray(from, from + PIECE_BYTES);
      await this.change(puts(piecePlaces(runner, generation, pieces++), piece), WHOLE_FORMAT);
      await pause(REST * (performance.now() - begun), undefined, { signal: givenUp });
    }
    givenUp.throwIfAborted();
    const reference = puts(referencePlaces(runner), encodeReference(step, generation, pieces));
    await this.change([...reference, ...removals(snapshotPlaces(runner))], PIECES_FORMAT);
  }

  private async removeStray(runner: string): Promise<void> {
    for (;;) {
      const keys = this.environment.runners.strayPieceKeys(runner, REMOVED_AT_ONCE);
      if (keys.length === 0) return;
      const changes = keys.map((key): Change => [key, null]);
      await this.change(changes, WHOLE_FORMAT);
    }
  }
}

/** The value in both its places. */
export function puts({ key, copyKey }: TwoPlaces, ...payload: readonly Uint8Array[]): Change[] {
  const value = sealPayload(key, ...payload);
  return [
    [key, value],
    [copyKey, value],
  ];
}

export function removals({ key, copyKey }: TwoPlaces): Change[] {
  return [
    [key, null],
    [copyKey, null],
  ];
}

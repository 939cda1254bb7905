import { problem, type ErasureView, type Problem } from '@hark/contracts';
import { ProblemError, readErasureMarker, writeErasureMarker, type Principal } from '@hark/service';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The erasures of a data folder: asked for, under way and over. Each is a file; whose it was is in none of them. */
export class ErasureJobs {
  private readonly dir: string;

  constructor(
    readonly dataFolder: string,
    private readonly now: () => number,
  ) {
    this.dir = join(dataFolder, 'erasures');
  }

  /**
   * Asks for the erasure of a user. All apps pause for it, within a second.
   * @throws ProblemError 404 for a user that the caller may not know of, 409 while another erasure is under way.
   */
  request(user: string, caller: Principal): ErasureView {
    if (!caller.sees(user)) throw new ProblemError(unknownUser());
    const running = readErasureMarker(this.dataFolder);
    if (running !== null) {
      throw new ProblemError(
        problem(
          409,
          'erasure_running',
          'Refused',
          `The erasure ${running.id} is under way; ask again when it is done.`,
        ),
      );
    }
    const id = randomBytes(8).toString('hex');
    const view: ErasureView = {
      ...{ id, status: 'waiting', progress: 0, requestedAt: new Date(this.now()).toISOString() },
      ...{ finishedAt: null, seconds: null, erased: null, proof: null, error: null },
    };
    this.write(view);
    writeErasureMarker(this.dataFolder, { id, user, phase: 'rewrite' });
    return view;
  }

  /** @throws ProblemError 404 */
  get(id: string): ErasureView {
    const view = this.find(id);
    if (view !== null) return view;
    throw new ProblemError(
      problem(404, 'unknown_erasure', 'Unknown erasure', 'There is no erasure of this id.'),
    );
  }

  find(id: string): ErasureView | null {
    if (!/^[0-9a-f]{16}$/.test(id)) return null;
    try {
      return JSON.parse(readFileSync(this.pathOf(id), 'utf8')) as ErasureView;
    } catch {
      return null;
    }
  }

  /** Replaces what is known of a job. */
  update(id: string, change: Partial<ErasureView>): void {
    const view = this.find(id);
    if (view !== null) this.write({ ...view, ...change });
  }

  /** The end of a job, whichever it was. */
  finish(id: string, change: Partial<ErasureView>): void {
    const nowMs = this.now();
    const requestedMs = Date.parse(this.find(id)?.requestedAt ?? '');
    const seconds = Number.isFinite(requestedMs) ? (nowMs - requestedMs) / 1000 : null;
    this.update(id, { ...change, finishedAt: new Date(nowMs).toISOString(), seconds });
  }

  private write(view: ErasureView): void {
    mkdirSync(this.dir, { recursive: true });
    const path = this.pathOf(view.id);
    writeFileSync(`${path}.new`, JSON.stringify(view), { flush: true });
    renameSync(`${path}.new`, path);
  }

  private pathOf(id: string): string {
    return join(this.dir, `${id}.json`);
  }
}

export function unknownUser(): Problem {
  return problem(404, 'unknown_user', 'Unknown user', 'There is no user of this name.');
}

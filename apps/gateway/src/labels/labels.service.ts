import { TOPICS, problem, type LabelAnswer, type LabelRecord, type LabelUndone } from '@hark/contracts';
import { ProblemError, type Principal } from '@hark/service';
import type { LogReader } from '@hark/streaming';
import { storedJson } from '../stored-json.js';
import type { LearnerRequests } from '../models/learner-requests.js';
import type { SessionIndex } from '../sessions/session-index.js';
import type { LabelBody } from './label-requests.js';

/** Truth that comes after the samples, given and taken back. */
export class LabelsService {
  constructor(
    private readonly requests: LearnerRequests,
    private readonly sessions: SessionIndex,
    private readonly log: LogReader,
  ) {}

  /** @throws ProblemError 404 for a user or device that has recorded nothing, or that the caller may not know of. */
  async label(body: LabelBody, caller: Principal, key?: string): Promise<LabelAnswer> {
    const { user, device, activity, source } = body;
    if (!caller.sees(user) || !this.isKnown(user, device)) {
      throw new ProblemError(
        problem(
          404,
          'unknown_device',
          'Unknown device',
          'There is no such user, or no such device of that user.',
        ),
      );
    }
    const event = await this.requests.ask(
      TOPICS.labels,
      { kind: 'label', user, device, fromNs: body.from, toNs: body.to, activity, source },
      key,
    );
    if (event.kind !== 'labelled') throw new Error(`the learner answered a label with ${event.kind}`);
    const { label, windows, before, after } = event;
    return { id: String(label), windows, before, after };
  }

  /** @throws ProblemError 404 when there is no such label, the caller may not know of it, or it was taken back. */
  async undo(id: string, caller: Principal): Promise<LabelUndone> {
    const user = this.userOf(id);
    if (user === null || !caller.sees(user)) {
      throw new ProblemError(problem(404, 'unknown_label', 'Unknown label', 'There is no label of this id.'));
    }
    const event = await this.requests.ask(TOPICS.labels, { kind: 'undo', label: Number(id) });
    if (event.kind !== 'unlabelled') throw new Error(`the learner answered an undo with ${event.kind}`);
    return { id, windows: event.windows };
  }

  /** Whom a label is about; null when there is no such label. */
  private userOf(id: string): string | null {
    if (!/^\d{1,15}$/.test(id)) return null;
    const stored = this.log.lookUp(TOPICS.labels, 0, Number(id));
    const record = stored === null ? null : storedJson<LabelRecord>(stored);
    return record?.kind === 'label' ? record.user : null;
  }

  private isKnown(user: string, device: string | null): boolean {
    for (const session of this.sessions.newest(Infinity)) {
      if (session.user === user && (device === null || session.device === device)) return true;
    }
    return false;
  }
}

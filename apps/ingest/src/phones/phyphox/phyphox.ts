import { deviceKey, isWellFormedId } from '@hark/contracts';
import { anchor, newestSeconds, type PhyphoxMessage } from '@hark/streaming';
import type { FrontDoor } from '../../front-door/front-door.js';
import { requireOwnUsers } from '../../front-door/own-users.js';
import { attempt, type Attempt } from '../../devices/connections/connection.js';
import { userOf, type Origin } from '../origin.js';
import { newestMs, phoneBatch } from '../phone-batch.js';
import { ExperimentClocks } from './experiment-clocks.js';
import type { LatestAnswer, LatestAnswers } from './latest-answers.js';

/** What the phone shows. */
export interface PhyphoxAnswer extends LatestAnswer {
  /** The activity's place among those known, from 1 on; 0 = none of them. */
  readonly activityNumber: number;
}

export interface PhyphoxTaken {
  readonly attempt: Attempt;
  readonly answer: PhyphoxAnswer;
}

const NO_ANSWER: PhyphoxAnswer = { activity: 'unknown', confidence: 0, activityNumber: 0 };
const PHONE = 'phone';

/** Takes what a phyphox experiment sends, and answers with what the device is doing. */
export class Phyphox {
  private readonly clocks = new ExperimentClocks();

  /** @param activities by number, from 1 on, as in the experiment. */
  constructor(
    private readonly frontDoor: FrontDoor,
    private readonly answers: Pick<LatestAnswers, 'of'>,
    readonly activities: readonly string[],
  ) {}

  /**
   * Resolves when the samples are durable.
   *
   * @throws ForbiddenUserError, LogFullError and what else the front door throws; nothing of the message stands then.
   */
  async take(message: PhyphoxMessage | null, origin: Origin): Promise<PhyphoxTaken> {
    if (message === null) return ignored('not_a_message');
    const device = message.device ?? message.model;
    if (device === null) return ignored('no_device');
    const user = userOf(origin, null, device);
    const model = origin.model ?? message.model ?? PHONE;
    if (![user, device, model].every(isWellFormedId)) return ignored('invalid_id');
    const { principal, receivedMs, source } = origin;
    const seconds = newestSeconds(message);
    const id = { user, device };
    const anchorMs =
      seconds === null || message.starts.length > 0
        ? 0
        : this.clocks.anchorOf(deviceKey(id), seconds, receivedMs);
    const { samples, unusable } = anchor(message, anchorMs);
    const batch = phoneBatch(user, [{ device, model, samples }], () => null, receivedMs);
    requireOwnUsers({ batch, rejected: unusable, kept: [] }, principal);
    if (batch.rows + unusable > 0) {
      await this.frontDoor.accept({ batch, rejected: unusable, kept: [], source, receivedMs });
    }
    const newest = newestMs(batch);
    const latest = principal.sees(user) ? this.answers.of(id) : NO_ANSWER;
    return {
      attempt: attempt('', batch.rows > 0 ? 'accepted' : 'ignored', {
        code: batch.rows > 0 ? null : 'no_samples',
        user,
        device,
        accepted: batch.rows,
        rejected: unusable,
        aheadMs: newest === null ? null : newest - receivedMs,
      }),
      answer: {
        activity: latest.activity,
        confidence: latest.confidence,
        activityNumber: this.activities.indexOf(latest.activity) + 1,
      },
    };
  }
}

function ignored(code: string): PhyphoxTaken {
  return { attempt: attempt('', 'ignored', { code }), answer: NO_ANSWER };
}

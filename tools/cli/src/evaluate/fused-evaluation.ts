import type { Prediction } from '@hark/contracts';
import {
  McNemar,
  UserFusion,
  mostProbableName,
  opinionOf,
  type FusedOpinions,
  type McNemarReport,
} from '@hark/models';

/** How well the devices of one person do together, on windows for which several of them have an answer. */
export interface FusedReport {
  /** Windows, each scored when the last of the devices has answered. */
  readonly windows: number;
  /** Of the devices together; null of no windows. */
  readonly accuracy: number | null;
  /** Of each model of device alone, on the same windows of those in which it took part. */
  readonly alone: readonly DeviceAlone[];
}

export interface DeviceAlone {
  readonly model: string;
  readonly windows: number;
  readonly accuracy: number;
  /** All together (b) beside this model of device (a). */
  readonly together: McNemarReport;
}

/** Scores what {@link UserFusion} makes of predictions, where users wear several devices at once. */
export class FusedEvaluation {
  private readonly fusion = new UserFusion();
  private windows = 0;
  private right = 0;
  private readonly alone = new Map<string, McNemar>();
  private readonly devices = new Map<string, string>();
  private several = false;

  /**
   * @param prediction a final one, with the true label where there is one: without, it is heard but not scored.
   * @param clockOffsetMs what its device's clock lacks to the user's common one.
   * @param given whether the label is known to what fuses, after the window: it learns whom to trust from it.
   */
  add(prediction: Prediction, clockOffsetMs: number, given: boolean): void {
    const { user, device, label, window } = prediction;
    if ((this.devices.get(user) ?? device) !== device) this.several = true;
    this.devices.set(user, device);
    const [startMs, endMs] = [Date.parse(window.start), Date.parse(window.end)];
    const opinion = opinionOf(prediction, startMs, endMs, clockOffsetMs);
    const fused = this.fusion.fuse(user, opinion, given ? label : null);
    if (label !== null) this.score(fused, label);
  }

  /** Where several devices have an answer, the one that came last among them. */
  private score({ opinions, probabilities }: FusedOpinions, label: string): void {
    const answers = opinions.filter((each) => Object.keys(each.probabilities).length > 0);
    if (answers.length < 2 || answers[0] !== opinions[0]) return;
    const right = mostProbableName(probabilities) === label;
    this.windows++;
    if (right) this.right++;
    for (const each of answers) {
      const test = this.alone.get(each.model) ?? new McNemar();
      test.add(mostProbableName(each.probabilities) === label, right);
      this.alone.set(each.model, test);
    }
  }

  /** @returns null where nobody has a second device. */
  report(): FusedReport | null {
    if (!this.several) return null;
    const { windows, right } = this;
    return {
      windows,
      accuracy: windows === 0 ? null : right / windows,
      alone: [...this.alone]
        .map(([model, test]) => aloneOf(model, test.report()))
        .sort((a, b) => (a.model < b.model ? -1 : 1)),
    };
  }
}

function aloneOf(model: string, together: McNemarReport): DeviceAlone {
  const { windows, bothRight, onlyARight } = together;
  return { model, windows, accuracy: (bothRight + onlyARight) / windows, together };
}

import { deviceKey, type Prediction } from '@hark/contracts';
import { UserFusion, type Opinion } from '@hark/models';

/** How well the devices of one person do together, on windows for which several of them have an answer. */
export interface FusedReport {
  /** Windows, each scored when the last of the devices has answered. */
  readonly windows: number;
  /** Of the devices together; null of no windows. */
  readonly accuracy: number | null;
  /** Of each model of device alone, on the same windows of those in which it took part. */
  readonly alone: readonly { readonly model: string; readonly windows: number; readonly accuracy: number }[];
}

interface Score {
  windows: number;
  right: number;
}

/** Scores what {@link UserFusion} makes of predictions, where users wear several devices at once. */
export class FusedEvaluation {
  private readonly fusion = new UserFusion();
  private readonly together: Score = { windows: 0, right: 0 };
  private readonly alone = new Map<string, Score>();
  private readonly devices = new Map<string, string>();
  private several = false;

  /**
   * @param prediction a final one, with the true label.
   * @param clockOffsetMs what its device's clock lacks to the user's common one.
   */
  add({ user, device, model, window, probabilities, label }: Prediction, clockOffsetMs: number): void {
    if (label === null || Object.keys(probabilities).length === 0) return;
    if ((this.devices.get(user) ?? device) !== device) this.several = true;
    this.devices.set(user, device);
    const startMs = Date.parse(window.start);
    const opinion = {
      device: deviceKey({ user, device }),
      model,
      atMs: startMs + clockOffsetMs,
      probabilities,
    };
    const fused = this.fusion.fuse(user, opinion, Date.parse(window.end) - startMs);
    if (fused.opinions.length < 2) return;
    count(this.together, fused.probabilities, label);
    for (const each of fused.opinions) {
      const score = this.alone.get(each.model) ?? { windows: 0, right: 0 };
      count(score, each.probabilities, label);
      this.alone.set(each.model, score);
    }
  }

  /** @returns null where nobody has a second device. */
  report(): FusedReport | null {
    if (!this.several) return null;
    const { windows, right } = this.together;
    return {
      windows,
      accuracy: windows === 0 ? null : right / windows,
      alone: [...this.alone]
        .map(([model, score]) => ({ model, windows: score.windows, accuracy: score.right / score.windows }))
        .sort((a, b) => (a.model < b.model ? -1 : 1)),
    };
  }
}

function count(score: Score, opinion: Opinion, label: string): void {
  score.windows++;
  if (mostProbable(opinion) === label) score.right++;
}

/** Of equals the first. */
function mostProbable(opinion: Opinion): string {
  const [[first]] = Object.entries(opinion);
  return Object.keys(opinion).reduce((best, name) => (opinion[name] > opinion[best] ? name : best), first);
}

import type { Alert, LivePrediction, ModelEvent } from '@hark/contracts';
import { percent } from '../terminal/table.js';

/** Seconds from one report of the accuracy to the next. */
export const REPORT_SECONDS = 15;

/** Tells the story of the demo in single lines, from what subscribers get. */
export class Narrator {
  private scored = 0;
  private right = 0;
  private cold = 0;
  private version = 0;
  private first = true;

  /**
   * @param say prints a line.
   * @param seconds since the story began.
   * @param gateway URL for the lines to paste.
   * @param curl how curl is called in them.
   */
  constructor(
    private readonly say: (line: string) => void,
    private readonly seconds: () => number,
    private readonly gateway: string,
    private readonly curl = 'curl',
  ) {}

  readonly prediction = (prediction: LivePrediction): void => {
    // Windows cut short at the start say nothing.
    if (this.first && prediction.reason !== 'no_data') {
      this.first = false;
      const { activity, state, user, device, reason } = prediction;
      const said = state === 'ok' ? activity : `${state} (${reason ?? 'no reason'})`;
      this.line(`first prediction: ${user}/${device}: ${said}`);
    }
    const { final, label, activity, modelVersion, state } = prediction;
    if (!final) return;
    this.version = modelVersion;
    if (label === null) return;
    if (state === 'cold') {
      this.cold++;
      return;
    }
    this.scored++;
    if (activity === label) this.right++;
  };

  readonly alert = ({ type, data }: Alert): void => {
    if (type !== 'hark.drift') return;
    const { stage, signal, before, after, scope, rollback } = data;
    const { devices } = scope;
    const some =
      devices.length > 3
        ? `${devices.slice(0, 3).join(', ')} and ${devices.length - 3} more`
        : devices.join(', ');
    const errors = `error ${percent(before)} before, ${percent(after)} now`;
    if (stage === 'recovered') return this.line(`recovered: ${errors}`);
    if (signal === 'orientation') {
      // Its warning comes with it.
      if (stage === 'warning') return;
      const missed = after > before ? `; ${percent(after)} of the windows were missed until then` : '';
      this.line(
        `TURNED: ${some === '' ? 'all devices' : some} worn another way, answers are corrected${missed}`,
      );
    } else {
      const place = some === '' ? '' : `, at ${some}`;
      this.line(`${stage === 'drift' ? 'DRIFT' : 'drift warning'}: ${errors}${place}`);
    }
    if (stage !== 'drift' || rollback === null) return;
    this.line('  the model learns faster now; or go back to the last good version, live, with:');
    this.line(
      `  ${this.curl} -X POST ${this.gateway}${rollback.path} -H 'content-type: application/json' -d '{"reason":"demo"}'`,
    );
  };

  readonly model = (event: ModelEvent): void => {
    if (event.kind === 'created') {
      const { version, cause, windowsLearned } = event.manifest;
      if (cause === 'drift' || cause === 'request') {
        this.line(`model v${version} made (${cause}) after ${windowsLearned} windows learned`);
      }
    } else if (event.kind === 'activated') {
      this.line(`rolled back: v${event.to} answers from here on instead of v${event.from}`);
      this.line('  changed your mind? the same call goes forward again:');
      this.line(
        `  ${this.curl} -X POST ${this.gateway}/v1/models/${event.from}/rollback -H 'content-type: application/json' -d '{}'`,
      );
    }
  };

  /** The accuracy since the last report. */
  report(): void {
    const { scored, right, cold, version } = this;
    this.scored = this.right = this.cold = 0;
    if (cold > 0) this.line(`windows that came before anything was learned: ${cold} (model_cold)`);
    if (scored > 0)
      this.line(`accuracy ${percent(right / scored)} of the last ${scored} windows, model v${version}`);
  }

  /** What the player does. */
  announce(text: string): void {
    this.line(text);
  }

  private line(text: string): void {
    this.say(`${String(Math.round(this.seconds())).padStart(4)} s  ${text}`);
  }
}

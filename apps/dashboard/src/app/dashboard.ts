import { signal, type Signal } from '@preact/signals';
import { HarkAuthError, HarkClient, HarkProblemError, type ConnectionState } from '@hark/client/browser';
import type { LivePrediction, Progress } from '@hark/contracts';
import { SessionToken } from '../access/session-token.js';
import { AccuracyTrack } from '../accuracy/accuracy-track.js';
import { mostProbable } from '../accuracy/most-probable.js';
import { VersionMarks } from '../accuracy/version-marks.js';
import { ActivityBook } from '../activities/activity-book.js';
import { AlertFeed } from '../alerts/alert-feed.js';
import { Announcer } from '../announcer/announcer.js';
import { ConnectDesk } from '../connect/connect-desk.js';
import { ConfusionWindow } from '../confusion/confusion-window.js';
import { DeviceBoard, keyOf } from '../devices/device-board.js';
import { Labelling } from '../labels/labelling.js';
import { ReplayDesk } from '../replay/replay-desk.js';
import { ReportDesk } from '../reports/report-desk.js';
import { SignalTrace } from '../signal/signal-trace.js';
import { ProgressTrack } from '../throughput/progress-track.js';
import { Toasts } from '../toasts/toasts.js';
import { PauseControl } from '../transport/pause-control.js';
import { VersionDesk } from '../versions/version-desk.js';
import { Pulse } from './pulse.js';

/** Records of `predictions` looked back on when the page opens: five minutes of twenty devices, both revisions. */
const LOOK_BACK = 12_000;
/** Records of `samples` looked back on for the signal: twenty seconds of some devices. */
const SIGNAL_LOOK_BACK = 400;
const AGAIN_MS = 3000;

/** Tabs below the ribbons. */
export const TABS = ['signal', 'confusion', 'replay', 'reports', 'throughput', 'connect'] as const;
export type Tab = (typeof TABS)[number];

/** All that the page knows, and the streams that it learns it from. Views read it; nothing here touches the document. */
export class Dashboard {
  readonly origin = location.origin;
  readonly token = new SessionToken(sessionStorage);
  readonly connection: Signal<ConnectionState> = signal({ state: 'idle' });
  readonly book = new ActivityBook();
  readonly board = new DeviceBoard(this.book);
  readonly accuracy = new AccuracyTrack();
  readonly marks = new VersionMarks();
  readonly confusion = new ConfusionWindow();
  readonly progress = new ProgressTrack();
  readonly trace = new SignalTrace();
  readonly pause = new PauseControl();
  readonly pulse = new Pulse(() => this.pause.held.value);
  readonly announcer = new Announcer(
    (text) => (this.said.value = text),
    (action, ms) => setTimeout(action, ms),
  );
  /** What the polite region says. */
  readonly said = signal('');
  readonly toasts = new Toasts();
  readonly client = new HarkClient({
    url: this.origin,
    token: () => this.token.value.value ?? '',
    onState: (state) => this.connectionIs(state),
  });
  readonly versions = new VersionDesk(this);
  readonly alerts = new AlertFeed(this);
  readonly labelling = new Labelling(this);
  readonly replay = new ReplayDesk(this);
  readonly reports = new ReportDesk(this);
  readonly connect = new ConnectDesk(this);
  /** Key of the device that is looked at. */
  readonly chosen = signal<string | null>(null);
  readonly tab = signal<Tab>('signal');
  /** Windows that came before anything was learned. */
  cold = 0;
  private wasLive = false;
  private running = new AbortController();

  start(): void {
    this.pulse.start();
    this.follow();
  }

  /** Begins anew with a token. */
  enter(token: string): void {
    this.token.keep(token);
    this.running.abort();
    this.running = new AbortController();
    this.follow();
  }

  choose(key: string): void {
    this.chosen.value = key;
    this.labelling.cursorMs.value = null;
    void this.followSignal(key);
    this.pulse.now();
  }

  /** Event time at the right edge of everything that moves. */
  get edgeMs(): number {
    return this.pause.held.value ? this.pause.edgeMs : this.board.eventNow(Date.now());
  }

  /** Does something, and says what came of it where it fails. */
  async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isAboutAccess(error) && this.token.value.value === null) this.token.isNeeded();
      const reason = error instanceof HarkProblemError ? error.problem.detail : (error as Error).message;
      this.toasts.show({ text: `${what} did not work: ${reason}`, kind: 'error' });
      this.announcer.say(`${what} did not work: ${reason}`);
      return undefined;
    }
  }

  private follow(): void {
    const { signal: ending } = this.running;
    void this.keep(ending, () => this.followPredictions(ending));
    void this.keep(ending, () => this.followProgress(ending));
    void this.keep(ending, () => this.alerts.follow(ending));
    void this.keep(ending, () => this.versions.follow(ending));
  }

  /** Does it until it is ended: what fails is begun anew after a while; lost connections the client mends itself. */
  private async keep(ending: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (!ending.aborted) {
      try {
        await work();
      } catch (error) {
        if (ending.aborted) return;
        if (isAboutAccess(error)) {
          this.token.isNeeded();
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  private async followPredictions(ending: AbortSignal): Promise<void> {
    const newest = this.client.predictions({ signal: ending });
    const end = await newest.begin();
    await newest.return();
    if (end === null) return;
    const since = { ...end, offset: Math.max(-1, end.offset - LOOK_BACK) };
    const options = { mode: 'update', since, bufferSize: 4000, whenExpired: 'earliest' } as const;
    for await (const prediction of this.client.predictions({ ...options, signal: ending }))
      this.take(prediction);
  }

  private async followProgress(ending: AbortSignal): Promise<void> {
    for await (const message of this.client.progress({ signal: ending })) this.takeProgress(message);
  }

  private take(prediction: LivePrediction): void {
    const device = this.board.take(prediction);
    if (this.chosen.value === null) this.choose(device.key);
    const { final, label, state, window, modelVersion } = prediction;
    const endMs = Date.parse(window.end);
    this.marks.seen(modelVersion, endMs);
    if (final && state === 'cold') this.cold++;
    if (final && label !== null) {
      const truth = this.book.codeOf(label);
      const said = this.book.codeOf(mostProbable(prediction.probabilities));
      if (said !== 0) {
        this.accuracy.add({ endMs, device: device.key, said, label: truth });
        this.confusion.add(truth, said);
      }
    }
    this.pause.count();
    this.pulse.mark();
  }

  private takeProgress(message: Progress): void {
    this.progress.add(message);
    this.pulse.mark();
  }

  private signalRun: AbortController | null = null;

  private async followSignal(key: string): Promise<void> {
    this.signalRun?.abort();
    const run = new AbortController();
    this.signalRun = run;
    this.trace.clear();
    const device = this.board.device(key);
    if (device === undefined) return;
    const who = { users: [device.user], devices: [device.device] };
    const newest = this.client.signals({ ...who, signal: run.signal });
    const end = await newest.begin();
    await newest.return();
    if (end === null) {
      this.trace.isAbsent = !run.signal.aborted;
      return;
    }
    const since = { ...end, offset: Math.max(-1, end.offset - SIGNAL_LOOK_BACK) };
    const options = { ...who, since, whenFull: 'skip', whenExpired: 'latest', signal: run.signal } as const;
    try {
      for await (const message of this.client.signals(options)) {
        for (const stream of message.streams) {
          if (keyOf(stream.user, stream.device) === key) this.trace.add(stream);
        }
        this.pulse.mark();
      }
    } catch {
      this.trace.isAbsent = true;
    }
  }

  private connectionIs(state: ConnectionState): void {
    this.connection.value = state;
    if (state.state === 'live') {
      if (this.wasLive) this.announcer.say('Connected again. Nothing was missed.');
      this.wasLive = true;
    } else if (state.state === 'waiting' && state.tries === 1) {
      this.announcer.say('The connection is lost; trying again.');
    }
  }
}

function isAboutAccess(error: unknown): boolean {
  return error instanceof HarkAuthError || (error instanceof HarkProblemError && error.status === 401);
}

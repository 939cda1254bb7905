import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { NameTable } from '../drift/name-table.js';

/** Labelled windows of a device that are judged together, and how many such blocks in a row. */
const BLOCK = 50;
const BLOCKS = 2;
/** Windows of a block that must be contradicted, and how many times as often as those of other devices. */
const LEAST_CONTRADICTED = 8;
const TIMES_THE_OTHERS = 4;
/** A block with fewer ends the episode. */
const FEW_CONTRADICTED = 4;
/** A fresh model contradicts anybody: so many labelled windows count for nothing. */
const WARM_UP = 200;
/** An answer as sure as this that is not the label contradicts it. */
export const SURE_CONFIDENCE = 0.8;

/** The labels of a device disagree with what was learned from everybody. */
export interface Disagreement {
  /** Number of the episode, from 1. */
  readonly episode: number;
  /** Labelled windows judged, and how many of them were contradicted. */
  readonly windows: number;
  readonly contradicted: number;
  /** Share contradicted among other devices' last windows. */
  readonly usual: number;
}

/** What is known of one device. */
interface Labels {
  windows: number;
  contradicted: number;
  /** Of the last whole block; −1 before the first. */
  last: number;
  /** Blocks in a row that disagree. */
  disagreeing: number;
  isTold: boolean;
}

/**
 * Finds devices whose labels are wrong, by mistake or on purpose: where what the model of everybody is sure of differs
 * from the label, time after time, and on other devices it does not. A hundred labelled windows tell: a device that was
 * turned over is found, and corrected, within that.
 *
 * Nothing is said while there are no other devices: one against the model may be right.
 */
export class LabelDisagreement {
  private readonly devices = new NameTable<Labels>(() => ({
    windows: 0,
    contradicted: 0,
    last: -1,
    disagreeing: 0,
    isTold: false,
  }));
  private labelled = 0;
  private episodes = 0;
  /** Of every device's last whole block: how many, and their contradicted windows. */
  private blocks = 0;
  private contradictedInBlocks = 0;

  /**
   * A labelled window.
   * @param contradicted whether the model was sure of another activity, before it learned the window.
   * @returns what is to be told, once an episode; else null.
   */
  add(device: string, contradicted: boolean): Disagreement | null {
    if (++this.labelled <= WARM_UP) return null;
    const labels = this.devices.meet(device);
    labels.windows++;
    if (contradicted) labels.contradicted++;
    if (labels.windows < BLOCK) return null;
    const { contradicted: found, last: before } = labels;
    const others = this.othersRate(before);
    this.blocks += before < 0 ? 1 : 0;
    this.contradictedInBlocks += found - Math.max(0, before);
    labels.windows = 0;
    labels.contradicted = 0;
    labels.last = found;
    if (found < FEW_CONTRADICTED) labels.isTold = false;
    const disagrees =
      others !== null && found >= LEAST_CONTRADICTED && found / BLOCK >= TIMES_THE_OTHERS * others;
    labels.disagreeing = disagrees ? Math.min(BLOCKS, labels.disagreeing + 1) : 0;
    if (others === null || labels.disagreeing < BLOCKS || labels.isTold) return null;
    labels.isTold = true;
    const both = found + Math.max(0, before);
    return { episode: ++this.episodes, windows: BLOCKS * BLOCK, contradicted: both, usual: others };
  }

  write(state: StateWriter): void {
    state.f64(this.labelled).f64(this.episodes).f64(this.blocks).f64(this.contradictedInBlocks);
    this.devices.write(state, ({ windows, contradicted, last, disagreeing, isTold }) =>
      state
        .u8(windows)
        .u8(contradicted)
        .u8(last + 1)
        .u8(disagreeing)
        .bool(isTold),
    );
  }

  /** @throws StateFormatError */
  read(state: StateReader): void {
    this.labelled = state.f64();
    this.episodes = state.f64();
    this.blocks = state.f64();
    this.contradictedInBlocks = state.f64();
    this.devices.read(state, (labels) => {
      labels.windows = state.u8();
      labels.contradicted = state.u8();
      labels.last = state.u8() - 1;
      labels.disagreeing = state.u8();
      labels.isTold = state.bool();
      if (labels.windows >= BLOCK || labels.contradicted > labels.windows || labels.last > BLOCK) {
        throw new StateFormatError('the labels of a device are damaged');
      }
    });
  }

  /** Share contradicted in the last blocks of the other devices; null when there are none. */
  private othersRate(own: number): number | null {
    const blocks = this.blocks - (own < 0 ? 0 : 1);
    if (blocks <= 0) return null;
    return (this.contradictedInBlocks - Math.max(0, own)) / (blocks * BLOCK);
  }
}

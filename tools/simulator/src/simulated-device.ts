import { composed, rotation, type Rotation } from './rotation.js';
import { catalogueDevice, type CatalogueDevice, type Placement } from './device-catalogue.js';
import { Random } from './random.js';
import type { ResolvedOptions } from './simulation-options.js';

/** A device as it came from the factory and as it is worn: what its two sensors share. */
export class SimulatedDevice {
  readonly catalogue: CatalogueDevice;
  /** Milliseconds since 1970, or since the device's boot, of second 0. */
  readonly clockMs: number;
  /** When it is turned over, in seconds, or Infinity. */
  readonly turnedAt: number;
  private readonly worn: Rotation;
  private readonly turned: Rotation;
  private readonly silences: Random | null;
  private silentFrom = Infinity;
  private silentUntil = Infinity;

  constructor(
    readonly index: number,
    options: ResolvedOptions,
  ) {
    const { seed, faults, startMs } = options;
    this.catalogue = catalogueDevice(index);
    const { model, clockOffsetMs, uptimeMs, device } = this.catalogue;
    const skewed = uptimeMs ?? startMs + clockOffsetMs;
    this.clockMs = faults.has('skew') ? skewed : startMs;
    const random = new Random(seed, `device ${device}`);
    const askew = rotation(
      random.between(-0.12, 0.12),
      random.between(-0.12, 0.12),
      random.between(-0.15, 0.15),
    );
    // A phone stands upright in its pouch, screen outwards; a watch's y axis runs along the forearm.
    const usual = model.placement === 'waist' ? rotation(-1.35, 0, 1.5) : rotation(1.5, 0, 0.1);
    this.worn = composed(askew, usual);
    this.turned = composed(rotation(Math.PI, 0.35, 0.6), this.worn);
    this.turnedAt = faults.has('drift') && index < options.drift.devices ? options.drift.atSeconds : Infinity;
    this.silences = faults.has('gap') ? new Random(seed, `gaps ${device}`) : null;
    if (this.silences !== null) this.scheduleSilence(0);
  }

  /** Segment's frame to device's frame at second `t`. */
  mount(t: number): Rotation {
    return t < this.turnedAt ? this.worn : this.turned;
  }

  /** Where it is worn at second `t`: what is turned over is also put into a bag. */
  placement(t: number): Placement {
    return t < this.turnedAt ? this.catalogue.model.placement : 'bag';
  }

  /** Whether the device records nothing at second `t`. Ask in ascending order, up to a batch. */
  silent(t: number): boolean {
    if (this.silences === null) return false;
    while (t >= this.silentUntil + 5) this.scheduleSilence(this.silentUntil);
    return t >= this.silentFrom && t < this.silentUntil;
  }

  private scheduleSilence(after: number): void {
    const random = this.silences as Random;
    this.silentFrom = after + random.between(120, 360);
    this.silentUntil = this.silentFrom + random.between(15, 60);
  }
}

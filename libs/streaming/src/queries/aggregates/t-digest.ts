import type { StateReader } from '../../encoding/state-reader.js';
import type { StateWriter } from '../../encoding/state-writer.js';

/** The greater, the more centroids: about 100 remain of any number of values. */
const COMPRESSION = 100;
/** Values are kept as they are until there are so many of them. */
const BUFFER = 512;

/**
 * Quantiles of many numbers in little room (Dunning & Ertl, "Computing extremely accurate quantiles using t-digests",
 * 2019: the merging digest with scale function k1). Centroids are small near the ends and larger in the middle, so the
 * error of a rank is √(q (1 − q)) / 30 at most. Up to 512 values the quantiles are exact, interpolated as SQL's
 * `percentile_cont`. Values are digested after every 512th, so the digest depends on their order alone.
 */
export class TDigest {
  /** Ascending. */
  private means = new Float64Array(0);
  private weights = new Float64Array(0);
  private buffer = new Float64Array(16);
  private buffered = 0;
  private min = Infinity;
  private max = -Infinity;

  add(value: number): void {
    if (this.buffered === BUFFER) this.digest();
    if (this.buffered === this.buffer.length) {
      const longer = new Float64Array(this.buffer.length * 2);
      longer.set(this.buffer);
      this.buffer = longer;
    }
    this.buffer[this.buffered++] = value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  merge(other: TDigest): void {
    if (this.means.length === 0 && other.means.length === 0 && this.buffered + other.buffered <= BUFFER) {
      for (let i = 0; i < other.buffered; i++) this.add(other.buffer[i]);
      return;
    }
    const mine = this.centroids();
    const theirs = other.centroids();
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.buffered = 0;
    [this.means, this.weights] = compressed(...inOrder(mine, theirs));
  }

  /** @param q 0 to 1. @returns null when nothing was added. */
  quantile(q: number): number | null {
    const [means, weights] = this.centroids();
    if (means.length === 0) return null;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    // Centroid i stands at the middle of its weight: with weights of 1, rank r stands at r + 1/2.
    const target = q * (total - 1) + 0.5;
    let at = weights[0] / 2;
    if (target < at) return between(this.min, means[0], 0.5, at, target);
    for (let i = 1; i < means.length; i++) {
      const next = at + (weights[i - 1] + weights[i]) / 2;
      if (target <= next) return between(means[i - 1], means[i], at, next, target);
      at = next;
    }
    return between(means[means.length - 1], this.max, at, total - 0.5, target);
  }

  write(state: StateWriter): void {
    state.f64Array(this.means).f64Array(this.weights).f64Array(this.buffer.subarray(0, this.buffered));
    state.f64(this.min).f64(this.max);
  }

  static read(state: StateReader): TDigest {
    const digest = new TDigest();
    digest.means = state.f64Array();
    digest.weights = state.f64Array(digest.means.length);
    for (const value of state.f64Array()) digest.add(value);
    digest.min = state.f64();
    digest.max = state.f64();
    return digest;
  }

  get memoryUsedBytes(): number {
    return 500 + (this.means.length * 2 + this.buffer.length) * 8;
  }

  private digest(): void {
    [this.means, this.weights] = compressed(...this.centroids());
    this.buffered = 0;
  }

  /** Centroids and buffered values together, ascending. */
  private centroids(): Centroids {
    const values = this.buffer.slice(0, this.buffered).sort();
    return inOrder([this.means, this.weights], [values, new Float64Array(values.length).fill(1)]);
  }
}

/** Means and weights. */
type Centroids = [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>];

function inOrder([aMeans, aWeights]: Centroids, [bMeans, bWeights]: Centroids): Centroids {
  const means = new Float64Array(aMeans.length + bMeans.length);
  const weights = new Float64Array(means.length);
  for (let i = 0, a = 0, b = 0; i < means.length; i++) {
    const first = b === bMeans.length || (a < aMeans.length && aMeans[a] <= bMeans[b]);
    means[i] = first ? aMeans[a] : bMeans[b];
    weights[i] = first ? aWeights[a++] : bWeights[b++];
  }
  return [means, weights];
}

/** Neighbours are put together as long as a centroid spans no more than 1 of the scale k1. */
function compressed(means: Float64Array, weights: Float64Array): Centroids {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const outMeans: number[] = [];
  const outWeights: number[] = [];
  let before = 0;
  let limit = total * endOfCentroid(0);
  for (let i = 0; i < means.length; i++) {
    const last = outMeans.length - 1;
    const held = last < 0 ? 0 : outWeights[last];
    if (last >= 0 && before + held + weights[i] <= limit) {
      outWeights[last] += weights[i];
      outMeans[last] += ((means[i] - outMeans[last]) * weights[i]) / outWeights[last];
    } else {
      before += held;
      limit = total * endOfCentroid(before / total);
      outMeans.push(means[i]);
      outWeights.push(weights[i]);
    }
  }
  return [Float64Array.from(outMeans), Float64Array.from(outWeights)];
}

/** The quantile one step of k1(q) = δ / 2π · asin(2q − 1) further on. */
function endOfCentroid(q: number): number {
  const angle = Math.asin(2 * Math.min(1, q) - 1) + (2 * Math.PI) / COMPRESSION;
  return angle >= Math.PI / 2 ? 1 : (Math.sin(angle) + 1) / 2;
}

function between(low: number, high: number, from: number, to: number, target: number): number {
  if (to <= from || low === high) return low;
  const share = (target - from) / (to - from);
  return low * (1 - share) + high * share;
}

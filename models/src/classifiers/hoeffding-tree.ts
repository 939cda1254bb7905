import { MAX_ACTIVITIES } from '@hark/contracts';
import { StateFormatError, type StateReader, type StateWriter } from '@hark/streaming';
import { compress } from './compress.js';
import { HoeffdingLeaf } from './hoeffding-leaf.js';
import { mostProbable } from '../scores/most-probable.js';
import { NumberedClassifier } from './numbered-classifier.js';
import { SoftmaxTemperature } from './softmax-temperature.js';

const FORMAT = { name: 'hoeffding', version: 1 };

/** Probability that a split is chosen which is not the best one; the values of the paper. */
const DELTA = 1e-7;
/** Two tests that differ by less than the bound, when it is below this, are as good as each other. */
const TIE = 0.05;
/** A leaf looks for a split each time it has seen so many windows more. */
const GRACE = 200;
/** The tree stops growing there; its leaves go on learning. */
const MOST_LEAVES = 32;

/** A test `x[feature] <= threshold`; where to go on, as places in the list of nodes. */
interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly below: number;
  readonly above: number;
}

/**
 * A decision tree that splits a leaf when Hoeffding's bound says that the best test seen there is the best there is
 * (Domingos & Hulten 2000), on compressed features, normally distributed in each class of a leaf (Gama, Rocha & Medas
 * 2003). A leaf answers by naive Bayes if that has been right more often there than the most frequent class was
 * (Holmes, Kirkby & Pfahringer 2005).
 *
 * Memory: at most 32 leaves, each with four numbers for each feature and two more for each feature of each class
 * that came there.
 */
export class HoeffdingTree extends NumberedClassifier {
  /** The root first; children after their parents. */
  private nodes: (HoeffdingLeaf | Split)[];
  private readonly temperature = new SoftmaxTemperature();
  private readonly inputs: Float64Array;
  /** Of naive Bayes at a leaf. */
  private readonly scores = new Float64Array(MAX_ACTIVITIES);
  private readonly bayes = new Float64Array(MAX_ACTIVITIES);

  constructor(options: { readonly dimensions: number }) {
    super(FORMAT, options.dimensions);
    this.nodes = [new HoeffdingLeaf(options.dimensions)];
    this.inputs = new Float64Array(options.dimensions);
  }

  /** A binary tree has one more leaf than it has tests. */
  get leaves(): number {
    return (this.nodes.length + 1) / 2;
  }

  protected estimate(x: Float64Array, probabilities: Float64Array): void {
    compress(x, this.inputs);
    const leaf = this.nodes[this.placeOfLeaf()] as HoeffdingLeaf;
    const count = probabilities.length;
    const byBayes = leaf.bayesRight > leaf.frequentRight;
    if (byBayes) this.askBayes(leaf, count);
    let total = 0;
    for (let c = 0; c < count; c++) total += leaf.counts[c];
    for (let c = 0; c < count; c++) probabilities[c] = byBayes ? this.bayes[c] : leaf.counts[c] / total;
  }

  protected absorb(x: Float64Array, target: number): void {
    compress(x, this.inputs);
    const place = this.placeOfLeaf();
    const leaf = this.nodes[place] as HoeffdingLeaf;
    const count = this.classes.length;
    if (leaf.gaussians.windows > 0) {
      this.askBayes(leaf, count);
      this.temperature.learn(this.scores, this.bayes, count, target);
      if (mostProbable(this.bayes.subarray(0, count)) === target) leaf.bayesRight++;
    }
    if (mostProbable(leaf.counts) === target) leaf.frequentRight++;
    leaf.add(this.inputs, target);
    if (leaf.gaussians.windows % GRACE === 0 && this.leaves < MOST_LEAVES) this.trySplit(place, leaf);
  }

  protected write(state: StateWriter): void {
    state.f64(this.temperature.sharpness).u32(this.nodes.length);
    for (const node of this.nodes) {
      state.bool(node instanceof HoeffdingLeaf);
      if (node instanceof HoeffdingLeaf) node.write(state);
      else state.u32(node.feature).f64(node.threshold).u32(node.below).u32(node.above);
    }
  }

  protected read(state: StateReader): void {
    this.temperature.sharpness = state.f64();
    const count = state.u32();
    if (count < 1 || count >= 2 * MOST_LEAVES) throw new StateFormatError(`${count} nodes`);
    this.nodes = [];
    while (this.nodes.length < count) this.nodes.push(this.readNode(state, count));
  }

  private readNode(state: StateReader, count: number): HoeffdingLeaf | Split {
    if (state.bool()) {
      const leaf = new HoeffdingLeaf(this.dimensions);
      leaf.read(state);
      return leaf;
    }
    const split = { feature: state.u32(), threshold: state.f64(), below: state.u32(), above: state.u32() };
    const { feature, below, above } = split;
    // Children after their parents: there is no way round in a circle.
    const isPlace = (place: number) => place > this.nodes.length && place < count;
    if (feature >= this.dimensions || !isPlace(below) || !isPlace(above)) {
      throw new StateFormatError(`node ${this.nodes.length} leads nowhere`);
    }
    return split;
  }

  /** Where the compressed features in `inputs` lead. */
  private placeOfLeaf(): number {
    const { nodes, inputs } = this;
    for (let place = 0; ;) {
      const node = nodes[place];
      if (node instanceof HoeffdingLeaf) return place;
      place = inputs[node.feature] <= node.threshold ? node.below : node.above;
    }
  }

  private askBayes(leaf: HoeffdingLeaf, count: number): void {
    const { scores, inputs, dimensions } = this;
    leaf.gaussians.logJoint(inputs, scores, count);
    for (let c = 0; c < count; c++) scores[c] /= dimensions;
    this.temperature.probabilities(scores, count, this.bayes);
  }

  private trySplit(place: number, leaf: HoeffdingLeaf): void {
    const best = leaf.bestSplit();
    if (best === null || !isSure(best.margin, leaf)) return;
    const { feature, threshold } = best;
    const below = this.nodes.push(new HoeffdingLeaf(this.dimensions, best.below)) - 1;
    const above = this.nodes.push(new HoeffdingLeaf(this.dimensions, best.above)) - 1;
    this.nodes[place] = { feature, threshold, below, above };
  }
}

/** Whether a gain measured to be better by `margin` is better, but for DELTA; or the two are as good as equal. */
function isSure(margin: number, leaf: HoeffdingLeaf): boolean {
  let classes = 0;
  for (const count of leaf.gaussians.counts) if (count > 0) classes++;
  const range = Math.log2(Math.max(2, classes));
  const bound = Math.sqrt((range * range * Math.log(1 / DELTA)) / (2 * leaf.gaussians.windows));
  return margin > bound || bound < TIE;
}

export const hoeffdingTree = NumberedClassifier.factory(FORMAT, (options) => new HoeffdingTree(options));

import { MAX_ACTIVITIES } from '@hark/contracts';
import { mergeable } from '../classifiers/mergeable.js';
import type { ModelState } from '../learner/model-state.js';

/** Whether a part can be added to a model: they have no more than 32 classes together. */
export function fits(model: ModelState, { classifier: { classes } }: ModelState): boolean {
  return new Set([...model.classifier.classes, ...classes]).size <= MAX_ACTIVITIES;
}

/**
 * A model of what a model and a part learned beside it have learned. The windows of the part count as if they had come
 * after those of the model; how likely activities are to go on is a mean of the two. Leaves the part as it is, takes
 * the model over.
 * @throws TooManyClassesError when it does not {@link fits | fit}, DifferentModelError; nothing has changed then.
 */
export function mergeModels(model: ModelState, part: ModelState): ModelState {
  const { familiarity, inertia, lineage } = model;
  const { learned } = part.classifier;
  const classifier = learned === 0 ? model.classifier : mergeable(model.classifier).merge(part.classifier);
  if (learned > 0) {
    const targets = part.classifier.classes.map((label) => classifier.classes.indexOf(label));
    familiarity.add(part.familiarity, targets);
    inertia.add(part.inertia, learned);
  }
  lineage.addAll(part.lineage);
  return { classifier, familiarity, inertia, lineage };
}

import { describe, expect, it } from 'vitest';
import { TooManyClassesError } from '../classifier.js';
import { informationRidge, type InformationRidge } from '../classifiers/information-ridge.js';
import { mergeable } from '../classifiers/mergeable.js';
import { freshModel, learnWindow, readModel, writeModel, type ModelState } from '../learner/model-state.js';
import { FEATURES, SCHEMA, window } from '../learner/testing/window-stream.js';
import { fits, mergeModels } from './merge-models.js';

const codec = { featureSchema: SCHEMA, featureNames: FEATURES, classifiers: () => informationRidge };
const fresh = () => freshModel(informationRidge, FEATURES, 1);
const bytes = (model: ModelState) => Buffer.from(writeModel(model, SCHEMA)).toString('base64');
const copy = (model: ModelState) => readModel(writeModel(model, SCHEMA), codec);

const ACTIVITIES = ['sit', 'walk', 'bike'];
const windows = Array.from({ length: 600 }, (_, i) => window(i, ACTIVITIES[(i >> 3) % 3]));

/** The first half learned by a model; the second by a part beside it, and by the model that answers. */
function learnedApart() {
  const model = fresh();
  for (const { features, label } of windows.slice(0, 300)) learnWindow(model, features, label!);
  const answering = copy(model);
  const part = fresh();
  for (const { features, label } of windows.slice(300)) {
    mergeable(part.classifier).gather(features, label!);
    part.familiarity.learn(features, part.classifier.classes.indexOf(label!), answering.familiarity);
    learnWindow(answering, features, label!);
  }
  return { model, part, answering };
}

describe('a model that a part is added to', () => {
  it('is the model that has learned it all', () => {
    const { model, part, answering } = learnedApart();
    const merged = mergeModels(model, part);
    expect(merged.classifier.learned).toBe(600);
    expect(merged.classifier.classes).toEqual(answering.classifier.classes);
    for (const label of ACTIVITIES) {
      const [weights, expected] = [merged, answering].map(({ classifier }) =>
        (classifier as InformationRidge).weights(label),
      );
      expect(Math.max(...weights.map((weight, i) => Math.abs(weight - expected[i])))).toBeLessThan(1e-9);
    }
    const strange = Float64Array.of(9, -9, 9);
    for (const x of [strange, windows[5].features, windows[500].features]) {
      expect(merged.familiarity.strangeness(x)).toBeCloseTo(answering.familiarity.strangeness(x), 9);
    }
    expect(merged.familiarity.isNew(strange)).toBe(true);
  });

  it('knows the classes of the part by other numbers', () => {
    const [model, part] = [fresh(), fresh()];
    for (const { features, label } of windows.slice(0, 100)) learnWindow(model, features, label!);
    const others = windows.slice(100, 200).reverse();
    for (const { features, label } of others) learnWindow(part, features, label!);
    expect(part.classifier.classes).not.toEqual(model.classifier.classes);
    const merged = mergeModels(model, part);
    for (const { features, label } of windows.slice(200, 230)) {
      const probabilities = merged.classifier.predict(features);
      expect(merged.classifier.classes[probabilities.indexOf(Math.max(...probabilities))]).toBe(label);
    }
  });

  it('counts the answers of both', () => {
    const [model, part] = [fresh(), fresh()];
    model.lineage.add('sit', 'walk');
    part.lineage.add('walk', 'walk');
    part.lineage.add('sit', 'walk');
    part.lineage.add('bike', 'sit');
    const { lineage } = mergeModels(model, part);
    expect([lineage.count, lineage.at('sit', 'walk'), lineage.at('walk', 'walk')]).toEqual([4, 2, 1]);
    expect(lineage.at('bike', 'sit')).toBe(1);
  });

  it('goes a way towards how long activities last there, the more windows were learned the further', () => {
    const { part } = learnedApart();
    const often = fresh();
    for (let i = 0; i < 20; i++) {
      often.inertia.note(
        Float64Array.of(1, 0),
        Float64Array.of(0.75, 0.25),
        Float64Array.of(0.6, 0.4),
        0.5,
        1,
      );
      often.inertia.learn(0);
    }
    const before = fresh().inertia.stay;
    const few = fresh();
    mergeable(few.classifier).gather(windows[0].features, 'sit');
    const stays = [few, part].map(({ classifier, familiarity, lineage }) => {
      return mergeModels(fresh(), { classifier, familiarity, lineage, inertia: often.inertia }).inertia.stay;
    });
    expect(stays[0]).toBeGreaterThan(before);
    expect(stays[1]).toBeGreaterThan(stays[0]);
    expect(often.inertia.stay).toBeGreaterThan(stays[1]);
  });

  it('stays to the bit what it is when the part has learned nothing', () => {
    const { model } = learnedApart();
    const before = bytes(model);
    expect(bytes(mergeModels(model, fresh()))).toBe(before);
  });

  it('leaves the part as it is', () => {
    const { model, part } = learnedApart();
    const before = bytes(part);
    learnWindow(mergeModels(model, part), windows[0].features, 'sit');
    expect(bytes(part)).toBe(before);
  });

  it('has no more than 32 classes', () => {
    const named = (first: number, count: number) => {
      const model = fresh();
      for (let i = 0; i < count; i++) learnWindow(model, windows[i].features, `class-${first + i}`);
      return model;
    };
    expect(fits(named(0, 20), named(8, 24))).toBe(true);
    const model = named(0, 20);
    expect(fits(model, named(20, 13))).toBe(false);
    const before = bytes(model);
    expect(() => mergeModels(model, named(20, 13))).toThrow(TooManyClassesError);
    expect(bytes(model)).toBe(before);
  });
});

import type { VersionDiff, VersionManifest } from '@hark/contracts';

/** What is different when `to` answers in place of `from`. */
export function versionDiff(from: VersionManifest, to: VersionManifest): VersionDiff {
  const change = <Value>(read: (manifest: VersionManifest) => Value): { from: Value; to: Value } => ({
    from: read(from),
    to: read(to),
  });
  return {
    windowsLearned: change(({ windowsLearned }) => windowsLearned),
    parent: change(({ parent }) => parent),
    classifier: change(({ classifier }) => classifier),
    featureSchema: change(({ featureSchema }) => featureSchema),
    classes: {
      added: to.classes.filter((name) => !from.classes.includes(name)),
      removed: from.classes.filter((name) => !to.classes.includes(name)),
    },
    metrics: {
      accuracy: change(({ metrics }) => metrics.accuracy),
      kappa: change(({ metrics }) => metrics.kappa),
      macroF1: change(({ metrics }) => metrics.macroF1),
    },
  };
}

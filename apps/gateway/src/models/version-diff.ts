import type { VersionManifest } from '@hark/contracts';

export interface Change {
  readonly from: number;
  readonly to: number;
}

/** What is different when one version answers in place of another. */
export interface VersionDiff {
  readonly windowsLearned: Change;
  /** Activities that only the new one knows, and that only the old one knew. */
  readonly classes: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Scores of each when it was made. */
  readonly metrics: { readonly accuracy: Change; readonly kappa: Change; readonly macroF1: Change };
}

export function versionDiff(from: VersionManifest, to: VersionManifest): VersionDiff {
  const change = (read: (manifest: VersionManifest) => number): Change => ({
    from: read(from),
    to: read(to),
  });
  return {
    windowsLearned: change(({ windowsLearned }) => windowsLearned),
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

import type { EvaluationResult } from './evaluation-result.js';
import type { RunFigures } from './run-figures.js';

/**
 * The results as JSON text: the first classifier's at the top, with `cold` and `adapting` where users were left out,
 * and all of them under `compared` where there are several.
 */
export function resultJson(results: readonly EvaluationResult[], figures: RunFigures): string {
  const [first] = results;
  const { labels, ...common } = figures;
  const json = {
    ...common,
    labelEvery: labels.every,
    labelDelaySeconds: labels.delayMs / 1000,
    ...ofResult(first),
    ...(first.cold === null
      ? {}
      : { adapting: { ...first.report, ...(first.fused === null ? {} : { fused: first.fused }) } }),
    ...(results.length === 1 ? {} : { compared: results.map(ofResult) }),
  };
  // Lists of numbers on one line each; no string holds a bare line break.
  return JSON.stringify(json, null, 2).replace(/\[\n[-\d.e+,\s]+?\]/g, (list) =>
    list.replaceAll(/\s+/g, ' '),
  );
}

function ofResult(result: EvaluationResult) {
  const { classifier, report, cold, fused, coldFused, marks, digest, modelVersion, microsecondsPerWindow } =
    result;
  return {
    ...report,
    ...(fused === null ? {} : { fused }),
    ...{
      classifier,
      ...(modelVersion === null ? {} : { modelVersion }),
      digest,
      microsecondsPerWindow,
      marks,
    },
    ...(cold === null ? {} : { cold: { ...cold, ...(coldFused === null ? {} : { fused: coldFused }) } }),
    ...(result.against === null ? {} : { against: result.against }),
    ...(result.coldAgainst === null ? {} : { coldAgainst: result.coldAgainst }),
  };
}
